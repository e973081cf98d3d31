"""Show the log of the Docker PostgreSQL."""

import argparse

from dbtasks import console, servers
from dbtasks.config import Settings
from dbtasks.errors import UsageError


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-f", "--follow", action="store_true", help="go on until interrupted")
    parser.add_argument("--tail", type=int, metavar="N", default=None, help="only the last N lines")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Print it line by line, secrets blanked."""
    if options.tail is not None and options.tail < 0:
        raise UsageError("--tail wants a number of lines.", hint="nox -s db_logs -- --tail 20")
    server = servers.docker_server(settings)
    console.hide(server.wanted.password)
    try:
        for line in server.log(tail=options.tail, follow=options.follow):
            console.say(line)
    except KeyboardInterrupt:
        if not options.follow:
            raise
    return 0
