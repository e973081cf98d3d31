"""What has to be true: the history of undo as lists of contents, and what else is kept."""

from collections.abc import Collection, Iterator
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
        snapshots: by name.
        parked: the states of git branches, by branch.
    """

    undo: list[Content] = field(default_factory=list)
    redo: list[Content] = field(default_factory=list)
    aside: list[Content] = field(default_factory=list)
    order: list[Content] = field(default_factory=list)
    snapshots: dict[str, Content] = field(default_factory=dict)
    parked: dict[str, Content] = field(default_factory=dict)

    def changed(self, old: Content, now: Content, stored: Collection[str]) -> None:
        """A task turned one content into another: if anything of the old was lost, it has to be kept.

        Args:
            old: before, unique by a row that was written by hand.
            now: after.
            stored: the hashes of all that is kept.
        """
        if now.hash == old.hash:
            return
        kept = old.hash in stored and not old.is_empty
        if loses(old, now) and not kept:
            raise AssertionError(f"lost, with no way back: {old}")
        if kept:
            self._keep(self.undo, old)
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
            self._keep(self.undo, old)

    def went_to(self, place: int, old: Content) -> None:
        """Undo went to a state by its number: a new change, so what could be redone is set aside."""
        target = self.order[place]
        for line in (self.undo, self.redo, self.aside):
            found = [index for index, state in enumerate(line) if state is target]
            for index in found:
                del line[index]
        self._forget(target)
        if not old.is_empty:
            self._keep(self.undo, old)
        self.aside += self.redo
        self.redo = []

    def forget_undo(self) -> None:
        """Somebody gave up the history."""
        self.undo, self.redo, self.aside, self.order = [], [], [], []

    def required(self) -> Iterator[Content]:
        """Everything that has to be stored."""
        yield from self.order
        yield from self.snapshots.values()
        yield from self.parked.values()

    def _keep(self, line: list[Content], state: Content) -> None:
        line.append(state)
        self.order.append(state)

    def _forget(self, state: Content) -> None:
        index = next(index for index, kept in enumerate(self.order) if kept is state)
        del self.order[index]
