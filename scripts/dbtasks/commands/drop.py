"""Drop the database; it is kept for undo."""

import argparse

from dbtasks import console, guard
from dbtasks.config import Settings
from dbtasks.copies import undo
from dbtasks.views import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    guard.add_option(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Put it away under a reserved name."""
    database = terminal.opened(settings)
    with database.lock("db_drop", settings.project.lock_wait):
        guard.permit(settings, database, "db_drop", options.yes)
        database.tidy()
        if not database.exists():
            console.say(f"There was none: {database.place}", "green")
            return 0
        kept = database.put_away(undo.about(database, "db_drop"))
        undo.trim(database, settings)
    console.say(f"Dropped {database.place}", "green")
    terminal.kept(kept)
    terminal.show_next(("nox -s db_reset   builds a new one",))
    return 0
