"""Start the Docker PostgreSQL of this checkout; back when it lets us in."""

import argparse

from dbtasks import console, envfile, servers
from dbtasks.config import Settings
from dbtasks.databases.login import login
from dbtasks.databases.postgres import notes
from dbtasks.urls import DatabaseUrl
from dbtasks.views import terminal


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--repair", action="store_true", help="give the server the password of .env; no data is touched"
    )
    parser.add_argument(
        "--upgrade-volume",
        action="store_true",
        help="move the data to a new volume of POSTGRES_IMAGE's major version; the old volume is kept",
    )


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Create, pull, build up or start what is missing, and wait for a real login."""
    used_before = servers.runs_here(settings)
    server = servers.docker_server(settings)
    voice = servers.Voice(console.note, console.progress, console.hide)
    running = server.up(login, voice, repair=options.repair, upgrade=notes.rebind if options.upgrade_volume else None)
    container, url = running.container, running.url
    console.say(f"Server    {url}", "bold")
    console.say(f"          PostgreSQL {container.major}, container {container.name}, volume {container.volume}", "dim")
    if used_before:
        _keep_true(settings, url)
        terminal.show_next(("nox -s db_status", "nox -s db_reset"))
    else:
        console.note(f"{settings.project.url_variable} names {settings.url}")
        terminal.show_next(("nox -s db_switch -- postgres",))
    return 0


def _keep_true(settings: Settings, url: DatabaseUrl) -> None:
    """Let a database URL that means this server follow its port and password."""
    project, meant = settings.project, url.with_name(settings.url.name)
    if (settings.url.port, settings.url.password) == (meant.port, meant.password):
        return
    if settings.url_source != str(project.env_file):
        console.warn(f"{project.url_variable} in the environment has another port or password than the server")
        return
    envfile.set_key(project.env_file, project.url_variable, meant.render())
    console.say(f"          {project.url_variable} in {project.env_file.name} follows: {meant}")
