"""Snapshots: states of a database kept under a name of the user's choice."""

import shlex
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

from dbtasks import atomic_file
from dbtasks.databases.engines import open_database
from dbtasks.databases.protocol import About, Kept, Reading
from dbtasks.errors import DatabaseError, UsageError


def about(source: Reading, name: str) -> About:
    """What a snapshot of a database says of itself."""
    numbers = [kept.about.number for kept in source.kept("snapshot")]
    rows = sum(source.rows().values())
    return About(
        "snapshot", name, datetime.now(UTC), source.current(), {"rows": str(rows)}, max(numbers, default=0) + 1
    )


def rows_of(kept: Kept) -> int | None:
    """How many rows a snapshot had when it was kept; None where what it says of that cannot be read."""
    try:
        return int(kept.about.facts["rows"])
    except (KeyError, ValueError):
        return None


def find(database: Reading, name: str) -> Kept:
    """The snapshot of that name; of two that a stopped task left, the newer one.

    Raises:
        UsageError: there is none; the nearest name is told, and nothing offered that would do something with it.
    """
    snapshots = database.kept("snapshot")
    for kept in snapshots:
        if kept.about.title == name:
            return kept
    near = get_close_matches(name, [kept.about.title for kept in snapshots], n=1)
    raise UsageError(
        f"There is no snapshot {name!r}.",
        checked=[
            f"{len(snapshots)} snapshot(s) of {database.place}",
            *(f"the nearest name is {one!r}" for one in near),
        ],
        hint="nox -s db_snapshots   lists them",
    )


def require_name(database: Reading, name: str, *, overwrite: bool, may_replace: bool = False) -> None:
    """Refuse a name that says nothing, or that a snapshot has already.

    Args:
        database: whose snapshots they are.
        name: for the new one.
        overwrite: whether one of that name is to be replaced.
        may_replace: whether the task is the one that could have been told to.

    Raises:
        UsageError: the name is empty, or holds a NUL character.
        DatabaseError: the name is taken, and is not to be overwritten.
    """
    if not name.strip() or "\0" in name:
        raise UsageError("A snapshot needs a name.", hint='nox -s db_snapshot -- "before the demo"')
    if not overwrite and any(kept.about.title == name for kept in database.kept("snapshot")):
        quoted = shlex.quote(name)
        raise DatabaseError(
            f"There is a snapshot {name!r} already; it was left as it is.",
            hint=f"nox -s db_snapshot -- {quoted} --replace   or choose another name"
            if may_replace
            else f"Choose another name, or first: nox -s db_snapshots -- --delete {quoted}",
        )


def export(database: Reading, name: str, file: Path) -> None:
    """Write a snapshot to a file, in one step.

    Raises:
        UsageError: there is no such snapshot, or the file is there already.
    """
    if file.exists():
        raise UsageError(f"{file} is there already; it was left as it is.", hint="Choose another name")
    kept = find(database, name)
    try:
        with atomic_file.replace(file) as draft:
            open_database(kept.url).dump(draft)
    except OSError as error:
        raise DatabaseError(f"{file} could not be written: {error.strerror}.", hint=f"ls -ld {file.parent}") from error
