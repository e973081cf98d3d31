"""Take revisions back: -1, a revision, or base; a copy is kept for undo."""

import argparse

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.task_arguments import add_options, task
from dbtasks.views import terminal
from dbtasks.workflows.downgrade import downgrade


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("revision", metavar="REV", help="-1 (one back), a revision, or base")
    parser.add_argument("--sql", action="store_true", help="print the SQL of FROM:TO and change nothing (PostgreSQL)")
    add_options(parser, in_place=True)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Downgrade in place, with a copy of the former state beside it."""
    if options.sql:
        from dbtasks.project import session

        console.say(session.sql(settings, options.revision, up=False))
        return 0
    with task(settings, "downgrade", options) as this:
        done = downgrade(this, options.revision)
    taken = terminal.counted(done.down, "revision")
    console.say(f"Took back {taken}: now at {terminal.standing(done.revisions)}", "green")
    terminal.way_back(done.kept)
    return 0
