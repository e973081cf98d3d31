"""Drop the templates that resets are cloned from; the next reset builds them again."""

import argparse

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.task_arguments import add_options, task
from dbtasks.views import terminal
from dbtasks.workflows.snapshots import prune


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--undo", action="store_true", help="and the states that db_undo could bring back")
    add_options(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Drop what can be built again, and with --undo what cannot."""
    with task(settings, "db_prune", options) as this:
        done = prune(this, undo=options.undo)
    freed = terminal.size(sum(kept.size for kept in done.states))
    states, left = terminal.counted(len(done.states), "kept state"), terminal.counted(done.left_overs, "left-over")
    console.say(f"Dropped {states}, {freed}, and {left} of stopped tasks", "green")
    return 0
