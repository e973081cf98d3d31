"""The Database protocol for a SQLite file."""

import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from pathlib import Path

from dbtasks.databases import About, Database, Environment, Kept, Kind, Label
from dbtasks.databases.sqlite.connection import connected, file_error
from dbtasks.databases.sqlite.files import copy, finish, held_still
from dbtasks.databases.sqlite.lock_file import locked
from dbtasks.databases.sqlite.sidecar_folder import Relatives, remove_database
from dbtasks.errors import DatabaseError
from dbtasks.urls import DatabaseUrl, Engine

# The label is the application id in the file's header: "db" in ASCII, then the environment. A dump as
# SQL text does not carry it. An application id that is not ours is left alone.
_MAGIC = 0x6462_0000
_ENVIRONMENTS: tuple[Environment, ...] = ("development", "test", "production")


class SqliteDatabase:
    """One SQLite file, whether it exists yet or not."""

    def __init__(
        self, url: DatabaseUrl, when_waiting: Callable[[str], None] = lambda _: None, *, is_draft: bool = False
    ) -> None:
        self.url = url
        self._is_draft = is_draft
        self._path = url.path
        self._relatives = Relatives(url.path)
        self._when_waiting = when_waiting

    @property
    def engine(self) -> Engine:
        """Which engine this is."""
        return "sqlite"

    @property
    def place(self) -> str:
        """The file's path."""
        return str(self._path)

    def exists(self) -> bool:
        """Is there such a file, and is it a SQLite database?"""
        if not self._path.exists():
            return False
        if not self._path.is_file():
            raise DatabaseError(
                f"{self._path} is a directory, not a SQLite database; it was left as it is.",
                hint="Point DATABASE_URL in .env at a file",
            )
        with connected(self._path) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return True

    def create(self, label: Label) -> None:
        """Create the file, complete, in one step; a draft, which nobody else looks at, as it comes."""
        if self._is_draft:
            with connected(self._path, create=True) as connection:
                connection.execute(f"PRAGMA application_id = {_application_id(label)}")
            return
        with self.draft() as draft:
            draft.create(label)
            try:
                self._path.hardlink_to(draft.url.name)  # fails where a rename would overwrite
            except OSError as error:
                raise file_error(self._path, error) from error

    def label(self) -> Label | None:
        """The environment kept in the file's header."""
        with connected(self._path) as connection:
            number: int = connection.execute("PRAGMA application_id").fetchone()[0]
        environment = number - _MAGIC
        if 0 <= environment < len(_ENVIRONMENTS):
            return Label(_ENVIRONMENTS[environment], "")
        return None

    def set_label(self, label: Label) -> None:
        """Write the environment into the file's header."""
        with connected(self._path) as connection:
            number: int = connection.execute("PRAGMA application_id").fetchone()[0]
            if number and not 0 <= number - _MAGIC < len(_ENVIRONMENTS):
                raise DatabaseError(
                    f"{self._path} carries the application id {number} of another program, so it cannot be labelled.",
                    hint=f'sqlite3 "{self._path}" "PRAGMA application_id = 0"   takes it away, if it is not needed',
                )
            connection.execute(f"PRAGMA application_id = {_application_id(label)}")

    def current(self) -> tuple[str, ...]:
        """The revisions in alembic_version."""
        with connected(self._path) as connection:
            if "alembic_version" not in _tables(connection):
                return ()
            return tuple(row[0] for row in connection.execute("SELECT version_num FROM alembic_version ORDER BY 1"))

    def rows(self) -> dict[str, int]:
        """The number of rows of each table."""
        with connected(self._path) as connection:
            return {name: _count(connection, name) for name in _tables(connection) if name != "alembic_version"}

    def size(self) -> int:
        """Bytes on the disk, the write-ahead log included."""
        wal = self._path.with_name(self._path.name + "-wal")
        return self._path.stat().st_size + (wal.stat().st_size if wal.exists() else 0)

    def free_space(self) -> int | None:
        """Bytes free on the file system."""
        return shutil.disk_usage(self._path.parent).free

    def version(self) -> str:
        """The version of the SQLite library."""
        return f"SQLite {sqlite3.sqlite_version}"

    def lock(self, task: str, wait: float) -> AbstractContextManager[None]:
        """Hold the lock file beside the database."""
        return locked(self._relatives.lock_file, task, wait, self._when_waiting)

    @contextmanager
    def draft(self) -> Iterator[Database]:
        """A file to build on, removed at the end if it is still there."""
        path = self._relatives.new_draft()
        try:
            yield SqliteDatabase(self.url.with_name(str(path)), is_draft=True)
        finally:
            remove_database(path)

    def clone_to(self, target: Database) -> None:
        """Copy the file."""
        copy(self._path, Path(target.url.name))

    def swap(self, new: Database, keep: About | None) -> Kept | None:
        """Replace the file; a hard link keeps the old one."""
        source = Path(new.url.name)
        try:
            if not self._path.exists():
                finish(source, write_ahead=False)
                source.replace(self._path)
                kept = None
            else:
                label = self.label()
                if label is not None:  # the name keeps its label, whatever comes to bear the name
                    new.set_label(label)
                with held_still(self._path) as write_ahead:
                    finish(source, write_ahead=write_ahead)
                    kept = self._link(keep) if keep else None
                    source.replace(self._path)
        except OSError as error:
            raise file_error(self._path, error) from error
        self._relatives.remove(source)
        return kept

    def put_away(self, keep: About) -> Kept:
        """Move the file to its kept place."""
        with held_still(self._path):
            place = self._relatives.add(keep)
            try:
                self._path.rename(place)
            except OSError as error:
                raise file_error(self._path, error) from error
        return Kept(self.url.with_name(str(place)), keep, place.stat().st_size)

    def keep(self, draft: Database, about: About) -> Kept:
        """Move a draft to a kept place."""
        source = Path(draft.url.name)
        finish(source, write_ahead=False)
        place = self._relatives.add(about)
        try:
            source.rename(place)
        except OSError as error:
            raise file_error(place, error) from error
        return Kept(self.url.with_name(str(place)), about, place.stat().st_size)

    def describe(self, kept: Kept, about: About) -> None:
        """Rewrite the note beside the kept file."""
        self._relatives.describe(kept.url.path, about)

    def kept(self, kind: Kind | None = None) -> Sequence[Kept]:
        """The kept relatives, newest first."""
        return [kept for kept in self._relatives.all(self.url) if kind in {None, kept.about.kind}]

    def remove(self, kept: Kept) -> None:
        """Drop a kept relative."""
        self._relatives.remove(kept.url.path)

    def tidy(self) -> int:
        """Drop what killed tasks left behind."""
        return self._relatives.tidy()

    def shell(self) -> Sequence[str]:
        """The sqlite3 program, or what Python has had in its place since 3.12."""
        if not shutil.which("sqlite3") and find_spec("sqlite3.__main__"):
            return (sys.executable, "-m", "sqlite3", str(self._path))
        return ("sqlite3", str(self._path))

    def client_environment(self) -> Mapping[str, str]:
        """Nothing: a file needs no login."""
        return {}

    def dump(self, file: Path) -> None:
        """Copy the database to a file of its own."""
        copy(self._path, file)

    def load(self, file: Path) -> None:
        """Become a copy of such a file."""
        with connected(file) as connection:  # refuses what is no database before anything is touched
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        shutil.copyfile(file, self._path)

    def _link(self, about: About) -> Kept:
        """Give the file a second name under which it is kept."""
        place = self._relatives.add(about)
        try:
            place.hardlink_to(self._path)
        except OSError:  # a file system without hard links: the old content is kept as a copy
            shutil.copyfile(self._path, place)
        return Kept(self.url.with_name(str(place)), about, place.stat().st_size)


def _application_id(label: Label) -> int:
    return _MAGIC + _ENVIRONMENTS.index(label.environment)


def _tables(connection: sqlite3.Connection) -> list[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name"
    return [row[0] for row in connection.execute(query)]


def _count(connection: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    count: int = connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0]  # noqa: S608 (quoted just above)
    return count
