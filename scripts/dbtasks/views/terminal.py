"""Words that several tasks share: steps as they happen, and where the database stands afterwards."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.databases import Database, Kept, open_database

if TYPE_CHECKING:
    from dbtasks.project.session import Step

_KILO = 1024


def opened(settings: Settings) -> Database:
    """The settings' database; whoever has to wait for its lock is told so."""
    return open_database(settings.url, when_waiting=console.note)


def step(done: "Step") -> None:
    """One revision being run."""
    console.note(f"  {'upgrade  ' if done.up else 'downgrade'} {done.revision}  {done.message}", style="")


def summary(
    database: Database, rows: Mapping[str, int], *, following: Sequence[str], revisions: Sequence[str] | None = None
) -> None:
    """Where the database is, on which revision, how many rows each table has, and what to type next.

    Args:
        database: which one.
        rows: of each table.
        following: commands to type next.
        revisions: where it stands, if that is known already: asking costs a login.
    """
    console.say(f"Database  {database.place}  ({database.version()})", "bold")
    console.say(f"Revision  {standing(database.current() if revisions is None else revisions)}")
    if rows:
        console.table(("table", "rows"), [(name, f"{count:,}") for name, count in rows.items()], numbers=("rows",))
    else:
        console.say("  no tables yet")
    show_next(following)


def show_next(commands: Sequence[str]) -> None:
    """What to type next."""
    for index, command in enumerate(commands):
        console.say(f"{'Next      ' if index == 0 else '          '}{command}", "cyan")


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


def standing(revisions: Sequence[str]) -> str:
    """The revisions of a database in words."""
    return ", ".join(revisions) or "none: nothing was ever migrated here"


def kept(state: Kept | None) -> None:
    """Tell how to get the former state back."""
    if state is not None:
        console.say("Undo      nox -s db_undo   brings the former database back", "dim")
