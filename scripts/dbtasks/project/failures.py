"""How a run of the project's code can fail, as the worker tells it."""

from collections.abc import Sequence

from dbtasks.errors import MigrationError
from dbtasks.project.messages.values import Step


class StepError(MigrationError):
    """A revision failed.

    Args:
        message: what happened.
        step: the revision.
        reason: why, in one line.
        checked: its file and line first, then whatever else was looked at.
        hint: the ways on.
    """

    def __init__(self, message: str, *, step: Step, reason: str, checked: Sequence[str], hint: str) -> None:
        super().__init__(message, checked=checked, hint=hint)
        self.step = step
        self.reason = reason
        self.place = checked[0]
        self.partly_committed = False  # what it did up to its autocommit block is committed
