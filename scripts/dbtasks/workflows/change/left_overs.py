"""Put in order what stopped tasks left among the former states."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count

from dbtasks.copies import undo
from dbtasks.copies.undo import UndoHistory
from dbtasks.databases.protocol import Changing, Kept
from dbtasks.errors import DatabaseError
from dbtasks.events import Emit, Skipped


def settle(database: Changing, emit: Emit) -> None:
    """Number the states of the version before, and let each name be that of one snapshot or branch state.

    Of two that a stopped task left the newer counts.
    """
    kept = database.kept()
    history = UndoHistory([state for state in kept if state.about.kind == "undo"])
    numbers = count(history.next_number)
    for state in [state for state in reversed(history.states) if not state.about.number]:
        database.describe(state, undo.numbered(state, next(numbers)))
    for state in _superseded(kept):
        _retire(database, state, numbers, emit)


def _superseded(kept: Sequence[Kept]) -> list[Kept]:
    """The snapshots and branch states whose name a newer one has: the newer appeared whole, or not at all."""
    newest: set[tuple[str, str]] = set()
    found = []
    for state in kept:
        name = (state.about.kind, state.about.title)
        if state.about.kind in {"snapshot", "branch"} and name in newest:
            found.append(state)
        newest.add(name)
    return found


def _retire(database: Changing, state: Kept, numbers: Iterator[int], emit: Emit) -> None:
    """Drop a snapshot that was to be replaced; a branch's older state can be undone to."""
    try:
        if state.about.kind == "snapshot":
            database.remove(state)
        else:
            about = undo.about("db_switch", state.about.revisions, next(numbers), "aside")
            database.describe(state, replace(about, made=state.about.made))
    except DatabaseError as error:
        emit(Skipped(f"an older {state.about.kind} of the name {state.about.title!r}: {error.message}"))
