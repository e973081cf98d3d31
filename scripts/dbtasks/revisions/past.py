"""What a database went through, from where it stands down: each revision with the text that was applied."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from dbtasks.project.messages.values import AppliedRevision, Revision
from dbtasks.revisions.archive import Archive, Text, same_code
from dbtasks.revisions.history import History


@dataclass
class Past:
    """What is known of it.

    Args:
        steps: what was applied, by its id, heads first.
        lost: revisions without any text, so that nobody knows what they were built on.
        moved: revisions that have another parent in the checkout than when they were applied.
        changed: revisions whose code is not what was applied.
    """

    steps: dict[str, AppliedRevision] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    moved: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)

    def built_on(self, start: set[str]) -> tuple[str, ...]:
        """Those of these revisions that were applied, and all that was built on them, children before parents."""
        taken: dict[str, None] = {}
        for name in self._upward():
            if name in start or any(parent in taken for parent in self.steps[name].parents):
                taken[name] = None
        return tuple(reversed(taken))

    def break_circles(self) -> None:
        """Count as lost what makes a circle of the order: its text was not kept, and the checkout has another order."""
        while circle := self._circle():
            going = [name for name in circle if name not in self.moved] or circle
            for name in going:
                del self.steps[name]
            self.lost.extend(going)
            self.moved.difference_update(going)
            self.changed.difference_update(going)

    def _circle(self) -> set[str]:
        try:
            self._upward()
        except CycleError as error:
            return set(error.args[1])
        return set()

    def _upward(self) -> list[str]:
        """The order in which they were applied, parents first."""
        below = {name: [one for one in step.parents if one in self.steps] for name, step in self.steps.items()}
        return list(TopologicalSorter(below).static_order())


def retrace(known: History, archive: Archive, current: Sequence[str]) -> Past:
    """Walk down from where a database stands, over what was applied there and not over what the checkout has now."""
    past = Past()
    waiting = list(current)
    while waiting:
        name = waiting.pop(0)
        if name in past.steps or name in past.lost:
            continue
        step = _step(past, known, archive, name)
        if step is None:
            past.lost.append(name)
        else:
            past.steps[name] = step
            waiting.extend(step.parents)
    past.break_circles()
    return past


def is_elsewhere(text: Text, revision: Revision) -> bool:
    """Had this text another parent than the checkout's?"""
    return {*text.parents, *text.dependencies} != set(revision.parents)


def _step(past: Past, known: History, archive: Archive, name: str) -> AppliedRevision | None:
    if name not in known:
        return _newest(archive, name, known)
    revision = known[name]
    if _was_edited(revision, archive):
        if is_elsewhere(archive.texts(name)[0], revision):
            past.moved.add(name)
            return _newest(archive, name, known)
        past.changed.add(name)
    parents = tuple(parent for parent in revision.parents if parent in known)  # a dependency may name a label
    return AppliedRevision(name, parents, revision.file, revision.message)


def _was_edited(revision: Revision, archive: Archive) -> bool:
    """Is there an archived text, and none that does what the checkout's does?"""
    texts = archive.texts(revision.id)
    if not texts or archive.has(revision.id, revision.file):
        return False
    with suppress(SyntaxError, ValueError):  # a damaged text proves nothing
        return not any(same_code(text.file, revision.file) for text in texts)
    return False


def _newest(archive: Archive, name: str, known: History) -> AppliedRevision | None:
    for text in archive.texts(name):
        with suppress(SyntaxError, ValueError):
            further = [other for other in text.dependencies if other in known or archive.texts(other)]
            return AppliedRevision(name, (*text.parents, *further), text.file, text.message)
    return None
