"""Files and folders of ours: told apart from symbolic links, written in one step, removed with what belongs to them."""

import json
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dbtasks.databases.sqlite.connection import explain_file_error

SIDE_FILES = ("-journal", "-wal", "-shm")


def remove_database(file: Path) -> None:
    """Remove a SQLite file with whatever stands beside it, the database itself first."""
    for path in (file, *(file.with_name(file.name + suffix) for suffix in SIDE_FILES)):
        path.unlink(missing_ok=True)


def is_folder(path: Path) -> bool:
    """Is there a folder, and no symbolic link to one?"""
    return _has_mode(path, stat.S_ISDIR)


def is_file(path: Path) -> bool:
    """Is there a file, and no symbolic link to one?"""
    return _has_mode(path, stat.S_ISREG)


def write_json(file: Path, content: Mapping[str, Any]) -> None:
    """Write a note in one step, flushed to the disk before it counts.

    Raises:
        DatabaseError: it cannot be written; the former note is as it was.
    """
    draft = file.with_name(f"{file.name}.new")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            json.dump(content, opened, ensure_ascii=False)
            opened.flush()
            os.fsync(descriptor)
        draft.replace(file)
    except OSError as error:
        raise explain_file_error(file, error) from error


def _has_mode(path: Path, wanted: Callable[[int], bool]) -> bool:
    try:
        return wanted(path.lstat().st_mode)
    except OSError:
        return False


def drop(remove: Callable[[], None], what: Path, skipped: Callable[[str], None] = lambda _: None) -> bool:
    """Remove something, or say that the file system does not let us; whether it is gone."""
    try:
        remove()
    except OSError as error:
        skipped(f"{what} cannot be removed: {error.strerror}")
        return False
    return True


def say_foreign(path: Path) -> str:
    """That something is left alone, as the beginning of a sentence."""
    what = "a symbolic link" if path.is_symlink() else "not of dbtasks"
    return f"{path} is {what}; it was left as it is"
