"""Take back the last destructive task; again, and it is redone."""

import argparse

from dbtasks import console, guard
from dbtasks.config import Settings
from dbtasks.copies import undo
from dbtasks.databases import open_database
from dbtasks.views import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("--list", action="store_true", help="show what could be taken back, newest first")
    guard.add_option(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Swap the newest kept state in; the state it replaces becomes the undo of the undo."""
    database = terminal.opened(settings)
    if options.list:
        for state in database.kept("undo"):
            console.say(undo.told(state))
        return 0
    with database.lock("db_undo", settings.project.lock_wait):
        guard.permit(settings, database, "db_undo", options.yes)
        database.tidy()
        state = undo.latest(database)
        kept = database.swap(open_database(state.url), undo.about(database, "db_undo"))
        undo.trim(database, settings)
    console.say(f"Back to the state {undo.told(state)}", "green")
    terminal.summary(database, database.rows(), following=("nox -s db_status",))
    terminal.kept(kept)
    return 0
