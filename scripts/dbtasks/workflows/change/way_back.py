"""Can the former state of a database be kept before it is changed? Where it cannot, nothing is changed."""

from collections.abc import Sequence

from dbtasks import guard
from dbtasks.errors import RefusedError
from dbtasks.events import NoUndo
from dbtasks.workflows.change.sessions import sessions_in_the_way
from dbtasks.workflows.change.site import Site

_MEBIBYTE = 1024**2
_MOST_LOSSES = 8


def needs_way_back(site: Site, losses: Sequence[str]) -> bool:
    """Does a change need a copy of the database, to work on or to keep?

    Args:
        site: open for the task.
        losses: every row, table, column or definition that could go or be overwritten, in words.

    Raises:
        RefusedError: the guard does not let anything get lost here, or it needs one and none can be made.
    """
    database, task = site.reading, site.task
    if not losses or not database.exists():
        return False
    site.permit()
    if database.is_empty():
        return False
    if task.no_way_back:
        _require_name(site)
        site.emit(NoUndo("--no-way-back was typed"))
        return False
    obstacle = sessions_in_the_way(site) or _too_large(site)
    if obstacle:
        raise no_way_back(site, obstacle, losses)
    return True


def no_way_back(site: Site, reason: str, losses: Sequence[str]) -> RefusedError:
    """The refusal of a change whose way back cannot be kept."""
    return RefusedError(
        f"{site.task.name} refused: no way back can be kept of {site.reading.place}. Nothing was changed.",
        checked=[reason, *(f"could be lost: {loss}" for loss in losses[:_MOST_LOSSES])],
        hint=f"To go on without one: the same command with  --no-way-back {guard.name_of(site.reading)}",
    )


def _too_large(site: Site) -> str:
    limit = site.settings.project.keep_undo_bytes
    size = site.reading.size()
    if size <= limit:
        return ""
    return (
        f"the database has {size / _MEBIBYTE:,.0f} MiB, and keep-undo-bytes in [tool.dbtasks] "
        f"allows {limit / _MEBIBYTE:,.0f} MiB"
    )


def _require_name(site: Site) -> None:
    name = guard.name_of(site.reading)
    if site.task.no_way_back != name:
        raise RefusedError(
            f"{site.task.name} refused: --no-way-back names another database than {site.reading.place}.",
            hint=f"--no-way-back {name}",
        )
