"""Build the database anew and let the new one take the old one's name."""

from dataclasses import dataclass

from dbtasks.copies.templates import Contents
from dbtasks.databases.protocol import Kept
from dbtasks.events import Remark
from dbtasks.workflows.build import build
from dbtasks.workflows.change import Task, opened, replace_database


@dataclass(frozen=True)
class Reset:
    """What a reset did.

    Args:
        place: the database.
        version: of its engine.
        built: what it holds now.
        kept: the former state.
    """

    place: str
    version: str
    built: Contents
    kept: Kept | None


def reset(task: Task, *, seed: bool, cache: bool) -> Reset:
    """Drop, create, upgrade to head and seed, in one step that can be taken back.

    Raises:
        TaskError: a revision or the seeds failed; nothing was changed.
    """
    with opened(task) as site:
        database = site.reading
        task.emit(Remark(f"Building a new {database.place}"))
        replaced = replace_database(site, lambda draft: build(site, draft, seed=seed, cache=cache))
        return Reset(database.place, database.version(), replaced.built, replaced.kept)
