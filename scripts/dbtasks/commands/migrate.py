"""Upgrade the database to head, or to a revision; safe to repeat."""

import argparse
from contextlib import suppress
from typing import TYPE_CHECKING

from dbtasks import console, guard
from dbtasks.config import Settings
from dbtasks.databases import Database, Kept
from dbtasks.errors import DatabaseError, MigrationError
from dbtasks.local_state import last_failure
from dbtasks.views import terminal
from dbtasks.workflows import at_head, migrate, reconcile, schema_match

if TYPE_CHECKING:
    from dbtasks.project.session import Standing


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("revision", nargs="?", default="head", metavar="REV", help="where to go (head)")
    parser.add_argument("--sql", action="store_true", help="print the SQL and change nothing (PostgreSQL)")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Upgrade under the lock; a database that is missing is created first."""
    if options.sql:
        from dbtasks.project import session

        console.say(session.sql(settings, options.revision))
        return 0
    database = terminal.opened(settings)
    with database.lock("migrate", settings.project.lock_wait):
        said, kept = _brought(settings, database, options.revision)
    console.say(f"{said}: {database.place} stands at {terminal.standing(database.current())}", "green")
    terminal.kept(kept)
    return 0


def _brought(settings: Settings, database: Database, wanted: str) -> tuple[str, Kept | None]:
    """Bring the database to a revision; what was done, in words, and the former state where one is kept."""
    there = database.exists()
    before = database.current() if there else ()
    if there and wanted == "head" and at_head.is_remembered(settings, database, before):
        return "Nothing to do", None
    from dbtasks.project import session

    target = session.resolve(settings, wanted)
    if there:
        _adopt(settings, database)
    else:
        database.create(guard.label_for(settings))
        console.note(f"Created {database.place}")
    standing = session.compare(settings, before)
    _archive(settings, standing)
    if standing.fits:
        done = _go_on(settings, database, standing, target)
    else:
        down, up, kept = reconcile.rejoin(settings, database, standing, target)
        done = f"Took back {down} revision(s), ran {up}", kept
    if wanted == "head" and not standing.changed:
        at_head.remember(settings, database, database.current(), session.version_folders(settings))
    return done


def _adopt(settings: Settings, database: Database) -> None:
    """A free database that nobody has labelled, as a server's image makes it, becomes ours."""
    if not guard.judge(settings, database).adopts:
        return
    with suppress(DatabaseError):  # another one's application id or database: it just stays without a label
        database.set_label(guard.label_for(settings))


def _go_on(settings: Settings, database: Database, standing: "Standing", target: str) -> tuple[str, Kept | None]:
    from dbtasks.project import session

    if standing.twice:
        _require_the_parent_of_today(settings, database, standing)
    if standing.changed:
        console.warn(f"{standing.sentence()}. {standing.way_on()}")
    wanted = session.ancestors(standing.known, target.split(","))
    lacking = wanted - session.ancestors(standing.known, standing.current)
    going = [revision for revision in reversed(standing.known.values()) if revision.id in lacking]
    if not going:
        last_failure.forget(settings)
        return "Nothing to do", None
    count, kept = migrate.upgrade(settings, database, "heads" if "," in target else target, going)
    return f"Ran {count} revision(s)", kept


def _require_the_parent_of_today(settings: Settings, database: Database, standing: "Standing") -> None:
    """A state from before a rebase, which an undo or a restore brings back, looks like head and is not.

    Raises:
        MigrationError: this is such a state.
    """
    found = schema_match.differences(settings, database, ",".join(standing.current))
    if found:
        raise MigrationError(
            f"Revision {', '.join(standing.twice)} was rebased, and this database is from before that: "
            f"{len(found)} difference(s) to what the history here makes.",
            checked=schema_match.shortened(found),
            hint="nox -s db_undo, or switch to the checkout that it belongs to, or: nox -s db_reset",
        )


def _archive(settings: Settings, standing: "Standing") -> None:
    """Other tools have applied revisions too; what they applied is archived as it is found."""
    from dbtasks.project import session

    try:
        session.archive_applied(settings, standing.known, standing.current)
    except OSError as error:
        console.note(f"The sources of revisions cannot be archived: {error}")
