"""Upgrade the database to head, or to a revision; safe to repeat."""

import argparse
from contextlib import suppress
from typing import TYPE_CHECKING

from dbtasks import branches, console, guard, reporting, stopped, upgrading
from dbtasks.config import Settings
from dbtasks.databases import Database, Kept
from dbtasks.errors import DatabaseError

if TYPE_CHECKING:
    from dbtasks.revisions import Standing


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("revision", nargs="?", default="head", metavar="REV", help="where to go (head)")
    parser.add_argument("--sql", action="store_true", help="print the SQL and change nothing (PostgreSQL)")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Upgrade under the lock; a database that is missing is created first."""
    from dbtasks import revisions

    if options.sql:
        console.say(revisions.sql(settings, options.revision))
        return 0
    target = revisions.resolve(settings, options.revision)
    database = reporting.opened(settings)
    with database.lock("migrate", settings.project.lock_wait):
        if not database.exists():
            database.create(guard.label_for(settings))
            console.note(f"Created {database.place}")
        else:
            _adopt(settings, database)
        standing = revisions.compare(settings, database.current())
        _archive(settings, standing.current)
        if standing.fits:
            said, kept = _go_on(settings, database, standing, target)
        else:
            down, up, kept = branches.rejoin(settings, database, standing, target)
            said = f"Took back {down} revision(s), ran {up}"
    console.say(f"{said}: {database.place} stands at {reporting.standing(database.current())}", "green")
    reporting.kept(kept)
    return 0


def _adopt(settings: Settings, database: Database) -> None:
    """An empty database on this machine that nobody has labelled, as a server's image makes it, becomes ours."""
    if database.current() or guard.protection(database) or database.label() is not None or database.rows():
        return
    with suppress(DatabaseError):  # another one's application id or database: it just stays without a label
        database.set_label(guard.label_for(settings))


def _go_on(settings: Settings, database: Database, standing: "Standing", target: str) -> tuple[str, Kept | None]:
    from dbtasks import revisions

    if standing.changed:
        console.warn(f"{standing.sentence()}. {standing.way_on()}")
    wanted = revisions.ancestors(standing.known, target.split(","))
    going = [revision for revision in revisions.pending(settings, standing.current) if revision.id in wanted]
    if not going:
        stopped.forget(settings)
        return "Nothing to do", None
    count, kept = upgrading.upgrade(settings, database, "heads" if "," in target else target, going)
    return f"Ran {count} revision(s)", kept


def _archive(settings: Settings, current: tuple[str, ...]) -> None:
    """Other tools have applied revisions too; what they applied is archived as it is found."""
    from dbtasks import revisions

    try:
        revisions.archive_applied(settings, current)
    except OSError as error:
        console.note(f"The sources of revisions cannot be archived: {error}")
