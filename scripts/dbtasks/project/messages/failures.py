"""How a request can fail, as the worker tells it."""

from collections.abc import Sequence
from typing import Literal

from .values import Step

Kind = Literal["usage", "history", "migration", "database", "wrong database", "loss"]


class WorkerError(Exception):
    """A request failed for a reason that was foreseen.

    Args:
        kind: what could not be done.
        message: what happened, as one sentence.
        checked: what was looked at, one line each.
        hint: what to do next.
    """

    def __init__(self, kind: Kind, message: str, *, checked: Sequence[str] = (), hint: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.checked = tuple(checked)
        self.hint = hint


class WorkerStepError(WorkerError):
    """A revision failed.

    Args:
        message: what happened.
        step: the revision.
        reason: why, in one line.
        checked: its file and line first, then whatever else was looked at.
        hint: the ways on.
    """

    def __init__(self, message: str, *, step: Step, reason: str, checked: Sequence[str], hint: str) -> None:
        super().__init__("migration", message, checked=checked, hint=hint)
        self.step = step
        self.reason = reason
        self.partly_committed = False  # what it did up to its autocommit block is committed
