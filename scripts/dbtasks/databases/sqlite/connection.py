"""Open SQLite files, and turn what SQLite reports into errors that say what to do."""

import os
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from dbtasks.databases.file_kinds import name_kind
from dbtasks.databases.sqlite.open_files import find_openers
from dbtasks.errors import DamagedError, DatabaseError

BUSY_SECONDS = 5.0
DAMAGED = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
_PRIMARY = 0xFF  # the low byte of an extended result code is the plain one


@contextmanager
def open_connection(path: Path, *, create: bool = False, read_only: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection in autocommit mode, closed at the end.

    Args:
        path: the file.
        create: make it when missing; otherwise a missing file is an error and not made by accident.
        read_only: leave the file and what stands beside it as they are.

    Raises:
        DatabaseError: for whatever SQLite reports, here or in the body.
    """
    try:
        with closing(connect(path, "ro" if read_only else "rwc" if create else "rw")) as connection:
            yield connection
    except sqlite3.Error as error:
        raise explain(path, error) from error


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """A connection in autocommit mode, whose errors are SQLite's; the mode is "ro", "rw" or "rwc"."""
    return sqlite3.connect(f"file:{quote(str(path))}?mode={mode}", uri=True, isolation_level=None, timeout=BUSY_SECONDS)


@contextmanager
def use_connection(connection: sqlite3.Connection, path: Path) -> Iterator[sqlite3.Connection]:
    """One that is open already, and stays open.

    Raises:
        DatabaseError: for whatever SQLite reports in the body.
    """
    try:
        yield connection
    except sqlite3.Error as error:
        raise explain(path, error) from error


def explain(path: Path, error: sqlite3.Error) -> DatabaseError:
    """What a SQLite error means here, decided by its result code."""
    code = find_code(error)
    if code == sqlite3.SQLITE_NOTADB:
        return DamagedError(
            f"{path} is not a SQLite database; it was left as it is.",
            hint="Point DATABASE_URL in .env at another file, or move this one away",
        )
    if code == sqlite3.SQLITE_FULL:
        return DatabaseError(f"The disk of {path} is full; nothing was changed.", hint=f"df -h {path.parent}")
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return name_openers(path)
    if code == sqlite3.SQLITE_CORRUPT:
        away = f"mv {shlex.quote(str(path))} {shlex.quote(f'{path}.damaged')}"
        return DamagedError(
            f"{path} is damaged: {error}.",
            hint=f"Move it away ({away}), then: nox -s db_reset  or  nox -s db_undo",
        )
    if code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR}:
        return DatabaseError(
            f"{path} cannot be {'written' if code == sqlite3.SQLITE_READONLY else 'opened'}: {error}.",
            checked=[_whats_there(path)],
            hint=f"ls -ld {path.parent} {path}",
        )
    return DatabaseError(f"SQLite says of {path}: {error}.", hint="nox -s db_status")


def find_code(error: sqlite3.Error) -> int:
    """The plain result code of an error; 0 where it has none."""
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY


def name_openers(path: Path) -> DatabaseError:
    """The error for a file that another program does not let go."""
    return DatabaseError(
        f"{path} is in use by another program, which did not let go within {BUSY_SECONDS:.0f} s.",
        checked=find_openers(path) or ["the processes of this user: none has it open now"],
        hint="Stop it, then try again",
    )


def explain_file_error(path: Path, error: OSError) -> DatabaseError:
    """What a failed file operation means for the user."""
    reason = error.strerror or str(error)
    return DatabaseError(
        f"{path} could not be written: {reason}; the database is as it was.",
        checked=[_whats_there(path)],
        hint=f"ls -ld {path.parent} && df -h {path.parent}",
    )


def sync(path: Path) -> None:
    """Flush a file to the disk; only one that this process has no connection to, whose locks would go.

    Raises:
        DatabaseError: the disk is full or failed.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise explain_file_error(path, error) from error


def _whats_there(path: Path) -> str:
    kind = name_kind(path)
    if kind:
        return f"{path} is {kind}"
    return f"{path.parent} " + ("has no such file" if path.parent.is_dir() else "is no directory")
