"""Drop, create, upgrade to head and seed; the old database is kept for undo."""

import argparse

from dbtasks.config import Settings
from dbtasks.task_arguments import add_options, task
from dbtasks.views import terminal
from dbtasks.workflows.reset import reset


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""
    parser.add_argument("--no-cache", action="store_true", help="replay the history")
    parser.add_argument("--no-seed", action="store_true", help="leave the tables as the migrations leave them")
    add_options(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Build the new database beside the old one and swap."""
    with task(settings, "db_reset", options) as this:
        done = reset(this, seed=not options.no_seed, cache=not options.no_cache)
    terminal.contents(done.place, done.version, done.built.revisions, done.built.rows)
    terminal.show_next(("nox -s serve      the API on this database", "nox -s db_status  all about it"))
    terminal.way_back(done.kept)
    return 0
