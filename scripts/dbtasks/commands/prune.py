"""Drop the templates that resets are cloned from; the next reset builds them again."""

import argparse

from dbtasks import console, guard
from dbtasks.config import Settings
from dbtasks.views import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("--undo", action="store_true", help="and the states that db_undo could bring back")
    guard.add_option(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Drop what can be built again, and with --undo what cannot."""
    database = terminal.opened(settings)
    with database.lock("db_prune", settings.project.lock_wait):
        if options.undo:
            guard.permit(settings, database, "db_prune --undo", options.yes)
        left = database.tidy()
        going = [*database.kept("template"), *(database.kept("undo") if options.undo else ())]
        for kept in going:
            database.remove(kept)
    freed = terminal.size(sum(kept.size for kept in going))
    console.say(f"Dropped {len(going)} kept state(s), {freed}, and {left} left-over(s) of stopped tasks", "green")
    return 0
