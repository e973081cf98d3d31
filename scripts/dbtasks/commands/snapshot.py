"""Save the database under a name."""

import argparse
from datetime import UTC, datetime

from dbtasks import console, guard
from dbtasks.config import Settings
from dbtasks.copies import snapshots
from dbtasks.views import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="free text (today's date and time)")
    parser.add_argument("--replace", action="store_true", help="replace a snapshot of that name")
    guard.add_option(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Keep a copy."""
    name = options.name if options.name is not None else f"{datetime.now(UTC).astimezone():%Y-%m-%d %H:%M:%S}"
    database = terminal.opened(settings)
    with database.lock("db_snapshot", settings.project.lock_wait):
        guard.permit(settings, database, "db_snapshot", options.yes)
        database.tidy()
        kept = snapshots.save(database, name, overwrite=options.replace)
    console.say(f"Saved {name!r}: {terminal.size(kept.size)}, at {terminal.standing(kept.about.revisions)}", "green")
    terminal.show_next((f'nox -s db_restore -- "{name}"   brings it back',))
    return 0
