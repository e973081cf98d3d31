"""Everything a newcomer needs: .env, a migrated and seeded database, and what to type next."""

import argparse

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.task_arguments import add_options, task
from dbtasks.views import terminal
from dbtasks.workflows import git_hook
from dbtasks.workflows.setup import set_up


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--git-hook", action="store_true", help="let git say where the database stands after a checkout"
    )
    add_options(parser, in_place=True)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Make what is missing and leave what is there: safe for those who have been here for years."""
    if options.git_hook:
        console.note(f"Wrote {git_hook.install(settings.project)}")
    with task(settings, "setup", options) as this:
        done = set_up(this)
    terminal.contents(done.summary)
    terminal.show_next(
        (
            "nox -s serve      the API on this database",
            "nox -s db_reset   start over at any time (nox -s db_undo takes it back)",
            "nox -l            the whole menu",
        )
    )
    terminal.way_back(done.kept)
    return 0
