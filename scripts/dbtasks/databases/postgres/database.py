"""The protocols Beside and Changing for a database of a PostgreSQL server."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

from dbtasks.databases.postgres import advisory_lock, catalogue, creation, database_properties, reserved_names, swap
from dbtasks.databases.postgres.catalogue import Entry
from dbtasks.databases.postgres.draft import PostgresDraft
from dbtasks.databases.postgres.notes import Note
from dbtasks.databases.postgres.readable_database import PostgresReading
from dbtasks.databases.postgres.removal import drop_ours, refuse_held
from dbtasks.databases.postgres.sessions import run_alone
from dbtasks.databases.protocol import About, Belongings, Draft, Kept, Label, Reading
from dbtasks.errors import DatabaseError


class PostgresDatabase(PostgresReading):
    """One database of a PostgreSQL server that may be replaced; its arguments are those of PostgresReading."""

    def create(self, label: Label) -> None:
        """Create it under a draft's name, label it, and give it its own."""
        creation.create(self.server, self.url.name, label)

    def set_label(self, label: Label) -> None:
        """Write the label into its comment, beside what stands there."""
        entry = self._existing()
        self.server.execute(swap.comment(self.url.name, entry.bound(kind=entry.note.kind or "live", label=label)))

    def set_branch(self, branch: str) -> None:
        """Write the branch into its comment, beside what stands there."""
        entry = self._existing()
        self.server.execute(swap.comment(self.url.name, entry.bound(kind=entry.note.kind or "live", branch=branch)))

    def lock(self, task: str, wait: float) -> AbstractContextManager[None]:
        """Hold the advisory lock of the name."""
        return advisory_lock.hold_lock(self.server, self.url.name, task, wait, self._when_waiting)

    @contextmanager
    def draft(self) -> Iterator[PostgresDraft]:
        """A database to build on, dropped at the end if it still has its name."""
        url = self.url.with_name(reserved_names.make_name("draft", self.url.name))
        try:
            yield PostgresDraft(url, of=self.url.name, server=self.server)
        except BaseException:
            with suppress(DatabaseError):  # the failure itself is what has to be told; tidy() gets the draft
                drop_ours(self.server, url.name)
            raise
        drop_ours(self.server, url.name)

    def copy(self, about: About) -> Kept:
        """Let the server copy it, then give the copy what belongs to the name."""
        return self._kept(creation.copy(self.server, self.url.name, about))

    def swap(
        self,
        new: Reading,
        keep: About | None,
        *,
        label: Label | None,
        belongings: Belongings = "name",
        branch: str = "",
    ) -> Kept | None:
        """Rename both in one transaction."""
        wanted = swap.Wanted(keep, label, belongings, branch)
        old = swap.swap(self.server, self.url.name, new.url.name, wanted, self._warn)
        return self._kept(old) if old else None

    def put_away(self, keep: About) -> Kept:
        """Rename it."""
        return self._kept(swap.put_away(self.server, self.url.name, keep))

    def keep(self, draft: Draft, about: About) -> Kept:
        """Rename the draft and say why it is kept."""
        return self._kept(swap.keep_draft(self.server, self.url.name, draft.url.name, about))

    def describe(self, kept: Kept, about: About) -> None:
        """Rewrite its comment."""
        entry = self._own(kept)
        self.server.execute(swap.comment(entry.name, entry.bound(about=about)))

    def remove(self, kept: Kept) -> None:
        """Drop a kept relative: a draft first, so that a killed drop is garbage and not half a snapshot."""
        entry = self._own(kept)
        refuse_held(entry)
        draft = reserved_names.make_name("draft", self.url.name)
        statements = [
            swap.rename(entry.name, draft),
            swap.comment(draft, Note("draft", self.url.name)),
            *database_properties.set_flags(draft, entry.flags, {}),
        ]
        run_alone(self.server, self.server.text(statements), [entry.name])
        drop_ours(self.server, draft)

    def tidy(self, skipped: Callable[[str], None] = lambda _: None) -> int:
        """Drop every draft of this database, and what is left of interrupted drops."""
        dropped = 0
        for entry in catalogue.find_relatives(self.server):
            if not self._is_garbage(entry):
                continue
            try:
                drop_ours(self.server, entry.name)
            except DatabaseError as error:
                if not self.server.is_open:
                    raise
                skipped(f"{entry.name} was left behind by a killed task and cannot be dropped: {error.message}")
            else:
                dropped += 1
        for sentence in self.damaged():
            skipped(sentence)
        return dropped

    def _own(self, kept: Kept) -> Entry:
        entry = catalogue.find(self.server, [kept.url.name], belongings=True).get(kept.url.name)
        if entry is None or not self._is_kept(entry):
            raise DatabaseError(
                f"{kept.url.name} is no kept state of {self.place}; it was left alone.", hint="nox -s db_status"
            )
        return entry

    def _is_garbage(self, entry: Entry) -> bool:
        if entry.note.kind == "kept":
            return self._is_kept(entry) and not entry.usable
        # A database of its own may have such a name; a draft that was just created has no note yet.
        return entry.note.kind != "live" and reserved_names.is_draft_of(entry.name, self.url.name)
