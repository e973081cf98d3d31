"""What every command that changes a database does with its arguments: a task whose events are shown."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from dbtasks.config import Settings
from dbtasks.views import terminal
from dbtasks.workflows.change import Task


def add_options(parser: argparse.ArgumentParser, *, in_place: bool = False) -> None:
    """Let a command take the names that open a protected database and forgo an undo."""
    parser.add_argument("--yes", metavar="NAME", default="", help="the name of a protected database, typed in full")
    if in_place:
        parser.add_argument(
            "--no-way-back", metavar="NAME", default="", help="go on where no undo can be kept: the database's name"
        )


@contextmanager
def task(settings: Settings, name: str, options: argparse.Namespace) -> Iterator[Task]:
    """The command as a task on the settings' database."""
    with terminal.show_events() as emit:
        yield Task(settings, name, emit, getattr(options, "yes", ""), getattr(options, "no_way_back", ""))
