"""Change the database where it stands, after a way back was kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from dbtasks.copies import undo
from dbtasks.databases.protocol import Kept
from dbtasks.errors import DatabaseError
from dbtasks.workflows.change.left_overs import decide, equal
from dbtasks.workflows.change.replace import finish, wants_undo
from dbtasks.workflows.change.site import Site
from dbtasks.workflows.change.way_back import needs_way_back, no_way_back

Done = TypeVar("Done")


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
    before = site.reading.current() if site.reading.exists() else ()
    copy = _kept_copy(site, losses, before)
    try:
        done = work()
    except BaseException:
        _settle(site, copy, before)
        raise
    return Changed(done, _settle(site, copy, before))


def _kept_copy(site: Site, losses: Sequence[str], before: Sequence[str]) -> Kept | None:
    """Keep a copy where something could get lost.

    Raises:
        RefusedError: that cannot be done, and the database's name was not typed.
    """
    if not needs_way_back(site, losses) or not wants_undo(site):
        return None
    site.tell_of_sessions()
    try:
        copy = site.changing().copy(undo.about(site.task.name, before, site.history.next_number, "pending"))
    except DatabaseError as error:
        raise no_way_back(site, error.message, losses) from error
    site.forget_history()
    return copy


def _settle(site: Site, copy: Kept | None, before: Sequence[str]) -> Kept | None:
    """Let the copy become an undo if the database differs from it by now, whether the work failed or not."""
    if copy is None:
        return None
    database = site.changing()
    differs = database.current() != tuple(before) or not equal(database, copy)
    return finish(site, decide(database, copy, differs=differs, role="undo"))
