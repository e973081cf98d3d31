"""Results and events in words, for people at a terminal or reading a log."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

from dbtasks import console
from dbtasks.copies.undo import role_of
from dbtasks.databases.protocol import Kept, Reading, Session
from dbtasks.errors import shorten
from dbtasks.events import (
    Emit,
    Event,
    NoUndo,
    ProgramOutput,
    Progressed,
    Remark,
    RevisionsRun,
    RowsLost,
    SessionsEnded,
    Skipped,
    StepStarted,
    UndoDropped,
    Waiting,
    Warned,
)
from dbtasks.workflows.summary import Summary

_KILO = 1024
_MOST_LINES = 20  # of a run of revisions in a terminal; beyond that a bar is shown
_MOST_SESSIONS = 5


@contextmanager
def show_events() -> Iterator[Emit]:
    """Show events as they come: a line each, a bar in a terminal where there would be too many lines."""
    with ExitStack() as stack:
        bars: dict[str, console.Progress] = {}

        def bar(title: str, total: int) -> console.Progress:
            if title not in bars:
                bars[title] = stack.enter_context(console.progress(title, total or None))
            return bars[title]

        def emit(event: Event) -> None:
            if isinstance(event, Progressed):
                bar(event.title, event.total).advance(event.steps, title=f"{event.title} {event.part}")
            elif isinstance(event, StepStarted) and event.total > _MOST_LINES and console.shows_bars():
                bar("Migrating", event.total).advance(title=f"{event.revision} {event.message}")
            else:
                _tell(event)

        yield emit


def contents(found: Summary) -> None:
    """Where the database is, on which revision, and how many rows each table has."""
    console.say(f"Database  {found.place}  ({found.version})", "bold")
    console.say(f"Revision  {standing(found.revisions)}")
    if found.rows:
        rows = [(name, f"{count:,}") for name, count in found.rows.items()]
        console.table(("table", "rows"), rows, numbers=("rows",))
    else:
        console.say("  no tables yet")


def show_next(commands: Sequence[str]) -> None:
    """What to type next."""
    for index, command in enumerate(commands):
        console.say(f"{'Next      ' if index == 0 else '          '}{command}", "cyan")


def way_back(state: Kept | None) -> None:
    """Tell how to get the former state back."""
    if state is not None:
        console.say("Undo      nox -s db_undo   brings the former database back", "dim")


def former_state(state: Kept) -> str:
    """A former state in words, as in "3  2026-11-24 20:15:03 +0000  before db_reset, at abc123"."""
    made = f"before {state.about.title}{role(state)}"
    return f"{state.about.number:>3}  {moment(state.about.made)}  {made}, at {standing_short(state)}"


def role(state: Kept) -> str:
    """What is special about a former state; empty where undo walks through it."""
    marks = {"redo": " (undone)", "aside": " (set aside)"}
    return marks.get(role_of(state), "")


def standing_short(state: Kept) -> str:
    """Where a former state stands."""
    return ", ".join(state.about.revisions) or "no revision"


def moment(when: datetime) -> str:
    """A time with its date and zone."""
    return f"{when.astimezone():%Y-%m-%d %H:%M:%S %z}"


def size(count: float) -> str:
    """A number of bytes as people read it."""
    for unit in ("B", "KiB", "MiB"):
        if count < _KILO:
            return f"{count:.0f} {unit}" if unit != "MiB" else f"{count:.1f} {unit}"
        count = count / _KILO
    return f"{count:.1f} GiB"


def age(made: datetime) -> str:
    """How long ago something was made."""
    seconds = (datetime.now(UTC) - made).total_seconds()
    for length, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= length:
            number = int(seconds // length)
            return f"{number} {word}{'' if number == 1 else 's'} ago"
    return "just now"


def warn_of_damaged(database: Reading) -> None:
    """Name the kept states that no list can show."""
    for sentence in database.damaged():
        console.warn(sentence)


def standing(revisions: Sequence[str]) -> str:
    """The revisions of a database in words."""
    return ", ".join(revisions) or "base (no revision)"


def counted(number: int, noun: str) -> str:
    """A number with its noun, as in "1 revision" and "2 revisions"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _tell(event: Event) -> None:
    """One event, one line or a few."""
    match event:
        case Waiting(holder):
            console.note(holder)
        case Remark(sentence):
            console.note(sentence)
        case Warned(sentence):
            console.warn(sentence)
        case ProgramOutput(line):
            console.note(f"  {line}", style="")
        case Skipped(sentence):
            console.warn(f"left as it is: {sentence}")
        case RevisionsRun(count):
            console.note(f"Ran {counted(count, 'revision')}")
        case StepStarted(revision, message, up):
            console.note(f"  {'upgrade  ' if up else 'downgrade'} {revision}  {message}", style="")
        case SessionsEnded(place, sessions):
            console.warn(f"ending {counted(len(sessions), 'session')} on {place}: {_sessions(sessions)}")
        case _:
            _tell_of_states(event)


def _tell_of_states(event: Event) -> None:
    """Former states that come and go."""
    match event:
        case UndoDropped(kept, limit):
            console.note(f"Dropped former state {former_state(kept).strip()}; {limit}")
        case NoUndo(reason):
            console.warn(f"no undo is kept: {reason}")
        case RowsLost(tables, columns):
            lost = [f"{counted(count, 'row')} of {table}" for table, count in tables.items()]
            lost += [f"{counted(count, 'value')} of {column}" for column, count in columns.items()]
            console.warn(f"what only the other branch has goes: {', '.join(lost)}; nox -s db_undo brings it back")


def _sessions(sessions: Sequence[Session]) -> str:
    shown_ones = [
        f"{one.who} (process {one.process}{', in a transaction' if one.in_transaction else ''})" for one in sessions
    ]
    return "; ".join(shorten(shown_ones, _MOST_SESSIONS))
