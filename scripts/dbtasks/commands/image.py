"""Build a PostgreSQL image from the distribution's packages, for networks without a registry."""

import argparse

from dbtasks import console, servers
from dbtasks.config import Settings
from dbtasks.errors import UsageError
from dbtasks.views import terminal

USUAL_MAJOR = 17


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--major", type=int, metavar="N", default=None, help="the PostgreSQL version")
    parser.add_argument(
        "--with", dest="extensions", action="append", default=[], metavar="EXTENSION", help="postgis ..."
    )
    parser.add_argument("--if-absent", action="store_true", help="do nothing when it was built already")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Build it; POSTGRES_IMAGE chooses it, and it stands in for an image that cannot be pulled."""
    from dbtasks.servers.packages import EXTENSIONS

    unknown = [name for name in options.extensions if name not in EXTENSIONS]
    if unknown:
        hint = f"--with {' or --with '.join(EXTENSIONS)}"
        raise UsageError(f"There is no recipe for {', '.join(unknown)}.", hint=hint)
    voice = servers.Voice(console.note, console.progress, console.hide)
    name, made = servers.docker_server(settings).build_image(
        options.major, tuple(options.extensions), voice, usual=USUAL_MAJOR, again=not options.if_absent
    )
    console.say(f"{'Built    ' if made else 'There is '} {name}", "green")
    terminal.show_next((f"nox -s db_up      with POSTGRES_IMAGE={name} in .env",))
    return 0
