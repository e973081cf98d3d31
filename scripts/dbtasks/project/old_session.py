"""What callers ask of the session until they take a History to `revisions` themselves; then it goes."""

from collections.abc import Mapping, Sequence

from dbtasks.config import Settings
from dbtasks.project.messages import Revision
from dbtasks.revisions import divergence, merge_preview
from dbtasks.revisions.archive import Archive, keep_applied
from dbtasks.revisions.divergence import Standing
from dbtasks.revisions.history import History
from dbtasks.revisions.history import ancestors as below
from dbtasks.revisions.merge_preview import Crossing
from dbtasks.revisions.unknown import find_unknown


def heads(settings: Settings) -> tuple[str, ...]:
    """The heads of the history, sorted."""
    return _history(settings).heads


def pending(settings: Settings, current: Sequence[str]) -> list[Revision]:
    """The revisions that a database still lacks, oldest first."""
    return _history(settings).pending(current)


def ancestors(known: Mapping[str, Revision], start: Sequence[str]) -> set[str]:
    """These revisions and everything below them."""
    return below({name: revision.parents for name, revision in known.items()}, start)


def compare(settings: Settings, current: Sequence[str]) -> Standing:
    """Hold a database against the checkout."""
    return divergence.compare(_history(settings), Archive(settings.project), current)


def foreign(settings: Settings, known: History, current: Sequence[str]) -> list[Revision]:
    """The revisions of a database that this checkout lacks, newest first."""
    return find_unknown(known, Archive(settings.project), current)


def crossing(settings: Settings, ref: str) -> Crossing:
    """Merge the history with another branch's in thought."""
    return merge_preview.crossing(_history(settings), ref)


def archive_applied(
    settings: Settings, known: Mapping[str, Revision], current: Sequence[str], *, again: bool = False
) -> None:
    """Archive what was found applied, by whatever tool."""
    keep_applied(Archive(settings.project), History(tuple(known.values())), current, again=again)


def _history(settings: Settings) -> History:
    from dbtasks.project.session import history

    return history(settings)
