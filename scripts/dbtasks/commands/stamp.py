"""Say which revision the database stands on, without running anything; a copy is kept for undo."""

import argparse

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.task_arguments import add_options, task
from dbtasks.views import terminal
from dbtasks.workflows.stamp import stamp


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("revision", metavar="REV", help="head, base or a revision of this history")
    parser.add_argument("--force", action="store_true", help="even if the schema does not look like that revision")
    add_options(parser, in_place=True)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Write alembic_version, and nothing else."""
    with task(settings, "stamp", options) as this:
        done = stamp(this, options.revision, force=options.force)
    console.say(f"Stamped: {terminal.standing(done.before)} -> {terminal.standing(done.after)}", "green")
    terminal.way_back(done.kept)
    return 0
