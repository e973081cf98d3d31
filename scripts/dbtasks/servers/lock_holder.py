"""Whose container is the server that a connection reached? The engine is asked, and never an address.

Whoever wants to know holds an advisory lock under a random key. The container in which psql, through the
socket inside it, sees that lock is the server: no tunnel, alias, proxy or remote engine can make it another.
"""

from contextlib import closing

from dbtasks.config import Settings
from dbtasks.errors import ServerError
from dbtasks.servers import containers, engine, psql
from dbtasks.servers.engine import Client
from dbtasks.servers.names import Identity
from dbtasks.servers.ownership import Ownership

_SEEN = """SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND (classid::bigint << 32 | objid::bigint) = {})"""


def find_ownership(settings: Settings, key: int) -> Ownership:
    """Is the server that holds a lock the one in the container that this checkout runs?"""
    identity = Identity.of(settings.project.name, settings.project.root)
    try:
        with closing(engine.connect()) as client:
            container = containers.find(client, identity)
            if container is None:
                return Ownership(ours=False, words="not in a container of this checkout, which runs none")
            where = f"in container {container.name}, which this checkout runs"
            if not container.running:
                return Ownership(ours=False, words=f"not in container {container.name} of this checkout, which is down")
            ours = _sees(client, container.name, key)
            return Ownership(ours, where if ours else f"not {where}")
    except ServerError as error:
        return Ownership(ours=False, words=f"nobody knows in whose container ({error.message.rstrip('.')})")


def find_container(port: int, key: int) -> str:
    """The name of the container that publishes a port and whose server holds a lock; empty where there is none."""
    try:
        with closing(engine.connect()) as client, engine.explaining("look for the server's container"):
            found = client.containers.list(filters={"publish": str(port)}, ignore_removed=True)
            return next((str(one.name) for one in found if _sees(client, str(one.name), key)), "")
    except ServerError:
        return ""  # no engine, or another program's container: none to run PostgreSQL's programs in


def _sees(client: Client, container: str, key: int) -> bool:
    """Is an advisory lock held in the PostgreSQL of a container?

    Raises:
        ServerError: it cannot be asked.
    """
    return psql.run(client, container, user="", sql=_SEEN.format(key)) == ["t"]
