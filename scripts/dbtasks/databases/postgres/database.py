"""The Database protocol for a database of a PostgreSQL server."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from dbtasks.databases import About, Database, Kept, Kind, Label
from dbtasks.databases.postgres import advisory_lock, catalogue, contents, creation, reserved_names, swap
from dbtasks.databases.postgres.catalogue import Entry
from dbtasks.databases.postgres.connection import Server
from dbtasks.databases.postgres.failures import address
from dbtasks.databases.postgres.notes import Note
from dbtasks.databases.postgres.sessions import run_alone
from dbtasks.errors import DatabaseError
from dbtasks.urls import DatabaseUrl, Engine


class PostgresDatabase:
    """One database of a PostgreSQL server, whether it exists yet or not.

    Args:
        url: which one.
        when_waiting: told once, in words, when a lock has to be waited for.
        draft_of: for a draft, the database that it belongs to, whose connection it shares.
    """

    def __init__(
        self,
        url: DatabaseUrl,
        when_waiting: Callable[[str], None] = lambda _: None,
        *,
        draft_of: "PostgresDatabase | None" = None,
    ) -> None:
        self.url = url
        self.server: Server = draft_of.server if draft_of else Server(url)
        self.of = draft_of.url.name if draft_of else ""
        self._when_waiting = when_waiting

    @property
    def engine(self) -> Engine:
        """Which engine this is."""
        return "postgres"

    @property
    def place(self) -> str:
        """The name, host and port."""
        return f"{self.url.name} on {address(self.url)}"

    def exists(self) -> bool:
        """Does the server have it?"""
        return self._entry() is not None

    def create(self, label: Label) -> None:
        """Create it under a draft's name, label it, and give it its own."""
        if self.of:
            creation.create_draft(self.server, self.url.name, self.of, label)
        else:
            creation.create(self.server, self.url.name, label)

    def label(self) -> Label | None:
        """The label in its comment."""
        entry = self._entry()
        return entry.note.label if entry else None

    def set_label(self, label: Label) -> None:
        """Write the label into its comment, beside what stands there."""
        entry = self._existing()
        note = replace(entry.note, kind=entry.note.kind or "live", label=label)
        self.server.execute(swap.comment(self.url.name, note))

    def current(self) -> tuple[str, ...]:
        """The revisions in alembic_version."""
        return contents.current(self.url)

    def rows(self) -> dict[str, int]:
        """The number of rows of each table."""
        return contents.rows(self.url)

    def size(self) -> int:
        """Bytes on the server's disk."""
        return self._existing(size=True).size

    def free_space(self) -> int | None:
        """None: SQL cannot ask for it."""
        return None

    def version(self) -> str:
        """The server's version."""
        said = self.server.connection.get_parameter_status("server_version") or ""
        return f"PostgreSQL {said.split(' ')[0]}"

    def lock(self, task: str, wait: float) -> AbstractContextManager[None]:
        """Hold the advisory lock of the name."""
        return advisory_lock.locked(self.server, self.of or self.url.name, task, wait, self._when_waiting)

    @contextmanager
    def draft(self) -> Iterator[Database]:
        """A database to build on, dropped at the end if it still has its name."""
        url = self.url.with_name(reserved_names.new_name("draft", self.url.name))
        try:
            yield PostgresDatabase(url, draft_of=self)
        except BaseException:
            with suppress(DatabaseError):  # the failure itself is what has to be told; tidy() gets the draft
                self.server.execute(swap.drop(url.name))
            raise
        self.server.execute(swap.drop(url.name))

    def clone_to(self, target: Database) -> None:
        """Let the server copy it, through the target's connection, which is open already."""
        creation.clone(_ours(target).server, self.url.name, target.url.name, _ours(target).of or target.url.name)

    def swap(self, new: Database, keep: About | None) -> Kept | None:
        """Rename both in one transaction."""
        old = swap.swap(self.server, self.url.name, _ours(new).url.name, keep)
        return self._kept(old) if old else None

    def put_away(self, keep: About) -> Kept:
        """Rename it."""
        return self._kept(swap.put_away(self.server, self.url.name, keep))

    def keep(self, draft: Database, about: About) -> Kept:
        """Rename the draft and say why it is kept."""
        return self._kept(swap.keep_draft(self.server, self.url.name, _ours(draft).url.name, about))

    def describe(self, kept: Kept, about: About) -> None:
        """Rewrite its comment."""
        entry = self._own(kept)
        note = replace(entry.note, about=about)
        self.server.execute(swap.comment(entry.name, note))

    def kept(self, kind: Kind | None = None) -> Sequence[Kept]:
        """The kept relatives, newest first."""
        found = [
            self._kept(entry)
            for entry in catalogue.relatives(self.server)
            if self._is_kept(entry) and entry.usable and entry.note.about and kind in {None, entry.note.about.kind}
        ]
        return sorted(found, key=lambda kept: kept.about.made, reverse=True)

    def remove(self, kept: Kept) -> None:
        """Drop a kept relative: a draft first, so that a killed drop is garbage and not half a snapshot."""
        entry = self._own(kept)
        draft = reserved_names.new_name("draft", self.url.name)
        statements = (
            swap.rename(entry.name, draft),
            swap.comment(draft, Note("draft", self.url.name)),
        )
        run_alone(self.server, self.server.text(statements), [entry.name])
        self.server.execute(swap.drop(draft))

    def tidy(self) -> int:
        """Drop every draft of this database, and what is left of interrupted drops."""
        garbage = [entry for entry in catalogue.relatives(self.server) if self._is_garbage(entry)]
        for entry in garbage:
            self.server.execute(swap.drop(entry.name))
        return len(garbage)

    def shell(self) -> Sequence[str]:
        """The psql program; it takes the password from `client_environment()`."""
        from dbtasks.databases.postgres import programs  # which starts programs; a cached reset does not

        return programs.shell(self.url)

    def client_environment(self) -> Mapping[str, str]:
        """The variables that psql and its siblings read the password from."""
        from dbtasks.databases.postgres import programs

        return programs.environment(self.url)

    def dump(self, file: Path) -> None:
        """Write it to a file in pg_dump's custom format."""
        from dbtasks.databases.postgres import programs

        programs.dump(self.url, file, self._major())

    def load(self, file: Path) -> None:
        """Fill it from such a file."""
        from dbtasks.databases.postgres import programs

        programs.load(self.url, file, self._major())

    def _major(self) -> int:
        return self.server.connection.server_version // 10000

    def _entry(self, *, size: bool = False) -> Entry | None:
        return catalogue.find(self.server, [self.url.name], size=size).get(self.url.name)

    def _existing(self, *, size: bool = False) -> Entry:
        entry = self._entry(size=size)
        if entry is None:
            raise DatabaseError(f"There is no database {self.place}.", hint="nox -s db_create")
        return entry

    def _kept(self, entry: Entry) -> Kept:
        if entry.note.about is None:
            raise DatabaseError(f"{entry.name} does not say why it is kept.", hint="nox -s db_status")
        return Kept(self.url.with_name(entry.name), entry.note.about, entry.size)

    def _own(self, kept: Kept) -> Entry:
        entry = catalogue.find(self.server, [kept.url.name]).get(kept.url.name)
        if entry is None or not self._is_kept(entry):
            raise DatabaseError(
                f"{kept.url.name} is no kept state of {self.place}; it was left alone.", hint="nox -s db_status"
            )
        return entry

    def _is_kept(self, entry: Entry) -> bool:
        return entry.note.kind == "kept" and entry.note.of == self.url.name

    def _is_garbage(self, entry: Entry) -> bool:
        if entry.note.kind == "kept":
            return self._is_kept(entry) and not entry.usable
        return reserved_names.is_draft_of(entry.name, self.url.name)


def _ours(database: Database) -> PostgresDatabase:
    if not isinstance(database, PostgresDatabase):
        raise DatabaseError(f"{database.place} is no PostgreSQL database.", hint="nox -s db_switch -- --copy-data")
    return database
