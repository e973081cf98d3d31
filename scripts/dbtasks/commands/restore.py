"""Bring a snapshot back; the database it replaces is kept for undo."""

import argparse

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.task_arguments import add_options, task
from dbtasks.views import terminal
from dbtasks.workflows.restore import restore


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="which snapshot")
    parser.add_argument("--no-migrate", action="store_true", help="leave it at the revision it was taken at")
    add_options(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Clone the snapshot, bring the clone to head, and swap."""
    with task(settings, "db_restore", options) as this:
        done = restore(this, options.name, migrate=not options.no_migrate)
    console.say(f"Restored {options.name!r}, taken {terminal.age(done.snapshot.about.made)}", "green")
    terminal.contents(done.summary)
    terminal.show_next(("nox -s db_status",))
    terminal.way_back(done.kept)
    return 0
