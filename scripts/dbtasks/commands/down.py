"""Stop the Docker PostgreSQL of this checkout; its data stays."""

import argparse

from dbtasks import console, servers
from dbtasks.config import Settings
from dbtasks.errors import RefusedError
from dbtasks.views import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--volumes", action="store_true", help="remove a volume and all its data, for good")
    parser.add_argument("--yes", metavar="NAME", default="", help="the volume's name, instead of typing it when asked")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Stop the server; with --volumes remove the data as well, once the volume's name is typed."""
    server = servers.docker_server(settings)
    voice = servers.Voice(console.note, console.progress, console.hide)
    chosen = _chosen(server.volumes(), options.yes) if options.volumes or options.yes else ""
    stopped = server.down(voice)
    console.say("Stopped; the data stays in its volume" if stopped else "The server was not running", "green")
    if chosen:
        server.remove_volume(chosen, voice)
        console.say(f"Removed   volume {chosen}", "green")
    elif options.volumes:
        console.say("There was no volume to remove")
    terminal.show_next(("nox -s db_up",))
    return 0


def _chosen(volumes: list[str], typed: str) -> str:
    """The volume whose name was typed; "" when there is none to remove.

    Raises:
        RefusedError: something else was typed, or nothing.
    """
    if not volumes:
        return ""
    if not typed:
        console.warn(f"This removes all databases in a volume, for good: {', '.join(volumes)}")
        typed = console.ask(f"Type the volume's name to remove it ({volumes[0]}):")
    if typed not in volumes:
        raise RefusedError(
            "Nothing is removed: the name of the volume was not typed.",
            checked=[f"volume {name}" for name in volumes],
            hint=f"nox -s db_down -- --volumes --yes {volumes[0]}",
        )
    return typed
