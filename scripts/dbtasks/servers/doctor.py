"""A server that is up and refuses: find out whether role, database or password is missing, and mend it.

The codes of a refused login do not tell them apart (that is the protocol's intention), so the server
is asked through the socket inside its container.
"""

from dbtasks.errors import ServerError
from dbtasks.servers import psql
from dbtasks.servers.containers import Container
from dbtasks.servers.job import Job
from dbtasks.servers.readiness import wait
from dbtasks.servers.volumes import Volume

_FACTS = """SELECT (SELECT count(*) FROM pg_roles WHERE rolname = {user}),
    (SELECT count(*) FROM pg_roles WHERE rolname = {user} AND rolcanlogin AND coalesce(rolvaliduntil > now(), true)),
    (SELECT count(*) FROM pg_database WHERE datname = {database})"""


class Doctor:
    """One examination of a server that refuses."""

    def __init__(self, job: Job, container: Container, volume: Volume) -> None:
        self._client = job.client
        self._container = container.id
        self._volume = volume
        self._wanted = job.wanted
        self._url = job.wanted.url(container.port)
        self._login = job.login
        self._tell = job.voice.tell
        self._superuser = psql.superuser(job.client, container.id, (volume.user, job.wanted.user, "postgres"))

    def mend(self, *, set_password: bool) -> None:
        """Create what is missing; change the password only when asked to.

        Raises:
            ServerError: the password is another, or the server refuses for a reason that is not known.
        """
        exists, may_login, database = self._facts()
        if not exists:
            self._create_role()
        elif not may_login:
            self._allow_login()
        if not database:
            self._create_database()
        if wait(self._client, self._container, self._url, self._login):
            return
        if not set_password:
            raise ServerError(
                f"The password in .env is not the one that the volume {self._volume.name} knows.",
                checked=[f"login {self._url}: the server is up, role and database are there, the password is refused"],
                hint="nox -s db_up -- --repair   gives the server the password of .env; no data is touched",
            )
        self._set_password()
        if not wait(self._client, self._container, self._url, self._login):
            raise ServerError(
                "The server refuses the login although role, database and password are as they should be.",
                checked=[f"login {self._url}"],
                hint="nox -s db_logs",
            )

    def _facts(self) -> tuple[bool, bool, bool]:
        user, database = psql.literal(self._wanted.user), psql.literal(self._wanted.database)
        line = self._sql(_FACTS.format(user=user, database=database))[-1]
        exists, may_login, there = (part != "0" for part in line.split("|"))
        return exists, may_login, there

    def _create_role(self) -> None:
        user, password = psql.name(self._wanted.user), psql.literal(self._wanted.password)
        self._sql(f"CREATE ROLE {user} SUPERUSER LOGIN PASSWORD {password}")
        self._tell(f"The role {self._wanted.user} was missing in the volume {self._volume.name}; it is created")

    def _allow_login(self) -> None:
        self._sql(f"ALTER ROLE {psql.name(self._wanted.user)} LOGIN VALID UNTIL 'infinity'")
        self._tell(f"The role {self._wanted.user} was not allowed to log in; now it is")

    def _create_database(self) -> None:
        database, user = psql.name(self._wanted.database), psql.name(self._wanted.user)
        self._sql(f"CREATE DATABASE {database} OWNER {user}")
        self._tell(f"The database {self._wanted.database} was missing in the volume {self._volume.name}; it is created")

    def _set_password(self) -> None:
        user, password = psql.name(self._wanted.user), psql.literal(self._wanted.password)
        self._sql(f"ALTER ROLE {user} PASSWORD {password}")
        self._tell(f"The server of {self._volume.name} has the password of .env now")

    def _sql(self, statement: str) -> list[str]:
        return psql.run(self._client, self._container, user=self._superuser, sql=statement)
