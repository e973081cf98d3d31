"""Change the database where it stands, after a way back was kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from dbtasks import guard
from dbtasks.copies import undo
from dbtasks.databases.protocol import Kept
from dbtasks.errors import DatabaseError, RefusedError
from dbtasks.events import CopyMade, NoUndo
from dbtasks.workflows.change.left_overs import decide, equal
from dbtasks.workflows.change.replace import finish
from dbtasks.workflows.change.sessions import sessions_in_the_way
from dbtasks.workflows.change.site import Site

Done = TypeVar("Done")
_MEBIBYTE = 1024**2


@dataclass(frozen=True)
class Changed(Generic[Done]):
    """What a change in place did.

    Args:
        done: what the work says of itself.
        kept: the former state; None where nothing could get lost, nothing changed, or no undo is wanted.
    """

    done: Done
    kept: Kept | None


def change_in_place(site: Site, losses: Sequence[str], work: Callable[[], Done]) -> Changed[Done]:
    """Change the database where it stands.

    Args:
        site: open for the task.
        losses: every row, table, column or definition that could go or be overwritten, in words; where there
            is one, a copy is kept first.
        work: makes the change.

    Raises:
        RefusedError: the guard does not let anything get lost here, or no way back can be kept; nothing was changed.
    """
    if losses:
        site.permit()
    before = site.reading.current() if site.reading.exists() else ()
    copy = _way_back(site, losses, before)
    try:
        done = work()
    except BaseException:
        _settle(site, copy, before)
        raise
    return Changed(done, _settle(site, copy, before))


def _way_back(site: Site, losses: Sequence[str], before: Sequence[str]) -> Kept | None:
    """Keep a copy where something could get lost.

    Raises:
        RefusedError: that cannot be done, and the database's name was not typed.
    """
    database, task = site.changing(), site.task
    if not losses or not database.exists() or database.is_empty():
        return None
    if not site.settings.project.keep_undo:
        site.emit(NoUndo("keep-undo is 0 in [tool.dbtasks]"))
        return None
    if task.no_way_back:
        _require_name(site)
        site.emit(NoUndo("--no-way-back was typed"))
        return None
    obstacle = _obstacle(site)
    if obstacle:
        raise _no_way_back(site, obstacle, losses)
    site.tell_of_sessions()
    try:
        copy = database.copy(undo.about(task.name, before, site.history.next_number, "pending"))
    except DatabaseError as error:
        raise _no_way_back(site, error.message, losses) from error
    site.forget_history()
    site.emit(CopyMade(copy, losses))
    return copy


def _obstacle(site: Site) -> str:
    """Why no copy is made, in words; empty where one can be."""
    held = sessions_in_the_way(site)
    if held:
        return held
    limit = site.settings.project.keep_undo_bytes
    size = site.reading.size()
    if size > limit:
        return (
            f"the database has {size / _MEBIBYTE:,.0f} MiB, and keep-undo-bytes in [tool.dbtasks] "
            f"allows {limit / _MEBIBYTE:,.0f} MiB"
        )
    return ""


def _no_way_back(site: Site, reason: str, losses: Sequence[str]) -> RefusedError:
    return RefusedError(
        f"{site.task.name} refused: no way back can be kept of {site.reading.place}. Nothing was changed.",
        checked=[reason, *(f"could be lost: {loss}" for loss in losses[:8])],
        hint=f"To go on without one: the same command with  --no-way-back {guard.name_of(site.reading)}",
    )


def _require_name(site: Site) -> None:
    name = guard.name_of(site.reading)
    if site.task.no_way_back != name:
        raise RefusedError(
            f"{site.task.name} refused: --no-way-back names another database than {site.reading.place}.",
            hint=f"--no-way-back {name}",
        )


def _settle(site: Site, copy: Kept | None, before: Sequence[str]) -> Kept | None:
    """Let the copy become an undo if the database differs from it by now, whether the work failed or not."""
    if copy is None:
        return None
    database = site.changing()
    differs = database.current() != tuple(before) or not equal(database, copy)
    kept = decide(database, copy, differs=differs, role="undo")
    site.forget_history()
    finish(site, kept)
    return kept
