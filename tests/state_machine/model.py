"""What has to be true: the history of undo as lists of contents, and what else is kept."""

from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass, field

from tests.state_machine.content import Content, loses


@dataclass
class Model:
    """One database as it has to be.

    Args:
        undo: what undo brings back, the last one first reached.
        redo: what redo brings back, likewise.
        aside: what was on the redo line when something new was done.
        order: all of them, in the order in which they were kept.
        minor: those of them that a limit drops first, by identity.
        snapshots: by name.
        parked: the states of git branches, by branch.
    """

    undo: list[Content] = field(default_factory=list)
    redo: list[Content] = field(default_factory=list)
    aside: list[Content] = field(default_factory=list)
    order: list[Content] = field(default_factory=list)
    minor: set[int] = field(default_factory=set)
    snapshots: dict[str, Content] = field(default_factory=dict)
    parked: dict[str, Content] = field(default_factory=dict)

    def changed(self, old: Content, now: Content, stored: Collection[str], *, minor: bool = False) -> None:
        """A task turned one content into another: if anything of the old was lost, it has to be kept.

        Args:
            old: before, unique by a row that was written by hand.
            now: after.
            stored: the hashes of all that is kept.
            minor: a limit drops what this task keeps before what others keep.
        """
        if now.hash == old.hash:
            return
        kept = old.hash in stored and not old.is_empty
        if loses(old, now) and not kept:
            raise AssertionError(f"lost, with no way back: {old}")
        if kept:
            self._keep(self.undo, old, minor=minor)
            self.aside += self.redo
            self.redo = []

    def undone(self, old: Content) -> None:
        """Undo brought back the last one; what it replaced can be redone."""
        self._forget(self.undo.pop())
        if not old.is_empty:
            self._keep(self.redo, old)

    def redone(self, old: Content) -> None:
        """Redo took that back."""
        self._forget(self.redo.pop())
        if not old.is_empty:
            self._keep(self.undo, old, minor=True)

    def went_to(self, place: int, old: Content) -> None:
        """Undo went to a state by its number: a new change, so what could be redone is set aside."""
        self._forget(self.order[place])
        if not old.is_empty:
            self._keep(self.undo, old)
        self.aside += self.redo
        self.redo = []

    def drop_beyond(self, limit: int, stored: Container[str]) -> Iterator[Content]:
        """Let go of what is over the limit and not stored any more, as long as it is what has to go next."""
        while len(self.order) > limit:
            going = next(self._expendable(), None)
            if going is None or going.hash in stored:
                return
            self._forget(going)
            yield going

    def is_within(self, limit: int) -> bool:
        """Is as little kept as the limit says, or as can be?"""
        return len(self.order) <= limit or next(self._expendable(), None) is None

    def forget_undo(self) -> None:
        """Somebody gave up the history."""
        self.undo, self.redo, self.aside, self.order = [], [], [], []

    def required(self) -> Iterator[Content]:
        """Everything that has to be stored."""
        yield from self.order
        yield from self.snapshots.values()
        yield from self.parked.values()

    def _keep(self, line: list[Content], state: Content, *, minor: bool = False) -> None:
        line.append(state)
        self.order.append(state)
        if minor:
            self.minor.add(id(state))

    def _forget(self, state: Content) -> None:
        self.minor.discard(id(state))
        for line in (self.order, self.undo, self.redo, self.aside):
            line[:] = [kept for kept in line if kept is not state]

    def _expendable(self) -> Iterator[Content]:
        """Minor states first, the oldest first; never the newest, nor the one that undo brings back."""
        going = [state for state in self.order[:-1] if not (self.undo and state is self.undo[-1])]
        yield from (state for state in going if id(state) in self.minor)
        yield from (state for state in going if id(state) not in self.minor)
