"""Build the database anew and let the new one take the old one's name."""

from dataclasses import dataclass

from dbtasks.databases.protocol import Kept
from dbtasks.events import Remark
from dbtasks.workflows.build import build
from dbtasks.workflows.change import Task, open_site, replace_database
from dbtasks.workflows.summary import Summary


@dataclass(frozen=True)
class Reset:
    """What a reset did: what the database holds now, and the former state."""

    summary: Summary
    kept: Kept | None


def reset(task: Task, *, seed: bool, cache: bool) -> Reset:
    """Drop, create, upgrade to head and seed, in one step that can be taken back.

    Raises:
        TaskError: a revision or the seeds failed; nothing was changed.
    """
    with open_site(task) as site:
        database = site.reading
        task.emit(Remark(f"Building a new {database.place}"))
        replaced = replace_database(site, lambda draft: build(site, draft, seed=seed, cache=cache))
        built = replaced.built
        return Reset(Summary(database.place, database.version(), built.revisions, built.rows), replaced.kept)
