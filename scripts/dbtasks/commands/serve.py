"""Run the API on this database, reloading when the code changes."""

import argparse

from dbtasks import console, process
from dbtasks.config import Settings, child_environment
from dbtasks.errors import ConfigError


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("extra", nargs=argparse.REMAINDER, help="handed to the server, as in --port 8001")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Hand the terminal to the configured server."""
    if not settings.project.serve_command:
        raise ConfigError("This project has no server to run.", hint="Set serve-command in [tool.dbtasks]")
    command = [*process.own_python(settings.project.serve_command), *options.extra]
    console.note(f"Serving {settings.url}; stop with Ctrl-C")
    return process.attach(command, environment=child_environment(settings), folder=settings.project.working_directory)
