"""Create the database, empty; nothing happens where it exists."""

import argparse

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.task_arguments import add_options, task
from dbtasks.views import terminal
from dbtasks.workflows.change import create_database, open_site


def arguments(parser: argparse.ArgumentParser) -> None:
    add_options(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Create it unless it is there."""
    with task(settings, "db_create", options) as this, open_site(this, ask=False) as site:
        made, place = create_database(site), site.reading.place
    console.say(f"{'Created' if made else 'Already there:'} {place}", "green")
    terminal.show_next(("nox -s migrate",))
    return 0
