"""Upgrade the database to head, or to a revision; safe to repeat."""

import argparse

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.task_arguments import add_options, task
from dbtasks.views import terminal
from dbtasks.workflows.summary import Migrated
from dbtasks.workflows.upgrade import migrate


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("revision", nargs="?", default="head", metavar="REV", help="where to go (head)")
    parser.add_argument("--sql", action="store_true", help="print the SQL and change nothing (PostgreSQL)")
    add_options(parser, in_place=True)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Upgrade under the lock; a database that is missing is created first."""
    if options.sql:
        from dbtasks.project import session

        console.say(session.sql(settings, options.revision))
        return 0
    with task(settings, "migrate", options) as this:
        done = migrate(this, options.revision)
    console.say(f"{_said(done)}: {done.place} stands at {terminal.standing(done.revisions)}", "green")
    terminal.way_back(done.kept)
    return 0


def _said(done: Migrated) -> str:
    if done.down:
        return f"Took back {terminal.counted(done.down, 'revision')}, ran {done.up}"
    return f"Ran {terminal.counted(done.up, 'revision')}" if done.up else "Nothing to do"
