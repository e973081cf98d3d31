"""Drop the database; it is kept for undo."""

import argparse

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.task_arguments import add_options, task
from dbtasks.views import terminal
from dbtasks.workflows.change import open_site, remove_database


def arguments(parser: argparse.ArgumentParser) -> None:
    add_options(parser)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Put it away under a reserved name."""
    with task(settings, "db_drop", options) as this, open_site(this) as site:
        there, place = site.reading.exists(), site.reading.place
        kept = remove_database(site)
    if not there:
        console.say(f"There was none: {place}", "green")
        return 0
    console.say(f"Dropped {place}", "green")
    terminal.way_back(kept)
    terminal.show_next(("nox -s db_reset   builds a new one",))
    return 0
