"""What happens while a task works, as values: workflows send them, views put them into words.

Named tuples and not dataclasses, whose methods are compiled at each start: 0.05 against 0.5 ms a class (measured),
and a cached reset imports them all.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from dbtasks.databases.protocol import Kept, Session


class Waiting(NamedTuple):
    """Somebody else holds a lock that the task needs."""

    holder: str


class Remark(NamedTuple):
    """A sentence of a layer below that has no class of its own."""

    sentence: str


class Warned(NamedTuple):
    """A sentence that the reader should act on."""

    sentence: str


class ProgramOutput(NamedTuple):
    """A line that a program of the project has printed."""

    line: str


class Skipped(NamedTuple):
    """A left-over that could not be dropped, with the reason."""

    sentence: str


class SessionsEnded(NamedTuple):
    """The sessions that a copy or a swap of the database is about to end."""

    place: str
    sessions: Sequence[Session]


class StepStarted(NamedTuple):
    """A revision is about to be applied or taken back; the fields are those of `Step`."""

    revision: str
    message: str
    up: bool
    number: int
    total: int


class RevisionsRun(NamedTuple):
    """A draft was brought to its revision, by so many steps."""

    number: int


class UndoDropped(NamedTuple):
    """A former state was dropped because of a limit, which is told in words."""

    kept: Kept
    limit: str


class NoUndo(NamedTuple):
    """No way back is kept, and why that is allowed."""

    reason: str


class RowsLost(NamedTuple):
    """What only another branch has goes: that many rows of tables, and values of columns of tables that stay."""

    tables: Mapping[str, int]
    columns: Mapping[str, int]


class Progressed(NamedTuple):
    """A part of long work is done.

    Args:
        title: the work, as in "Copying".
        part: what it is at, as a table.
        steps: how much more is done than at the last event.
        total: how much there is; 0 where nobody knows.
    """

    title: str
    part: str
    steps: int
    total: int


Event = (
    Waiting
    | Remark
    | Warned
    | ProgramOutput
    | Skipped
    | SessionsEnded
    | StepStarted
    | RevisionsRun
    | UndoDropped
    | NoUndo
    | RowsLost
    | Progressed
)
Emit = Callable[[Event], None]


def ignore(_event: Event) -> None:
    """Send events nowhere."""
