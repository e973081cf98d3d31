"""What stands at a path: told to people, and asked of a file that is to be imported."""

import stat
from pathlib import Path

from dbtasks.errors import DatabaseError

EXPORT = "nox -s db_snapshots -- --export NAME FILE   writes a file that can be imported"
_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
SQLITE_MAGIC = b"SQLite format 3\0"
_BEGINNINGS = {SQLITE_MAGIC: "SQLite", b"PGDMP": "PostgreSQL"}


def name_kind(path: Path) -> str:
    """What a path leads to, links followed: "a file", "a directory", and so on; empty where nothing is there."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return ""
    return _KINDS.get(stat.S_IFMT(mode), "a file")


def require_export(file: Path, engine: str) -> None:
    """Refuse to import what no export of an engine begins like.

    Args:
        file: that a person named.
        engine: "SQLite" or "PostgreSQL".

    Raises:
        DatabaseError: it is none; it says what it is.
    """
    kind = name_kind(file)
    if kind != "a file":
        raise _refusal(f"{file} {f'is {kind}' if kind else 'is not there'}")
    try:
        with file.open("rb") as opened:
            beginning = opened.read(max(map(len, _BEGINNINGS)))
    except OSError as error:
        raise _refusal(f"{file} cannot be read ({error.strerror})") from error
    found = next((name for start, name in _BEGINNINGS.items() if beginning.startswith(start)), "")
    if found != engine:
        raise _refusal(f"{file} is of {found}, not of {engine}" if found else f"{file} is no export of {engine}")


def _refusal(what: str) -> DatabaseError:
    return DatabaseError(f"{what}; nothing was imported.", hint=EXPORT)
