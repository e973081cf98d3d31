"""What one task on one checkout's server works with."""

from dataclasses import dataclass

from dbtasks.servers.engine import Client
from dbtasks.servers.names import Identity
from dbtasks.servers.voice import Login, Voice
from dbtasks.servers.wanted import Wanted


@dataclass(frozen=True)
class Job:
    """One task on one server."""

    client: Client
    identity: Identity
    wanted: Wanted
    login: Login
    voice: Voice
