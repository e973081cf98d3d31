"""Revisions that a database has and this checkout has not: another branch's, or of a file that was removed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from dbtasks.config import Settings
from dbtasks.project.worker.history import Revision
from dbtasks.revisions.archive import Archive


def foreign(settings: Settings, known: Mapping[str, object], current: Sequence[str]) -> list[Revision]:
    """Those the database stands on, and those below them down to one that is known; newest first.

    Args:
        settings: naming the project, whose archive may have their texts.
        known: the history of this checkout, by revision.
        current: where the database stands.
    """
    archive = Archive(settings.project)
    found: dict[str, Revision] = {}
    waiting = list(current)
    while waiting:
        revision = waiting.pop(0)
        if revision in known or revision in found:
            continue
        text = next(iter(archive.texts(revision)), None)
        parents = text.parents if text else ()
        found[revision] = Revision(
            revision, parents, text.message if text else "", text.file if text else Path(), is_head=False
        )
        waiting.extend(parents)
    return list(found.values())
