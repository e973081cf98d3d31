"""Who runs PostgreSQL: a container of this checkout, or somebody else's server that a URL names.

Importing this package imports no Docker; the modules that do are imported by the branch that needs them.
"""

from contextlib import closing
from typing import TYPE_CHECKING, Protocol

from dbtasks.config import Settings
from dbtasks.errors import ServerError
from dbtasks.servers.external import ExternalServer
from dbtasks.servers.voice import Voice
from dbtasks.servers.wanted import Wanted
from dbtasks.urls import DatabaseUrl

if TYPE_CHECKING:
    from dbtasks.servers.docker import DockerServer

__all__ = [
    "ExternalServer",
    "Server",
    "Voice",
    "container_at",
    "docker_server",
    "extensions",
    "runs_here",
    "server_for",
]


class Server(Protocol):
    """A PostgreSQL server."""

    @property
    def url(self) -> DatabaseUrl:
        """The database on it that the configuration means."""

    @property
    def managed(self) -> bool:
        """May dbtasks start and stop it?"""

    @property
    def place(self) -> str:
        """Where it is, in words that may be shown."""


def runs_here(settings: Settings) -> bool:
    """Does the database URL point to the server that `nox -s db_up` runs in Docker?

    Decided by what `.env` says, without asking Docker: a local address, and the port and user of that server.
    """
    wanted, url = Wanted.of(settings), settings.url
    return url.engine == "postgres" and url.is_local() and (url.port, url.user) == (wanted.port, wanted.user)


def server_for(settings: Settings) -> Server:
    """The server of the settings' PostgreSQL: the Docker one, unless the URL names another."""
    if settings.url.engine == "postgres" and not runs_here(settings):
        return ExternalServer(settings.url)
    return docker_server(settings)


def container_at(url: DatabaseUrl) -> str:
    """The name of the container that answers at a URL's port on this machine; empty where there is none."""
    from dbtasks.servers import engine

    if not url.is_local() or url.port is None:
        return ""
    try:
        with closing(engine.connect()) as client, engine.explaining("look for the server's container"):
            found = client.containers.list(filters={"publish": str(url.port)}, ignore_removed=True)
            return str(found[0].name) if len(found) == 1 else ""
    except ServerError:
        return ""  # no engine, so no container either


def docker_server(settings: Settings) -> "DockerServer":
    """The server that belongs to this checkout, whichever one the URL names; no engine is asked yet."""
    from dbtasks.servers.docker import DockerServer

    return DockerServer(settings)


def extensions() -> list[str]:
    """The extensions that an image can be built with."""
    from dbtasks.servers.packages import EXTENSIONS

    return list(EXTENSIONS)
