"""Take revisions back: -1, a revision, or base; a copy is kept for undo."""

import argparse

from dbtasks import console, guard, reporting, stopped, undo, upgrading
from dbtasks.config import Settings
from dbtasks.errors import MigrationError


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("revision", metavar="REV", help="-1 (one back), a revision, or base")
    parser.add_argument("--sql", action="store_true", help="print the SQL of FROM:TO and change nothing (PostgreSQL)")
    guard.add_option(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Downgrade in place, with a copy of the former state beside it."""
    from dbtasks import revisions

    if options.sql:
        console.say(revisions.sql(settings, options.revision, up=False))
        return 0
    if not options.revision.startswith("-"):
        revisions.resolve(settings, options.revision)
    database = reporting.opened(settings)
    with database.lock("downgrade", settings.project.lock_wait):
        guard.permit(database, f"downgrade to {options.revision}", options.yes)
        before = database.current()
        standing = revisions.compare(settings, before)
        if not standing.fits:
            raise MigrationError(f"{standing.sentence()}.", hint=standing.way_on())
        database.tidy()
        kept = undo.keep_copy(database, "downgrade")
        try:
            with upgrading.shown() as report:
                steps = revisions.downgrade(settings, options.revision, report, console.note)
        except BaseException:
            if database.current() == before:
                database.remove(kept)  # the revision was rolled back whole, and none before it went through
            raise
        stopped.forget(settings)
        undo.trim(database, settings)
    console.say(f"Took back {len(steps)} revision(s): now at {reporting.standing(database.current())}", "green")
    reporting.kept(kept)
    return 0
