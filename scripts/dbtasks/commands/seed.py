"""Fill the tables with the project's seeds; a second run changes nothing."""

import argparse

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.task_arguments import add_options, task
from dbtasks.views import terminal
from dbtasks.workflows.fill import seed


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sets", nargs="*", metavar="SET", help="which sets of seeds (all)")
    parser.add_argument("--scale", type=int, metavar="N", help="generate N more rows")
    add_options(parser, in_place=True)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Run the seed command under the lock, with a copy of the former state beside it."""
    extra = [] if options.scale is None else ["--scale", str(options.scale)]
    with task(settings, "seed", options) as this:
        seeded, kept = seed(this, [*options.sets, *extra])
    if not seeded:
        console.say("This project has no seeds: seed-command is not set in [tool.dbtasks]")
    terminal.way_back(kept)
    return 0
