"""A database and a checkout that disagree about the history: what came between, and the way back.

Alembic's version table names revisions, not their texts, so a switch of branches, a rebase or an edit
leaves a database on something that the checkout does not have. The archive still does.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from dbtasks.project.messages.values import AppliedRevision, Revision, TakeBack
from dbtasks.revisions.archive import Archive, same_but_moved, without_way_back
from dbtasks.revisions.history import History
from dbtasks.revisions.past import is_elsewhere, retrace


@dataclass(frozen=True)
class Standing:
    """How the revisions of a database relate to the history of a checkout.

    Args:
        current: where the database stands.
        history: the checkout's.
        past: what the database went through, as far as its texts are known.
        foreign: what has to be taken back before the checkout's history fits, newest first.
        lost: revisions without which the way back is not known, because no text of them was archived.
        moved: revisions that have another parent here than when they were applied.
        changed: revisions whose code is not what was applied.
        twice: revisions of which nobody knows whether they were applied with the parent they have here or another.
    """

    current: tuple[str, ...]
    history: History
    past: Mapping[str, AppliedRevision]
    foreign: tuple[str, ...]
    lost: tuple[str, ...]
    moved: tuple[str, ...]
    changed: tuple[str, ...]
    twice: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Does the checkout's history go on from where the database stands?"""
        return not self.foreign and not self.lost

    @property
    def at_head(self) -> bool:
        """Is there nothing to run and nothing to take back?"""
        return self.fits and set(self.current) == set(self.history.heads)

    @property
    def ancestor(self) -> str:
        """The revision, or revisions, that the two still have in common."""
        kept = set(self.past) - set(self.foreign)
        below = {parent for name in kept for parent in self.past[name].parents}
        return ", ".join(sorted(kept - below)) or "base"

    @cached_property
    def twins(self) -> Mapping[str, str]:
        """Foreign revisions whose code is in the checkout under another id."""
        found = {}
        for name in set(self.foreign) - set(self.history.by_id):
            for other in self.history:
                if other.id not in self.past and same_but_moved(self.past[name].file, other.file):
                    found[name] = other.id
        return found

    @property
    def one_way(self) -> tuple[str, ...]:
        """The foreign revisions that cannot be taken back, because they do not say how."""
        return tuple(name for name in self.foreign if without_way_back(self.past[name].file))

    def take_back(self) -> TakeBack:
        """What the worker has to know to take the foreign revisions back."""
        return TakeBack(tuple(self.past.values()), self.foreign, self.ancestor)

    def sentence(self) -> str:
        """The disagreement in one sentence; empty where there is none that matters."""
        if self.moved:
            here = ", ".join(parent for name in self.moved for parent in self.history[name].parents)
            there = ", ".join(parent for name in self.moved for parent in self.past[name].parents)
            return (
                f"Revision {self._told(self.moved)} was rebased: "
                f"it was applied on top of {there or 'base'}, and here it follows {here or 'base'}"
            )
        if self.lost:
            return f"The database stands on {self._told(self.lost)}, which this checkout does not have"
        if self.foreign:
            twins = [f"{name} is {other} here" for name, other in sorted(self.twins.items())]
            renamed = f" ({'; '.join(twins)}: the same code under another id)" if twins else ""
            absent = [name for name in self.current if name not in self.history]
            return f"The database stands on {self._told(absent)}, which this checkout does not have{renamed}"
        if self.changed:
            return f"Revision {self._told(self.changed)} is not what was applied: its code was changed afterwards"
        return ""

    def way_on(self) -> str:
        """What to type about it."""
        if self.lost or self.one_way:
            return "Switch back to the branch that has it, or: nox -s db_reset (nox -s db_undo takes that back)"
        if self.foreign:
            return f"nox -s migrate   takes it back to {self.ancestor} with its archived text, and goes on from there"
        if self.changed:
            return "Write a new revision instead, or build the database again: nox -s db_reset"
        return ""

    def _told(self, names: Sequence[str]) -> str:
        messages = {name: (self.past[name].message if name in self.past else "") for name in names}
        return ", ".join(name + (f" ({message})" if message else "") for name, message in messages.items())


def compare(history: History, archive: Archive, current: Sequence[str]) -> Standing:
    """Hold a database against the checkout; only files are read."""
    past = retrace(history, archive, current)
    here = [history[name] for name in past.steps if name in history and name not in past.moved]
    return Standing(
        tuple(current), history, past.steps, lost=tuple(past.lost), moved=tuple(sorted(past.moved)),
        foreign=past.built_on({name for name in past.steps if name not in history} | past.moved),
        changed=tuple(sorted(past.changed)),
        twice=tuple(revision.id for revision in here if _may_have_had_another_parent(revision, archive)),
    )  # fmt: skip


def _may_have_had_another_parent(revision: Revision, archive: Archive) -> bool:
    texts = archive.texts(revision.id)
    with suppress(SyntaxError, ValueError):
        return len(texts) > 1 and any(is_elsewhere(text, revision) for text in texts)
    return False
