"""What can be asked of a SQLite file."""

import shutil
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from dbtasks.databases.file_kinds import name_kind
from dbtasks.databases.kept_states import list_kept
from dbtasks.databases.protocol import Aim, Kept, Kind, Label, Session, Watch
from dbtasks.databases.quotation import quote_name
from dbtasks.databases.sqlite.connection import explain_file_error, open_connection
from dbtasks.databases.sqlite.content import hash_content, is_empty
from dbtasks.databases.sqlite.file_identity import FileIdentity, identify
from dbtasks.databases.sqlite.header_label import read_header_label
from dbtasks.databases.sqlite.live_copy import copy_live, copy_still
from dbtasks.databases.sqlite.notes import Half, Notes, find_moved
from dbtasks.databases.sqlite.side_effects import find_side_effects
from dbtasks.databases.sqlite.sidecar_folder import SidecarFolder
from dbtasks.databases.sqlite.watch import watch
from dbtasks.errors import DamagedError, DatabaseError
from dbtasks.urls import DatabaseUrl, Engine


class SqliteReading:
    """One SQLite file to look at, whether it exists yet or not: a database, or a relative in a sidecar folder."""

    def __init__(self, url: DatabaseUrl) -> None:
        self.url = url
        self._path = url.path
        self._sidecar = SidecarFolder(url.path)
        self._notes = Notes(self._sidecar)
        self._half: Half = "relative" if self._sidecar.holds_the_path else "database"

    @property
    def engine(self) -> Engine:
        """Which engine this is."""
        return "sqlite"

    @property
    def is_relative(self) -> bool:
        """Is it a draft or a kept state, which nobody writes?"""
        return self._half == "relative"

    @property
    def place(self) -> str:
        """The file's path."""
        return str(self._path)

    def owner(self) -> str:
        """The path of the database beside the sidecar folder that it is in, by whatever symbolic link."""
        sidecar = SidecarFolder(self._path.resolve())
        return str(sidecar.database) if sidecar.holds_the_path else ""

    def exists(self) -> bool:
        """Is there such a file, and is it a SQLite database?"""
        if not self._path.exists():
            return False
        self._require_file()
        with open_connection(self._path) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return True

    def identity(self) -> str:
        """Device, inode, and the time of birth, for an inode is given out again."""
        identity = self._identify()
        return f"{identity.device}:{identity.inode}:{identity.born}"

    @contextmanager
    def aim(self) -> Iterator[Aim]:
        """Device and inode of the file."""
        identity = self._identify()
        yield Aim(device=identity.device, inode=identity.inode)

    @contextmanager
    def watch(self) -> Iterator[Watch]:
        """By a connection that is open meanwhile."""
        with watch(self._path) as found:
            yield found

    def label(self) -> Label | None:
        """What was set on exactly this file, and a production label that stays with the path.

        A label in the header, where older versions wrote it, counts until a later version knows better; after
        that only production does, for the header is copied along with the file.
        """
        production = None if self._half == "relative" else self._notes.production()
        if production is not None:
            return production
        note = self._notes.read(self._path, self._half)
        if note is None and self._half == "database":
            note = find_moved(self._path)
        if note is not None and note.label is not None:
            return note.label
        try:
            with open_connection(self._path) as connection:
                label = read_header_label(connection)
        except DamagedError:
            if self.is_relative:
                return None  # it says nothing, and must not stand in the way of the others
            raise
        counts = label is not None and (label.environment == "production" or self._is_as_an_old_version_left_it())
        return label if counts else None

    def branch(self) -> str:
        """The git branch that was noted for this file."""
        note = self._notes.read(self._path, self._half)
        return note.branch if note else ""

    def has_note(self) -> bool:
        """Was anything ever noted for this file in this place?"""
        return self._notes.read(self._path, self._half) is not None

    def current(self) -> tuple[str, ...]:
        """The revisions in alembic_version."""
        with open_connection(self._path) as connection:
            if "alembic_version" not in _tables(connection):
                return ()
            return tuple(row[0] for row in connection.execute("SELECT version_num FROM alembic_version ORDER BY 1"))

    def rows(self) -> dict[str, int]:
        """The number of rows of each table."""
        with open_connection(self._path) as connection:
            return {name: _count(connection, name) for name in _tables(connection) if name != "alembic_version"}

    def values(self) -> dict[str, dict[str, int]]:
        """The number of values in each column of each table."""
        with open_connection(self._path) as connection:
            tables = (name for name in _tables(connection) if name != "alembic_version")
            return {name: _count_values(connection, name) for name in tables}

    def is_empty(self) -> bool:
        """Is there nothing in its schema, an alembic_version without rows apart?"""
        with open_connection(self._path) as connection:
            return is_empty(connection)

    def content(self) -> str:
        """A hash of everything that is stored; see `hash_content` for what other programs notice of it."""
        with open_connection(self._path) as connection:
            return hash_content(connection)

    def side_effects(self, *, rows: bool) -> Sequence[str]:
        """With rows, triggers and constraints that replace; definitions run no code."""
        if not rows:
            return ()
        with open_connection(self._path) as connection:
            return find_side_effects(connection)

    def sessions(self) -> Sequence[Session]:
        """Nobody: those who use a file need not be ended."""
        return ()

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

    def template_conditions(self) -> str:
        """Nothing but the version."""
        return self.version()

    def kept(self, kind: Kind | None = None) -> Sequence[Kept]:
        """The kept relatives, the one kept last first."""
        return list_kept(self._sidecar.all(self.url), kind)

    def damaged(self) -> Sequence[str]:
        """The notes of kept relatives that cannot be read."""
        return [f"{note} cannot be read; the state beside it was left as it is" for note in self._sidecar.damaged()]

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
        copy_live(self._path, file)

    def copy_to(self, target: Path) -> None:
        """Copy one moment of it to a file that does not exist yet."""
        if self._half == "relative":
            copy_still(self._path, target)
        else:
            copy_live(self._path, target)

    def _require_file(self) -> None:
        """Refuse a path that can be no database, before anything is made beside it."""
        kind = name_kind(self._path)
        if kind not in {"", "a file"}:
            raise DatabaseError(
                f"{self._path} is {kind}, not a SQLite database; it was left as it is.",
                hint="Point DATABASE_URL in .env at a file",
            )

    def _identify(self) -> FileIdentity:
        identity = identify(self._path)
        if identity is None:
            raise explain_file_error(self._path, FileNotFoundError(2, "there is no such file"))
        return identity

    def _is_as_an_old_version_left_it(self) -> bool:
        return self._half == "database" and self._notes.is_old()


def _tables(connection: sqlite3.Connection) -> list[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name"
    return [row[0] for row in connection.execute(query)]


def _count(connection: sqlite3.Connection, table: str) -> int:
    count: int = connection.execute(f"SELECT count(*) FROM {quote_name(table)}").fetchone()[0]  # noqa: S608 (quoted)
    return count


def _count_values(connection: sqlite3.Connection, table: str) -> dict[str, int]:
    # table_info leaves out what is computed, and what a virtual table hides.
    columns = [row[0] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))]
    counts = ", ".join(f"count({quote_name(column)})" for column in columns)
    found = connection.execute(f"SELECT {counts} FROM {quote_name(table)}").fetchone()  # noqa: S608 (quoted)
    return dict(zip(columns, found, strict=True))
