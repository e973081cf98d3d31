"""Create the database, empty; nothing happens where it exists."""

import argparse

from dbtasks import console, guard
from dbtasks.config import Settings
from dbtasks.views import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""


def run(settings: Settings, options: argparse.Namespace) -> int:  # noqa: ARG001 (every command has this shape)
    """Create it unless it is there."""
    database = terminal.opened(settings)
    with database.lock("db_create", settings.project.lock_wait):
        there = database.exists()
        if not there:
            database.create(guard.label_for(settings))
    console.say(f"{'Already there:' if there else 'Created'} {database.place}", "green")
    terminal.show_next(("nox -s migrate",))
    return 0
