"""Open the engine's own client on this database: sqlite3, or psql."""

import argparse

from dbtasks import process, reporting
from dbtasks.config import Settings, child_environment


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be typed after the command."""


def run(settings: Settings, options: argparse.Namespace) -> int:  # noqa: ARG001 (every command has this shape)
    """Hand the terminal to the client."""
    database = reporting.opened(settings)
    return process.attach(database.shell(), environment=child_environment(settings), folder=settings.project.root)
