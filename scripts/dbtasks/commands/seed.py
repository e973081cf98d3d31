"""Fill the tables with the project's seeds; a second run changes nothing."""

import argparse

from dbtasks import console, guard
from dbtasks.config import Settings
from dbtasks.views import terminal
from dbtasks.workflows import seed


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("sets", nargs="*", metavar="SET", help="which sets of seeds (all)")
    parser.add_argument("--scale", type=int, metavar="N", help="generate N more rows")
    guard.add_option(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Run the seed command under the lock."""
    extra = [] if options.scale is None else ["--scale", str(options.scale)]
    database = terminal.opened(settings)
    with database.lock("seed", settings.project.lock_wait):
        guard.permit(settings, database, "seed", options.yes)
        if not seed.seed(settings, [*options.sets, *extra]):
            console.say("This project has no seeds: seed-command is not set in [tool.dbtasks]")
    return 0
