"""Copy SQLite files and hold them still, with SQLite's own locks and not by hope."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dbtasks.databases.sqlite.connection import connected, file_error

_FICLONE = 0x40049409  # the ioctl by which btrfs and XFS share the blocks of two files


@contextmanager
def held_still(path: Path) -> Iterator[bool]:
    """Keep every other connection out of a database, with all of it in the one file.

    In write-ahead mode the log is folded in and the mode left: a log beside a file that is about to be
    replaced would be replayed over the new content. That needs to be the only connection, as does the
    exclusive lock; both wait some seconds for others to finish.

    Yields:
        whether the database was in write-ahead mode.
    """
    with connected(path) as connection:
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
        if mode == "wal":
            connection.execute("PRAGMA journal_mode = DELETE")
        try:
            connection.execute("BEGIN EXCLUSIVE")
            yield mode == "wal"
        except BaseException:
            if mode == "wal":  # nothing was swapped, so the mode goes back as well
                connection.rollback()
                connection.execute("PRAGMA journal_mode = WAL")
            raise


def finish(path: Path, *, write_ahead: bool) -> None:
    """Make a finished draft ready to take a name: all of it in one file, flushed to the disk.

    Args:
        path: the draft, which nobody else has open.
        write_ahead: put it in write-ahead mode, as the database that it replaces is.
    """
    with connected(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        if write_ahead:
            connection.execute("PRAGMA journal_mode = WAL")
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def copy(source: Path, target: Path) -> None:
    """Copy a database to a new file while nobody writes it, sharing blocks where the file system can.

    Raises:
        DatabaseError: the disk is full, or another program holds the source; no partial target is left.
    """
    try:
        with connected(source) as connection:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
                with connected(target, create=True) as other:
                    connection.backup(other)
            else:
                connection.execute("BEGIN IMMEDIATE")  # readers may go on; writers wait
                # Closing the copied file drops this process's POSIX locks on it, so nothing may follow the copy.
                _copy_file(source, target)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise file_error(target, error) from error
    except Exception:
        target.unlink(missing_ok=True)
        raise


def _copy_file(source: Path, target: Path) -> None:
    if not _share_blocks(source, target):
        shutil.copyfile(source, target)


def _share_blocks(source: Path, target: Path) -> bool:
    """Let the file system copy on write; False where it cannot."""
    if sys.platform != "linux":
        return False
    import fcntl

    with source.open("rb") as old, target.open("wb") as new:
        try:
            fcntl.ioctl(new.fileno(), _FICLONE, old.fileno())
        except OSError:
            return False
    return True
