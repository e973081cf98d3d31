"""Take revisions back: -1, a revision, or base; a copy is kept for undo."""

import argparse

from dbtasks import console, guard
from dbtasks.config import Settings
from dbtasks.copies import undo
from dbtasks.errors import MigrationError
from dbtasks.local_state import last_failure
from dbtasks.views import terminal
from dbtasks.workflows import migrate


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("revision", metavar="REV", help="-1 (one back), a revision, or base")
    parser.add_argument("--sql", action="store_true", help="print the SQL of FROM:TO and change nothing (PostgreSQL)")
    guard.add_option(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Downgrade in place, with a copy of the former state beside it."""
    from dbtasks.project import session

    if options.sql:
        console.say(session.sql(settings, options.revision, up=False))
        return 0
    if not options.revision.startswith("-"):
        session.resolve(settings, options.revision)
    database = terminal.opened(settings)
    with database.lock("downgrade", settings.project.lock_wait):
        guard.permit(settings, database, f"downgrade to {options.revision}", options.yes)
        before = database.current()
        standing = session.compare(settings, before)
        if not standing.fits:
            raise MigrationError(f"{standing.sentence()}.", hint=standing.way_on())
        database.tidy()
        kept = undo.keep_copy(database, "downgrade")
        try:
            with migrate.shown() as report:
                steps = session.downgrade(settings, options.revision, report, console.note)
        except BaseException:
            if database.current() == before:
                database.remove(kept)  # the revision was rolled back whole, and none before it went through
            raise
        last_failure.forget(settings)
        undo.trim(database, settings)
    console.say(f"Took back {len(steps)} revision(s): now at {terminal.standing(database.current())}", "green")
    terminal.kept(kept)
    return 0
