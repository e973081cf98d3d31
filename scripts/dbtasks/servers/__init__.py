"""Who runs PostgreSQL: a container of this checkout, or somebody else's server that a URL names.

Importing this package imports no Docker; the modules that do are imported by the branch that needs them.
"""

from typing import TYPE_CHECKING, Protocol

from dbtasks.config import Settings
from dbtasks.servers.external import ExternalServer
from dbtasks.servers.ownership import Ownership
from dbtasks.servers.voice import Voice
from dbtasks.servers.wanted import HOST, Wanted
from dbtasks.urls import DatabaseUrl

if TYPE_CHECKING:
    from dbtasks.servers.docker import DockerServer

__all__ = [
    "ExternalServer",
    "Ownership",
    "Server",
    "Voice",
    "docker_server",
    "extensions",
    "find_container",
    "find_ownership",
    "runs_here",
    "server_for",
]
# Parameters of a URL and variables that lead libpq elsewhere than the URL's host and port say.
_DIVERTING = {"host", "hostaddr", "port", "service", "user"}
_DIVERTING_VARIABLES = ("PGHOSTADDR", "PGSERVICE")


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
    """Does `.env` mean the server that `nox -s db_up` runs in Docker?

    It chooses which server to start and to show, and asks nobody: the port and user of that server, and nothing
    that could lead libpq elsewhere. Whether a database may be changed never hangs on it, but on `find_ownership`.
    """
    wanted, url = Wanted.of(settings), settings.url
    elsewhere = _DIVERTING & dict(url.query).keys() or any(settings.variable(name) for name in _DIVERTING_VARIABLES)
    return (
        url.engine == "postgres"
        and not elsewhere
        and url.host in {"localhost", HOST}
        and (url.port, url.user) == (wanted.port, wanted.user)
    )


def server_for(settings: Settings) -> Server:
    """The server of the settings' PostgreSQL: the Docker one, unless the URL names another."""
    if settings.url.engine == "postgres" and not runs_here(settings):
        return ExternalServer(settings.url)
    return docker_server(settings)


def find_ownership(settings: Settings, key: int) -> Ownership:
    """Is the server that holds an advisory lock the one in the container that this checkout runs?

    Args:
        settings: of the checkout.
        key: of a lock that is held through the connection in question.
    """
    from dbtasks.servers import lock_holder

    return lock_holder.find_ownership(settings, key)


def find_container(port: int, key: int) -> str:
    """The name of the container that publishes a port and whose server holds an advisory lock; empty if none does."""
    from dbtasks.servers import lock_holder

    return lock_holder.find_container(port, key)


def docker_server(settings: Settings) -> "DockerServer":
    """The server that belongs to this checkout, whichever one the URL names; no engine is asked yet."""
    from dbtasks.servers.docker import DockerServer

    return DockerServer(settings)


def extensions() -> list[str]:
    """The extensions that an image can be built with."""
    from dbtasks.servers.packages import EXTENSIONS

    return list(EXTENSIONS)
