"""Put in order what stopped tasks left among the former states."""

from dbtasks.copies import undo
from dbtasks.copies.undo import UndoHistory
from dbtasks.databases.engines import open_database
from dbtasks.databases.protocol import Changing, Kept
from dbtasks.errors import DatabaseError
from dbtasks.events import CopySettled, Emit


def settle(database: Changing, emit: Emit) -> UndoHistory:
    """Number the states of the version before, and decide about copies whose task was stopped.

    A copy that was made before a change in place is an undo as soon as the database differs from it.

    Returns:
        The former states afterwards.
    """
    history = UndoHistory(database.kept("undo"))
    unnumbered = [state for state in reversed(history.states) if not state.about.number]
    for number, state in enumerate(unnumbered, start=history.next_number):
        database.describe(state, undo.numbered(state, number))
    for state in history.pending:
        differs = not equal(database, state)
        decide(database, state, differs=differs, role="killed")
        emit(CopySettled(state, differs))
    return UndoHistory(database.kept("undo")) if unnumbered or history.pending else history


def decide(database: Changing, state: Kept, *, differs: bool, role: undo.Role) -> Kept | None:
    """Let a pending copy become an undo, or drop it because it is what the database is.

    Returns:
        The state, where it stays.
    """
    if not differs:
        database.remove(state)
        return None
    about = undo.with_role(state, role)
    database.describe(state, about)
    return Kept(state.url, about, state.size)


def equal(database: Changing, state: Kept) -> bool:
    """Does a kept state hold exactly what the database holds? In doubt it does not."""
    try:
        return database.exists() and open_database(state.url).content() == database.content()
    except DatabaseError:
        return False
