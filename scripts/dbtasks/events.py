"""What happens while a task works, as values: workflows send them, views put them into words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dbtasks.databases.protocol import Kept, Session


class Event:
    """Something that happened; its class says what."""


Emit = Callable[[Event], None]


@dataclass(frozen=True)
class Waiting(Event):
    """Somebody else holds a lock that the task needs."""

    holder: str


@dataclass(frozen=True)
class Started(Event):
    """A long part of the task begins, as in "Building a new app.db"."""

    sentence: str


@dataclass(frozen=True)
class Remark(Event):
    """A sentence of a layer below that has no class of its own."""

    sentence: str


@dataclass(frozen=True)
class Warned(Event):
    """A sentence that the reader should act on."""

    sentence: str


@dataclass(frozen=True)
class ProgramOutput(Event):
    """A line that a program of the project has printed."""

    line: str


@dataclass(frozen=True)
class Skipped(Event):
    """A left-over that could not be dropped, with the reason."""

    sentence: str


@dataclass(frozen=True)
class SessionsEnded(Event):
    """The sessions that a copy or a swap of the database is about to end."""

    place: str
    sessions: Sequence[Session]


@dataclass(frozen=True)
class StepStarted(Event):
    """A revision is about to be applied or taken back.

    Args:
        revision: its id.
        message: the first line of its docstring.
        up: applied, and not taken back.
        number: which step of the run this is, from 1.
        total: how many steps the run has.
    """

    revision: str
    message: str
    up: bool
    number: int
    total: int


@dataclass(frozen=True)
class RevisionsRun(Event):
    """A draft was brought to its revision, by so many steps."""

    count: int


@dataclass(frozen=True)
class CopyMade(Event):
    """A copy of the database is kept before something in it is changed.

    Args:
        kept: the copy.
        losses: what could go or be overwritten.
    """

    kept: Kept
    losses: Sequence[str]


@dataclass(frozen=True)
class CopySettled(Event):
    """A copy that a stopped task left was compared with the database.

    Args:
        kept: the copy.
        differs: it became an undo; otherwise it was equal and is gone.
    """

    kept: Kept
    differs: bool


@dataclass(frozen=True)
class UndoDropped(Event):
    """A former state was dropped because of a limit.

    Args:
        kept: the state.
        limit: which limit, in words.
    """

    kept: Kept
    limit: str


@dataclass(frozen=True)
class NoUndo(Event):
    """No way back is kept, and why that is allowed."""

    reason: str


@dataclass(frozen=True)
class RowsLost(Event):
    """Tables that only another branch has go, with their rows.

    Args:
        tables: the number of rows of each.
    """

    tables: Mapping[str, int]


@dataclass(frozen=True)
class Progressed(Event):
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


def ignore(_event: Event) -> None:
    """Send events nowhere."""
