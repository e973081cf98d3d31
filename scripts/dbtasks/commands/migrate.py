"""Upgrade the database to head, or to a revision; safe to repeat."""

import argparse

from dbtasks import console, guard, reporting
from dbtasks.config import Settings


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
        before = database.current()
        lacking = {revision.id for revision in revisions.pending(settings, before)}
        if target not in lacking:
            console.say(f"Nothing to do: {database.place} stands at {reporting.standing(before)}", "green")
            return 0
        steps = revisions.upgrade(settings, target, reporting.step)
    console.say(
        f"Ran {len(steps)} revision(s): {database.place} stands at {reporting.standing(database.current())}", "green"
    )
    return 0
