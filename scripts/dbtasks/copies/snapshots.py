"""Snapshots: states of a database kept under a name of the user's choice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

from dbtasks.databases import About, Database, Kept, Label, open_database
from dbtasks.errors import DatabaseError, UsageError


def save(database: Database, name: str, *, overwrite: bool) -> Kept:
    """Keep a copy of the database under a name.

    Args:
        database: which must exist.
        name: free text.
        overwrite: replace a snapshot of that name; the old one goes only when the new one is there.

    Raises:
        DatabaseError: there is no database, or the name is taken.
    """
    if not database.exists():
        raise DatabaseError(f"There is no database {database.place} to take a snapshot of.", hint="nox -s db_reset")
    return _keep(database, database, name, overwrite=overwrite)


def bring_in(database: Database, label: Label, file: Path, name: str, *, overwrite: bool) -> Kept:
    """Turn an exported file into a snapshot.

    Args:
        database: of which it becomes a snapshot.
        label: for the state that is read.
        file: made by `export`, on this engine.
        name: free text.
        overwrite: replace a snapshot of that name.

    Raises:
        DatabaseError: the file is no export of this engine, or the name is taken.
    """
    with database.draft() as draft:
        draft.create(label)
        draft.load(file)
        return _keep(database, draft, name, overwrite=overwrite)


def find(database: Database, name: str) -> Kept:
    """The snapshot of that name.

    Raises:
        UsageError: there is none; the nearest name is told.
    """
    snapshots = {kept.about.title: kept for kept in database.kept("snapshot")}
    if name in snapshots:
        return snapshots[name]
    near = get_close_matches(name, snapshots, n=1)
    raise UsageError(
        f"There is no snapshot {name!r}.",
        checked=[f"{len(snapshots)} snapshot(s) of {database.place}"],
        hint=f'nox -s db_restore -- "{near[0]}"' if near else "nox -s db_snapshots   lists them",
    )


def rename(database: Database, old: str, new: str) -> None:
    """Give a snapshot another name.

    Raises:
        UsageError: there is no such snapshot.
        DatabaseError: the new name is taken.
    """
    kept = find(database, old)
    _require_free(database, new)
    database.describe(kept, replace(kept.about, title=new))


def export(database: Database, name: str, file: Path) -> None:
    """Write a snapshot to a file, in one step.

    Raises:
        UsageError: there is no such snapshot, or the file is there already.
    """
    if file.exists():
        raise UsageError(f"{file} is there already; it was left as it is.", hint="Choose another name")
    kept = find(database, name)
    draft = file.with_name(f".{file.name}.new")
    try:
        open_database(kept.url).dump(draft)
        draft.replace(file)
    except OSError as error:
        raise DatabaseError(f"{file} could not be written: {error.strerror}.", hint=f"ls -ld {file.parent}") from error
    finally:
        draft.unlink(missing_ok=True)


def names(database: Database) -> Sequence[str]:
    """The names of all snapshots, newest first."""
    return [kept.about.title for kept in database.kept("snapshot")]


def _keep(database: Database, source: Database, name: str, *, overwrite: bool) -> Kept:
    old = [kept for kept in database.kept("snapshot") if kept.about.title == name]
    if not overwrite:
        _require_free(database, name)
    rows = sum(source.rows().values())
    with database.draft() as copy:
        source.clone_to(copy)
        about = About("snapshot", name, datetime.now(UTC), source.current(), {"rows": str(rows)})
        kept = database.keep(copy, about)
    for one in old:
        database.remove(one)
    return kept


def _require_free(database: Database, name: str) -> None:
    if not name.strip() or "\0" in name:
        raise UsageError("A snapshot needs a name.", hint='nox -s db_snapshot -- "before the demo"')
    if name in names(database):
        raise DatabaseError(
            f"There is a snapshot {name!r} already; it was left as it is.",
            hint=f'nox -s db_snapshot -- "{name}" --replace   or choose another name',
        )
