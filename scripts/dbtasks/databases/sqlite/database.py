"""A SQLite file that tasks change."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dbtasks.databases.label_and_branch import LabelAndBranch, choose_after_swap
from dbtasks.databases.protocol import About, Belongings, Draft, Kept, Label, Reading, Watch
from dbtasks.databases.sqlite.connection import explain_file_error, open_connection, sync
from dbtasks.databases.sqlite.draft import SqliteDraft
from dbtasks.databases.sqlite.file_access import give_access_of, give_default_access
from dbtasks.databases.sqlite.file_identity import identify
from dbtasks.databases.sqlite.header_label import give_header_back
from dbtasks.databases.sqlite.lock_file import hold_lock
from dbtasks.databases.sqlite.notes import BOTH
from dbtasks.databases.sqlite.plain_files import drop, remove_database
from dbtasks.databases.sqlite.readable_database import SqliteReading
from dbtasks.databases.sqlite.swap import finish, hold_still, take_free_name
from dbtasks.databases.sqlite.watch import SqliteWatch, watch
from dbtasks.urls import DatabaseUrl


class SqliteDatabase(SqliteReading):
    """One SQLite file, whether it exists yet or not."""

    def __init__(self, url: DatabaseUrl, when_waiting: Callable[[str], None] = lambda _: None) -> None:
        super().__init__(url)
        self._when_waiting = when_waiting
        self._watch: SqliteWatch | None = None

    @contextmanager
    def lock(self, task: str, wait: float) -> Iterator[None]:
        """Hold the lock file beside the database."""
        self._require_file()
        self._sidecar.make(self._sidecar.folder)
        self._notes.start()
        with hold_lock(self._sidecar.lock_file, task, wait, self._when_waiting):
            yield

    @contextmanager
    def watch(self) -> Iterator[Watch]:
        """By a connection that also holds the file still when it is swapped."""
        with watch(self._path) as found:
            self._watch = found
            try:
                yield found
            finally:
                self._watch = None

    @contextmanager
    def draft(self) -> Iterator[SqliteDraft]:
        """A file to build on, removed at the end if it is still there."""
        path = self._sidecar.new_draft()
        try:
            yield SqliteDraft(self.url.with_name(str(path)))
        finally:
            self._drop(path)

    def copy(self, about: About) -> Kept:
        """Keep a copy, with label and branch."""
        with self.draft() as draft:
            draft.clone(self)
            self._notes.write(draft.url.path, ["relative"], self._note())
            give_access_of(self._path, to=draft.url.path)
            return self.keep(draft, about)

    def keep(self, draft: Draft, about: About) -> Kept:
        """Move a draft to a kept place."""
        source = draft.url.path
        finish(source, write_ahead=False)
        place = self._sidecar.add(about)
        try:
            source.rename(place)
        except OSError as error:
            raise explain_file_error(place, error) from error
        return self._kept(place, about)

    def describe(self, kept: Kept, about: About) -> None:
        """Rewrite what stands beside the kept file."""
        self._sidecar.describe(kept.url.path, about)

    def remove(self, kept: Kept) -> None:
        """Drop a kept relative."""
        identity = identify(kept.url.path)
        self._sidecar.remove(kept.url.path)
        if identity is not None and identity.links == 1:
            self._notes.forget(identity)

    def tidy(self, skipped: Callable[[str], None] = lambda _: None) -> int:
        """Drop what killed tasks left behind, and notes about files that are gone."""
        count = self._sidecar.tidy(skipped)
        self._notes.tidy(skipped)
        for sentence in self.damaged():
            skipped(sentence)
        return count

    def create(self, label: Label) -> None:
        """Create the file, complete and labelled, in one step."""
        with self.draft() as draft:
            draft.create()
            sync(draft.url.path)
            if label.environment == "production":
                self._notes.set_production(label)
            self._notes.write(draft.url.path, BOTH, LabelAndBranch(label))
            self._take_free_name(draft.url.path)

    def set_label(self, label: Label) -> None:
        """Note the label for exactly this file; production for the path as well."""
        if self._half == "database" and label.environment == "production":
            self._notes.set_production(label)
        self._write_note(LabelAndBranch(label, self.branch()))
        if self._half == "database":
            with open_connection(self._path) as connection:
                give_header_back(connection)
            if label.environment != "production":
                self._notes.set_production(None)

    def set_branch(self, branch: str) -> None:
        """Note the branch for exactly this file."""
        self._write_note(LabelAndBranch(self.label(), branch))

    def swap(
        self,
        new: Reading,
        keep: About | None,
        *,
        label: Label | None,
        belongings: Belongings = "name",
        branch: str = "",
    ) -> Kept | None:
        """Replace the file; a hard link keeps the old one."""
        source = new.url.path
        self._sidecar.require_relative(source)
        self._notes.prepare()
        old = self._note() if self._path.exists() else None
        relative = SqliteReading(new.url)
        brought = LabelAndBranch(relative.label(), relative.branch())
        given = LabelAndBranch(label, branch)
        note = choose_after_swap(old, brought, given, belongings, complete=relative.has_note())
        try:
            if old is None:
                finish(source, write_ahead=False)
                self._note_new(source, note)
                self._take_free_name(source)
                kept = None
            else:
                kept = self._replace(source, note, old, keep)
        except OSError as error:
            raise explain_file_error(self._path, error) from error
        if note.label is not None and note.label.environment == "production":
            self._notes.set_production(note.label)
        self._sidecar.remove(source)
        return kept

    def put_away(self, keep: About) -> Kept:
        """Move the file to its kept place."""
        note = self._note()
        self._notes.prepare()
        with hold_still(self._path):
            place = self._sidecar.add(keep)
            self._notes.write(self._path, ["relative"], note)
            try:
                self._path.rename(place)
            except OSError as error:
                raise explain_file_error(self._path, error) from error
        return self._kept(place, keep)

    def _replace(self, source: Path, note: LabelAndBranch, old: LabelAndBranch, keep: About | None) -> Kept | None:
        """Let a file take the name; the old one is kept before that or goes with it."""
        replaced = identify(self._path)
        kept = None
        with hold_still(self._path, self._watch) as hold:
            finish(source, write_ahead=hold.write_ahead)
            if keep is not None:
                place = self._sidecar.add(keep)
                hold.keep_at(place, lambda file: self._notes.write(file, ["relative"], old))
                kept = self._kept(place, keep)
            self._note_new(source, note)
            give_access_of(self._path, to=source)
            source.replace(self._path)
        if kept is None and replaced is not None and replaced.links == 1:
            self._notes.forget(replaced)
        return kept

    def _take_free_name(self, source: Path) -> None:
        try:
            if self._sidecar.is_draft(source):  # what was kept has the access that the name had
                give_default_access(source)
            take_free_name(source, self._path)
        except OSError as error:
            raise explain_file_error(self._path, error) from error

    def _note_new(self, source: Path, note: LabelAndBranch) -> None:
        """Note what will be true of a relative; until then a kept one says what it was kept with."""
        self._notes.write(source, BOTH if self._sidecar.is_draft(source) else ["database"], note)

    def _write_note(self, note: LabelAndBranch) -> None:
        self._notes.write(self._path, BOTH if self._half == "database" else ["relative"], note)

    def _note(self) -> LabelAndBranch:
        return LabelAndBranch(self.label(), self.branch())

    def _kept(self, place: Path, about: About) -> Kept:
        return Kept(self.url.with_name(str(place)), about, place.stat().st_size)

    def _drop(self, draft: Path) -> None:
        identity = identify(draft)
        drop(lambda: remove_database(draft), draft)  # what cannot be removed is named when it is tidied
        if identity is not None and identity.links == 1:
            self._notes.forget(identity)
