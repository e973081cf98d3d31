"""Downgrade to base and upgrade to head again, proving every downgrade; the rows go, an undo stays."""

import argparse

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.task_arguments import add_options, task
from dbtasks.views import terminal
from dbtasks.workflows.downgrade import replay


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", metavar="REV", default="head", help="stop at this revision on the way up (head)")
    add_options(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Go down and up on a copy, which takes the database's name only if all of it worked."""
    with task(settings, "db_replay", options) as this:
        done = replay(this, options.to)
    console.say(f"Went down {terminal.counted(done.migrated.down, 'revision')} and up {done.migrated.up}", "green")
    terminal.contents(done.summary)
    terminal.show_next(("nox -s seed  fills the tables again",))
    terminal.way_back(done.migrated.kept)
    return 0
