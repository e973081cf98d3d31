"""Copy a SQLite database to another file, one moment of it."""

import shutil
import sqlite3
import sys
import time
from pathlib import Path

from dbtasks.databases.sqlite.connection import BUSY_SECONDS, explain_file_error, name_openers, open_connection, sync
from dbtasks.databases.sqlite.header_label import give_header_back
from dbtasks.databases.sqlite.plain_files import SIDE_FILES, drop, remove_database

_FICLONE = 0x40049409  # the ioctl by which btrfs and XFS share the blocks of two files


def copy_live(source: Path, target: Path, *, read_only: bool = False) -> None:
    """Copy a database that others may write meanwhile, what is only in its write-ahead log included.

    SQLite's backup is used, for closing a descriptor of one's own would drop every lock that this process
    has on the file. It copies in one step, so that no commit falls into the middle.

    Args:
        source: the database.
        target: made, or overwritten in one transaction; an empty file counts as one that was not there.
        read_only: the source is somebody else's, so it stays as it is, its log included.

    Raises:
        DatabaseError: the disk is full, or another program did not let go of the source within the busy
            timeout; a target that was not there before is gone again.
    """
    was_there = target.exists() and target.stat().st_size > 0
    try:
        with open_connection(source, read_only=read_only) as old, open_connection(target, create=True) as new:
            if not was_there:
                new.execute("PRAGMA synchronous = OFF")  # nobody knows this file yet; it is synced below
            _back_up(old, new, source)
            give_header_back(new)
        if not was_there:
            sync(target)
    except BaseException:
        if not was_there:
            drop(lambda: remove_database(target), target)
        raise


def copy_still(source: Path, target: Path) -> None:
    """Copy a kept relative or a draft, which nobody writes, sharing blocks where the file system can.

    Raises:
        DatabaseError: the disk is full; no partial target is left.
    """
    if any(source.with_name(source.name + suffix).exists() for suffix in SIDE_FILES):
        copy_live(source, target)  # somebody opened it all the same
        return
    try:
        if not _share_blocks(source, target):
            shutil.copyfile(source, target)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise explain_file_error(target, error) from error
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _back_up(old: sqlite3.Connection, new: sqlite3.Connection, source: Path) -> None:
    """Run the backup; SQLite would try again for ever where the source is locked."""
    end = time.monotonic() + BUSY_SECONDS

    def progress(status: int, _remaining: int, _total: int) -> None:
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} and time.monotonic() > end:
            raise name_openers(source)

    old.backup(new, pages=-1, progress=progress, sleep=0.05)


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
