"""Walk through the former states of a database."""

from dataclasses import dataclass

from dbtasks.copies import undo as history
from dbtasks.copies.undo import UndoHistory
from dbtasks.databases.protocol import Kept, Reading
from dbtasks.errors import DatabaseError, UsageError
from dbtasks.workflows.change import Site, Task, about_old, open_site, replace_with_kept
from dbtasks.workflows.summary import Summary, summary_of

UNDO, REDO = "db_undo", "db_undo --redo"


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
            raise _nothing(site.reading, "undo")
        return _bring_back(site, state, "redo")


def redo(task: Task) -> Undone:
    """Take the last undo back.

    Raises:
        DatabaseError: there was none, or something new was done since.
    """
    with open_site(task) as site:
        state = site.read_history().redo
        if state is None:
            raise _nothing(site.reading, "redo")
        return _bring_back(site, state, "undo", redone=True)


def go_to(task: Task, number: int) -> Undone:
    """Bring back the state with a number; what is there now can be brought back by undo.

    Raises:
        UsageError: there is no such state.
    """
    with open_site(task) as site:
        state = site.read_history().find(number)
        if state is None:
            numbers = ", ".join(str(one.about.number) for one in site.read_history().states)
            raise UsageError(
                f"There is no former state {number} of {site.reading.place}.",
                checked=[f"the states that are kept: {numbers or 'none'}"],
                hint="nox -s db_undo -- --list",
            )
        return _bring_back(site, state, "undo")


def _bring_back(site: Site, state: Kept, role: history.Role, *, redone: bool = False) -> Undone:
    kept = replace_with_kept(site, state, keep=about_old(site, role, redone=redone))
    return Undone(state, summary_of(site.reading), kept, site.read_history())


def _nothing(database: Reading, what: str) -> DatabaseError:
    history = UndoHistory(database.kept("undo"))
    return DatabaseError(
        f"There is nothing to {what}.",
        checked=[f"the former states of {database.place}: {len(history.states)} are listed, none of them is next"],
        hint="nox -s db_undo -- --redo" if what == "undo" and history.redo else "nox -s db_undo -- --list",
    )
