"""Walk through the former states of a database."""

from dataclasses import dataclass

from dbtasks.copies.undo import Role, UndoHistory
from dbtasks.databases.protocol import Kept
from dbtasks.errors import DatabaseError, UsageError
from dbtasks.workflows.change import Site, Task, about_old, open_site, replace_with_kept
from dbtasks.workflows.summary import Summary, summary_of

UNDO, REDO = "db_undo", "db_undo --redo"
_KEEPING = ("db_reset", "db_drop", "db_restore", "db_switch -- --branch", "downgrade")


@dataclass(frozen=True)
class Undone:
    """What an undo did."""

    state: Kept
    summary: Summary
    kept: Kept | None
    history: UndoHistory


def undo(task: Task) -> Undone:
    """Bring back the state that the last task replaced; what is there now moves to the redo line.

    Raises:
        DatabaseError: there is none.
    """
    with open_site(task) as site:
        state = site.read_history().undo
        if state is None:
            raise _nothing(site, "undo")
        return _bring_back(site, state, "redo")


def redo(task: Task) -> Undone:
    """Take the last undo back.

    Raises:
        DatabaseError: there was none, or something new was done since.
    """
    with open_site(task) as site:
        state = site.read_history().redo
        if state is None:
            raise _nothing(site, "redo")
        return _bring_back(site, state, "undo", redone=True)


def go_to(task: Task, number: int) -> Undone:
    """Bring back the state with a number; what is there now can be brought back by undo.

    Raises:
        UsageError: there is no such state.
    """
    with open_site(task) as site:
        history = site.read_history()
        state = history.find(number)
        if state is None:
            numbers = ", ".join(str(one.about.number) for one in history.states)
            raise UsageError(
                f"There is no former state {number} of {site.reading.place}.",
                checked=[f"the states that are kept: {numbers or 'none'}"],
                hint=_way_on(site, history),
            )
        return _bring_back(site, state, "undo")


def _bring_back(site: Site, state: Kept, role: Role, *, redone: bool = False) -> Undone:
    kept = replace_with_kept(site, state, keep=about_old(site, role, redone=redone))
    return Undone(state, summary_of(site.reading), kept, site.read_history())


def _nothing(site: Site, what: str) -> DatabaseError:
    history = site.read_history()
    return DatabaseError(
        f"There is nothing to {what}.",
        checked=[f"the former states of {site.reading.place}: {len(history.states)} are listed, none of them is next"],
        hint="nox -s db_undo -- --redo" if what == "undo" and history.redo else _way_on(site, history),
    )


def _way_on(site: Site, history: UndoHistory) -> str:
    """The list of former states, or what would make the first."""
    if history.states:
        return "nox -s db_undo -- --list"
    if not site.keeps_undo:
        return "keep-undo is 0 in [tool.dbtasks]: let it be more"
    return f"Nothing is kept yet; each of these keeps the state that it replaces: {', '.join(_KEEPING)}"
