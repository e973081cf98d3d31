"""Revisions that a database has and this checkout has not: another branch's, or of a file that was removed."""

from collections.abc import Sequence
from pathlib import Path

from dbtasks.project.messages.values import Revision
from dbtasks.revisions.archive import Archive
from dbtasks.revisions.history import History


def find_unknown(history: History, archive: Archive, current: Sequence[str]) -> list[Revision]:
    """Those the database stands on, and those below them down to one that is known; newest first."""
    found: dict[str, Revision] = {}
    waiting = list(current)
    while waiting:
        revision = waiting.pop(0)
        if revision in history or revision in found:
            continue
        text = next(iter(archive.texts(revision)), None)
        parents = text.parents if text else ()
        found[revision] = Revision(
            revision, parents, text.message if text else "", text.file if text else Path(), is_head=False
        )
        waiting.extend(parents)
    return list(found.values())
