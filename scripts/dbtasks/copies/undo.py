"""The history of former states: which one undo brings back, which one redo, and which are dropped first.

A state that a task replaced is pushed on the undo line; undo moves the present state to the redo line. A
new change sets the redo line aside: its states stay listed and can be reached by their numbers. Order is
by number, never by clock. The model is that of every editor with undo and redo.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

from dbtasks.databases.protocol import About, Kept

# undo, redo: on these lines. aside: was on the redo line when something new was done.
Role = Literal["undo", "redo", "aside"]

_REDONE = "yes"
_WRITTEN = "yes"


class UndoHistory:
    """The former states of one database."""

    def __init__(self, states: Sequence[Kept]) -> None:
        self.states = sorted(states, key=_order, reverse=True)

    @property
    def next_number(self) -> int:
        """The number of the state that is kept next."""
        return max((state.about.number for state in self.states), default=0) + 1

    @property
    def undo(self) -> Kept | None:
        """The state that undo brings back."""
        return next((state for state in self.states if role_of(state) == "undo"), None)

    @property
    def redo(self) -> Kept | None:
        """The state that redo brings back."""
        stale = self.stale()
        return next((state for state in self.states if role_of(state) == "redo" and state not in stale), None)

    def find(self, number: int) -> Kept | None:
        """The state with a number."""
        return next((state for state in self.states if state.about.number == number), None)

    def stale(self) -> list[Kept]:
        """The states of the redo line that are older than a change: it set them aside."""
        newest = max((state.about.number for state in self.states if _is_new_change(state)), default=0)
        return [state for state in self.states if role_of(state) == "redo" and state.about.number < newest]

    def expendable(self) -> Iterator[Kept]:
        """The states in the order in which a limit drops them; never the newest, nor the one that undo brings back.

        States made by redo or by migrate go before those of tasks that replace or destroy.
        """
        going = [state for state in reversed(self.states[1:]) if state != self.undo]
        yield from (state for state in going if _is_minor(state))
        yield from (state for state in going if not _is_minor(state))


def about(task: str, revisions: Sequence[str], number: int, role: Role, *, redone: bool = False) -> About:
    """What a state says of itself.

    Args:
        task: the task that replaced it, or that made the copy.
        revisions: where it stands.
        number: its place in the order.
        role: on which line it is.
        redone: it was replaced by a redo, which is no new change.
    """
    facts = {"role": role, **({"redone": _REDONE} if redone else {})}
    return About("undo", task, datetime.now(UTC), tuple(revisions), facts, number)


def with_role(state: Kept, role: Role) -> About:
    """What a state says of itself, on another line."""
    return replace(state.about, facts={**state.about.facts, "role": role})


def numbered(state: Kept, number: int) -> About:
    """What a state says of itself, with a place in the order."""
    return replace(state.about, number=number)


def written_to(about: About) -> About:
    """What a state says of itself that holds what nobody else has: others wrote to it while a copy was changed."""
    return replace(about, facts={**about.facts, "written": _WRITTEN})


def role_of(state: Kept) -> Role:
    """On which line a state is; a role that only older versions know, or none, is that of an undo."""
    found = state.about.facts.get("role")
    return found if found in {"redo", "aside"} else "undo"  # type: ignore[return-value]  # narrowed by the set


def _is_new_change(state: Kept) -> bool:
    return role_of(state) == "undo" and state.about.facts.get("redone") != _REDONE


def _is_minor(state: Kept) -> bool:
    if state.about.facts.get("written") == _WRITTEN:
        return False
    return state.about.facts.get("redone") == _REDONE or state.about.title == "migrate"


def _order(state: Kept) -> tuple[int, datetime]:
    return state.about.number, state.about.made
