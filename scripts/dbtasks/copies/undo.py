"""Former states of a database: made by every destructive task, bounded in number, taken back by db_undo."""

from datetime import UTC, datetime

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.databases import About, Database, Kept
from dbtasks.errors import DatabaseError

_SHARE = 0.5  # of the disk's free space, counted as if no undo were kept


def about(database: Database, task: str) -> About:
    """What the state that a task is about to replace will say of itself."""
    revisions = database.current() if database.exists() else ()
    return About("undo", task, datetime.now(UTC), revisions)


def keep_copy(database: Database, task: str) -> Kept:
    """Keep a copy of a database that is going to be changed in place."""
    with database.draft() as draft:
        database.clone_to(draft)
        return database.keep(draft, about(database, task))


def trim(database: Database, settings: Settings) -> None:
    """Drop the oldest states beyond `keep-undo`, and those that would take too much of the disk, and say so.

    The newest one stays whatever its size: it is what db_undo is for.
    """
    states = list(database.kept("undo"))
    free = database.free_space()
    budget = None if free is None else (free + sum(state.size for state in states)) * _SHARE
    taken = 0
    for number, state in enumerate(states):
        taken += state.size
        if number >= settings.project.keep_undo:
            reason = "keep-undo in [tool.dbtasks] is the limit"
        elif number and budget is not None and taken > budget:
            reason = "together they took more than half of what is free"
        else:
            continue
        database.remove(state)
        console.note(f"Dropped the oldest undo ({told(state)}); {reason}")


def latest(database: Database) -> Kept:
    """The state that the last destructive task replaced.

    Raises:
        DatabaseError: there is none.
    """
    kept = database.kept("undo")
    if not kept:
        raise DatabaseError(
            "There is nothing to undo.",
            checked=[f"the states kept for {database.place}"],
            hint="nox -s db_status",
        )
    return kept[0]


def told(kept: Kept) -> str:
    """A kept state in words, as in "before db_reset, 20:15:03, at abc123"."""
    made = kept.about.made.astimezone()
    day = "" if made.date() == datetime.now(UTC).astimezone().date() else made.strftime("%Y-%m-%d ")
    standing = ", ".join(kept.about.revisions) or "no revision"
    return f"before {kept.about.title}, {day}{made.strftime('%H:%M:%S')}, at {standing}"
