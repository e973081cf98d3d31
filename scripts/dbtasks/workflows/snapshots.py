"""Save, list, rename, delete, export and import named states; drop what resets are cloned from."""

from dataclasses import dataclass
from pathlib import Path

from dbtasks.copies import snapshots
from dbtasks.databases.protocol import Kept
from dbtasks.errors import DatabaseError
from dbtasks.workflows.change import (
    Task,
    delete_copies,
    keep_draft_as_snapshot,
    keep_snapshot,
    open_site,
    rename_snapshot,
)


@dataclass(frozen=True)
class Pruned:
    """What a prune dropped: kept states, and left-overs of stopped tasks."""

    states: tuple[Kept, ...]
    left_overs: int


def save(task: Task, name: str, *, overwrite: bool) -> Kept:
    """Keep a copy of the database under a name.

    Raises:
        DatabaseError: there is no database, or the name is taken.
    """
    with open_site(task) as site:
        if not site.reading.exists():
            raise DatabaseError(
                f"There is no database {site.reading.place} to take a snapshot of.", hint="nox -s db_reset"
            )
        return keep_snapshot(site, name, overwrite=overwrite)


def delete(task: Task, name: str) -> None:
    """Drop a snapshot for good.

    Raises:
        UsageError: there is none of that name.
    """
    with open_site(task) as site:
        if not delete_copies(site, [snapshots.find(site.reading, name)]):
            raise DatabaseError(f"The snapshot {name!r} could not be dropped.", hint="nox -s db_snapshots")


def rename(task: Task, old: str, new: str) -> None:
    """Give a snapshot another name.

    Raises:
        UsageError: there is no such snapshot.
        DatabaseError: the new name is taken.
    """
    with open_site(task) as site:
        rename_snapshot(site, old, new)


def export(task: Task, name: str, file: Path) -> None:
    """Write a snapshot to a file.

    Raises:
        UsageError: there is no such snapshot, or the file is there already.
    """
    with open_site(task, ask=False) as site:
        snapshots.export(site.reading, name, file)


def bring_in(task: Task, file: Path, name: str) -> None:
    """Turn a file that `export` wrote, on this engine, into a snapshot.

    Raises:
        DatabaseError: the file is no export of this engine, or the name is taken.
    """
    with open_site(task) as site:
        keep_draft_as_snapshot(site, name, lambda draft: draft.load(file))


def prune(task: Task, *, undo: bool) -> Pruned:
    """Drop the templates, which the next reset builds again, and with `undo` the former states, which nothing does."""
    with open_site(task, ask=undo) as site:
        going = (*site.reading.kept("template"), *(site.read_history().states if undo else ()))
        return Pruned(tuple(delete_copies(site, going)), site.left_overs)
