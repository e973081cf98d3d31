"""The moments in which a file takes or leaves the name of a database.

What holds for a program that goes on with the old file open: with a rollback journal on the disk, SQLite
refuses its next write (SQLITE_READONLY_DBMOVED); with a journal in memory its commits go into the old file,
which is the kept one. In write-ahead mode nothing is swapped while another program has the file open. A
commit that came before the swap is in the old file.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from dbtasks.databases.sqlite.connection import (
    BUSY_SECONDS,
    find_code,
    name_openers,
    open_connection,
    sync,
    use_connection,
)
from dbtasks.databases.sqlite.file_access import give_access_of, make_private
from dbtasks.databases.sqlite.header_label import give_header_back
from dbtasks.databases.sqlite.plain_files import SIDE_FILES
from dbtasks.databases.sqlite.watch import SqliteWatch
from dbtasks.errors import DatabaseError

_CHUNK = 1 << 20
_PAUSE = 0.001  # short: a program that writes without a rest leaves only moments free


@dataclass(frozen=True)
class Hold:
    """A database that nobody else can read or write.

    Args:
        path: the file.
        write_ahead: whether it was in write-ahead mode.
        after: what is closed when the locks are gone.
    """

    path: Path
    write_ahead: bool
    after: ExitStack

    def keep_at(self, place: Path, note: Callable[[Path], None]) -> None:
        """Give the file a second name; a copy where the file system has no hard links.

        Args:
            place: the second name.
            note: writes what has to be known about the file that is given, before it has its name.
        """
        note(self.path)
        try:
            place.hardlink_to(self.path)
        except OSError:
            draft = place.with_name(f"{place.name}.new")
            self._copy_to(draft)
            note(draft)
            draft.rename(place)

    def _copy_to(self, target: Path) -> None:
        source = os.open(self.path, os.O_RDONLY)
        self.after.callback(os.close, source)  # not before: closing it drops this process's locks on the file
        target.unlink(missing_ok=True)  # of a task that was killed
        make_private(target)
        with target.open("wb") as copy:
            position = 0
            while chunk := os.pread(source, _CHUNK, position):
                copy.write(chunk)
                position += len(chunk)
            copy.flush()
            os.fsync(copy.fileno())
        give_access_of(self.path, to=target)


@contextmanager
def hold_still(path: Path, watch: SqliteWatch | None = None) -> Iterator[Hold]:
    """Keep every other connection out of a database, with all of it in the one file.

    In write-ahead mode the log is folded in and the mode left: a log beside a file that is about to be
    replaced would be replayed over the new content. That needs to be the only connection, as does the
    exclusive lock; both wait until the busy timeout for others to finish.

    Args:
        path: the file.
        watch: whose connection it is then, asked what it has noticed when nobody else can write any more.
    """
    known = watch.connection if watch else None
    with ExitStack() as after, use_connection(known, path) if known else open_connection(path) as connection:
        inode = path.stat().st_ino
        was_write_ahead = _mode(connection) == "wal"
        try:
            _wait_for_hold(connection, path)
            _require_inode(path, inode)
            if watch is not None:
                watch.look()
            yield Hold(path, was_write_ahead, after)
        except BaseException:
            connection.rollback()
            if was_write_ahead and _is_inode(path, inode):  # nothing was swapped, so the mode goes back as well
                with suppress(sqlite3.OperationalError):  # in use: whoever has it open finds the database whole
                    connection.execute("PRAGMA journal_mode = WAL")
            raise
        connection.rollback()


def finish(path: Path, *, write_ahead: bool) -> None:
    """Make a finished draft ready to take a name: all of it in one file, flushed to the disk."""
    with open_connection(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        give_header_back(connection)
        if write_ahead:
            connection.execute("PRAGMA journal_mode = WAL")
    sync(path)


def take_free_name(source: Path, path: Path) -> None:
    """Let a finished file take a name that nobody has.

    Raises:
        FileExistsError: somebody has it by now.
    """
    for suffix in SIDE_FILES:  # of a file that is gone; SQLite would replay them over this one
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    try:
        path.hardlink_to(source)  # fails where a rename would overwrite
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise
        source.rename(path)
    else:
        source.unlink()


def _wait_for_hold(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA busy_timeout = 0")  # its pauses grow, so it would miss those moments
    end = time.monotonic() + BUSY_SECONDS
    while not _hold(connection):
        if time.monotonic() > end:
            raise name_openers(path)
        time.sleep(_PAUSE)


def _hold(connection: sqlite3.Connection) -> bool:
    try:
        if _mode(connection) == "wal":
            connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if find_code(error) != sqlite3.SQLITE_BUSY:
            raise
        return False
    if _mode(connection) == "wal":  # somebody went back to it in between
        connection.rollback()
        return False
    return True


def _require_inode(path: Path, inode: int) -> None:
    if not _is_inode(path, inode):
        raise DatabaseError(f"{path} was replaced by another program meanwhile.", hint="Try again")


def _is_inode(path: Path, inode: int) -> bool:
    """Is it still that file? A log is found by its path, so it would be written beside another one."""
    return path.exists() and path.stat().st_ino == inode


def _mode(connection: sqlite3.Connection) -> str:
    mode: str = connection.execute("PRAGMA journal_mode").fetchone()[0]
    return mode
