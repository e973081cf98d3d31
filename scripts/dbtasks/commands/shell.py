"""Open the engine's own client on this database: sqlite3, or psql."""

import argparse

from dbtasks import console, process
from dbtasks.config import Settings, child_environment
from dbtasks.databases.engines import open_database


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("extra", nargs=argparse.REMAINDER, help='handed to the client, as in  -c "SELECT 1"')


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Hand the terminal to the client; for the Docker server, to the psql inside its container."""
    from dbtasks import servers

    database = open_database(settings.url)
    environment = {**child_environment(settings), **database.client_environment()}
    command = database.shell()
    if servers.runs_here(settings):
        command = servers.docker_server(settings).shell(settings.url, interactive=console.interactive())
    return process.attach([*command, *options.extra], environment=environment, folder=settings.project.root)
