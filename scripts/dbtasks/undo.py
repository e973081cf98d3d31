"""Former states of a database: made by every destructive task, bounded in number, taken back by db_undo."""

from datetime import UTC, datetime

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.databases import About, Database, Kept
from dbtasks.errors import DatabaseError


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
    """Drop the oldest states beyond the number that `keep-undo` allows, and say so."""
    for old in list(database.kept("undo"))[settings.project.keep_undo :]:
        database.remove(old)
        console.note(f"Dropped the oldest undo ({told(old)}); keep-undo in [tool.dbtasks] is the limit")


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
