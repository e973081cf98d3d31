"""Make a new database beside the old one, and let it take the name in one step; the old one is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from dbtasks.copies import undo
from dbtasks.databases.engines import open_database
from dbtasks.databases.protocol import About, Belongings, Draft, Kept, Reading
from dbtasks.errors import DatabaseError
from dbtasks.events import Warned
from dbtasks.workflows.change.limits import hold_to_limits
from dbtasks.workflows.change.site import Site

Built = TypeVar("Built")


@dataclass(frozen=True)
class Replaced(Generic[Built]):
    """What a replacement did.

    Args:
        built: what the builder says of the new database.
        kept: the old one; None where there was none, or no undo is wanted.
    """

    built: Built
    kept: Kept | None


def replace_database(
    site: Site, build: Callable[[Draft], Built], *, keep: About | None = None, branch: str = ""
) -> Replaced[Built]:
    """Replace the database by one that is built beside it.

    Args:
        site: open for the task.
        build: creates and fills the draft; whatever it raises leaves the database as it was.
        keep: what the old database says of itself from now on; an undo where that is not said.
        branch: the git branch whose state the new database is.
    """
    site.permit()
    with site.draft() as draft:
        return Replaced(build(draft), swap_in(site, draft, keep=keep, branch=branch))


def swap_in(site: Site, draft: Draft, *, keep: About | None = None, branch: str = "") -> Kept | None:
    """Let a finished draft take the database's name; arguments as for `replace_database`.

    Returns:
        The old database.
    """
    site.tell_of_sessions()
    about = keep or about_old(site)
    return finish(site, site.changing().swap(draft, about, label=site.new_label, branch=branch))


def replace_with_kept(
    site: Site, state: Kept, *, keep: About | None, belongings: Belongings = "state", branch: str = ""
) -> Kept | None:
    """Replace the database by a state that was kept, with all that belonged to it then.

    Args:
        site: open for the task.
        state: which one; it is no kept state any more afterwards.
        keep: what the old database says of itself from now on; None drops it.
        belongings: whose label, settings and privileges count from now on.
        branch: the git branch whose state it is.

    Returns:
        The old database.
    """
    site.permit()
    site.tell_of_sessions()
    kept = site.changing().swap(
        open_database(state.url), keep, label=site.new_label, belongings=belongings, branch=branch
    )
    return finish(site, kept)


def remove_database(site: Site) -> Kept | None:
    """Let there be no database under its name; the old one is kept.

    Returns:
        The old database; None where there was none.
    """
    if not site.reading.exists():
        return None
    site.permit()
    site.tell_of_sessions()
    kept = site.changing().put_away(next_state(site, site.reading))
    if not site.keeps_undo:
        site.tell_of_no_undo()
        site.drop(kept)
        return None
    return finish(site, kept, even_empty=True)


def about_old(site: Site, role: undo.Role = "undo", *, redone: bool = False) -> About | None:
    """What the database that is about to be replaced says of itself as a former state.

    Returns:
        None where there is no database, or where the project wants no undo.
    """
    if not site.reading.exists():
        return None
    if not site.keeps_undo:
        site.tell_of_no_undo()
        return None
    return next_state(site, site.reading, role, redone=redone)


def next_state(site: Site, state: Reading, role: undo.Role = "undo", *, redone: bool = False) -> About:
    """What a database says of itself as the former state that is kept next."""
    return undo.about(site.task.name, state.current(), site.read_history().next_number, role, redone=redone)


def finish(site: Site, kept: Kept | None, *, even_empty: bool = False) -> Kept | None:
    """Set the redo line aside where something new was done, and hold the former states to their limits.

    Args:
        site: open for the task.
        kept: the state that was replaced.
        even_empty: keep it even if there is nothing in it. Only now can that be asked: what others were writing
            while the swap waited for them is in it.

    Returns:
        The state, where it stays.
    """
    if kept is None or kept.about.kind != "undo":
        return kept
    try:
        if not even_empty and not kept.about.revisions and open_database(kept.url).is_empty():
            return None if site.drop(kept) else kept
        history = site.read_history()
        for state in history.stale():
            site.changing().describe(state, undo.with_role(state, "aside"))
        hold_to_limits(site, history)
    except DatabaseError as error:  # the database is changed by now, so that the task has not failed
        site.emit(Warned(f"The former states could not be put in order: {error.message} {error.hint}"))
    return kept
