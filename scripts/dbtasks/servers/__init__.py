"""The PostgreSQL that runs in a container of this checkout.

Importing this package imports no Docker; the modules that do are imported by the branch that needs them.
"""

from typing import TYPE_CHECKING

from dbtasks.config import Settings
from dbtasks.servers.ownership import Ownership
from dbtasks.servers.voice import Voice
from dbtasks.servers.wanted import HOST, Wanted

if TYPE_CHECKING:
    from dbtasks.servers.docker import DockerServer

__all__ = ["Ownership", "Voice", "docker_server", "find_ownership", "runs_here"]
# Parameters of a URL and variables that lead libpq elsewhere than the URL's host and port say.
_DIVERTING = {"host", "hostaddr", "port", "service", "user"}
_DIVERTING_VARIABLES = ("PGHOSTADDR", "PGSERVICE")


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


def find_ownership(settings: Settings, key: int) -> Ownership:
    """Is the server that holds an advisory lock the one in the container that this checkout runs?"""
    from dbtasks.servers import lock_holder

    return lock_holder.find_ownership(settings, key)


def docker_server(settings: Settings) -> "DockerServer":
    """The server that belongs to this checkout, whichever one the URL names; no engine is asked yet."""
    from dbtasks.servers.docker import DockerServer

    return DockerServer(settings)
