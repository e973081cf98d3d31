"""Move the data of a volume to a new volume of a newer major version, by dump and load.

The old server runs on the old volume, the new one beside it in the same network, and the new
version's own pg_dumpall reads from the one while its psql writes to the other. The new data
directory gets its final name only when every table has as many rows as before, so a killed upgrade
is recognised and cleared away, and the old volume is only ever read.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from docker.errors import APIError

from dbtasks.errors import ServerError
from dbtasks.servers import bound_notes, containers, images, names, psql, readiness, server_settings, volumes
from dbtasks.servers.engine import Client, explaining, is_missing
from dbtasks.servers.images import Image
from dbtasks.servers.job import Job
from dbtasks.servers.names import Identity
from dbtasks.servers.voice import Rebind
from dbtasks.servers.volumes import Volume
from dbtasks.servers.wanted import HOST

_OLD_PORT, _NEW_PORT = 5432, 5433
_PATIENCE = 120.0
_PAUSE = 0.1
# The role that a cluster is made with is there already; every other statement of the dump has to succeed.
_MOVE = r"""
export LC_ALL=C
{ pg_dumpall --host 127.0.0.1 --port "$OLD_PORT" --username "$DBTASKS_USER" --no-password; echo $? >/tmp/dumped; } |
    grep -avxF -e "CREATE ROLE $DBTASKS_USER;" -e "CREATE ROLE \"$DBTASKS_USER\";" |
    psql --no-psqlrc --quiet --output /dev/null --set ON_ERROR_STOP=1 --username "$DBTASKS_USER" --dbname postgres
loaded=$?
[ "$loaded" = 0 ] && [ "$(cat /tmp/dumped)" = 0 ]
"""
_DATABASES = "SELECT datname FROM pg_database WHERE datallowconn AND datname <> 'template1' ORDER BY 1"
_CLOSED = "SELECT datname FROM pg_database WHERE NOT datallowconn AND datname <> 'template0' ORDER BY 1"
_COUNTS = r"""SELECT format('SELECT %L, count(*) FROM %I.%I', n.nspname || '.' || c.relname, n.nspname, c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' ORDER BY 1 \gexec"""


def tidy(client: Client, identity: Identity, tell: Callable[[str], None]) -> None:
    """Clear away what a killed upgrade left behind; the old volume is as it was."""
    with explaining("list containers"):
        filters = {"label": [*identity.filters["label"], names.UPGRADED_FROM]}
        left = client.api.containers(all=True, filters=filters)
    for one in left:
        containers.remove(client, one["Id"])
    for volume in volumes.ours(client, identity):
        if volume.upgraded_from and not _finished(client, identity, volume):
            volumes.remove(client, volume.name)
            tell(f"An upgrade was interrupted: {volume.name} was half filled and is removed, the old data is untouched")


def upgrade(job: Job, image: Image, old: Volume, rebind: Rebind) -> Volume:
    """Move the data, with the notes of the databases; the new volume.

    Raises:
        ServerError: it did not work; there is no new volume then, and the old one is untouched.
    """
    client, tell = job.client, job.voice.tell
    old_image = images.of_major(client, old.major, job.voice.progress)
    user = old.user or job.wanted.user
    new = volumes.create(client, job.identity, image.major, user, upgraded_from=old.major)
    tell(f"Moving the data of {old.name} to {new.name}")
    helpers = _Helpers(job, old, new)
    try:
        helpers.start(old_image, image)
        before = helpers.move(rebind)
        helpers.finish(image)
    except BaseException:
        with suppress(ServerError):  # an engine that went away cannot tidy up; the next db_up does
            helpers.remove()
            volumes.remove(client, new.name)
        raise
    helpers.remove()
    tell(f"{sum(before.values()):,} rows of {len(before)} tables are in {new.name}; {old.name} is kept as it was")
    return new


class _Helpers:
    """The two servers of an upgrade, and the shell that renames at the end."""

    def __init__(self, job: Job, old: Volume, new: Volume) -> None:
        self._client = job.client
        self._identity = job.identity
        self._wanted = job.wanted
        self._old_volume = old
        self._new_volume = new
        self.old = f"{job.identity.container}-upgrade-old"
        self.new = f"{job.identity.container}-upgrade-new"

    @property
    def _draft(self) -> str:
        return names.data(self._new_volume.major) + ".upgrading"

    def start(self, old_image: Image, new_image: Image) -> None:
        """Start both and wait until they answer."""
        self._run(self.old, old_image, self._old_volume, names.data(old_image.major), _OLD_PORT)
        self._run(self.new, new_image, self._new_volume, self._draft, _NEW_PORT, network_mode=f"container:{self.old}")
        for name, port in ((self.old, _OLD_PORT), (self.new, _NEW_PORT)):
            deadline = time.monotonic() + _PATIENCE
            while not self._answers(name, port):
                if time.monotonic() > deadline:
                    raise ServerError("The server of the upgrade does not get ready.", hint="nox -s db_up")
                time.sleep(_PAUSE)

    def move(self, rebind: Rebind) -> dict[str, int]:
        """Dump and load everything; the number of rows of every table.

        Raises:
            ServerError: a statement failed, or a table has not as many rows as before.
        """
        closed = psql.run(self._client, self.old, user=self._new_volume.user, sql=_CLOSED)
        self._open(self.old, closed, "true")
        user = self._new_volume.user
        identities = bound_notes.identities(self._client, self.old, user)
        secrets = {"DBTASKS_USER": user, "OLD_PORT": str(_OLD_PORT)}
        answer = containers.execute(self._client, self.new, ["sh", "-c", _MOVE], secrets)
        before = self._counts(self.old)
        self._open(self.old, closed, "false")
        after = self._counts(self.new) if answer.code == 0 else {}
        if answer.code != 0 or before != after:
            raise _failed(self._old_volume, answer.err, before, after)
        self._open(self.new, closed, "false")
        bound_notes.move(self._client, self.new, user, identities, rebind)
        return before

    def _answers(self, name: str, port: int) -> bool:
        readiness.require_running(self._client, name)
        return containers.execute(self._client, name, ["pg_isready", "-q", "-h", HOST, "-p", str(port)]).code == 0

    def _open(self, container: str, databases: list[str], wanted: str) -> None:
        """Let clients into databases that are closed to them, as a dump is one; or close them again."""
        for name in databases:
            statement = f"ALTER DATABASE {psql.name(name)} ALLOW_CONNECTIONS {wanted}"
            psql.run(self._client, container, user=self._new_volume.user, sql=statement)

    def _counts(self, container: str) -> dict[str, int]:
        """The number of rows of every table of every database."""
        found: dict[str, int] = {}
        for database in psql.run(self._client, container, user=self._new_volume.user, sql=_DATABASES):
            lines = psql.run(self._client, container, user=self._new_volume.user, sql=_COUNTS, database=database)
            for line in lines:
                table, _, count = line.rpartition("|")
                found[f"{database}.{table}"] = int(count)
        return found

    def finish(self, image: Image) -> None:
        """Stop the new server and give its data directory the final name."""
        with explaining("stop the servers of the upgrade"):
            self._client.api.stop(self.new, timeout=server_settings.STOP_SECONDS)
        mount, data = names.mount(image.major), names.data(image.major)
        with explaining("give the new data its name"):
            self._client.containers.run(
                image.name, ["-c", f"mv -T '{self._draft}' '{data}' && sync"], entrypoint="sh", remove=True,
                volumes={self._new_volume.name: {"bind": mount, "mode": "rw"}}, labels=self._labels,
                network_disabled=True,
            )  # fmt: skip

    def remove(self) -> None:
        """Stop and remove both."""
        for name in (self.new, self.old):
            with explaining("stop the servers of the upgrade"):
                try:
                    self._client.api.stop(name, timeout=server_settings.STOP_SECONDS)
                except APIError as error:
                    if not is_missing(error):
                        raise
            containers.remove(self._client, name)

    @property
    def _labels(self) -> dict[str, str]:
        return {**self._identity.labels, names.UPGRADED_FROM: str(self._old_volume.major)}

    def _run(self, name: str, image: Image, volume: Volume, data: str, port: int, **more: Any) -> None:
        made = {"POSTGRES_USER": self._new_volume.user, "POSTGRES_PASSWORD": self._wanted.password}
        with explaining(f"start PostgreSQL {image.major} for the upgrade"):
            self._client.containers.run(
                image.name, [*server_settings.COMMAND],
                name=name, labels=self._labels, detach=True,
                environment={**made, "POSTGRES_DB": "postgres", "PGDATA": data, "PGPORT": str(port)},
                volumes={volume.name: {"bind": names.mount(image.major), "mode": "rw"}},
                shm_size=server_settings.SHARED_MEMORY, **more,
            )  # fmt: skip


def _failed(old: Volume, said: str, before: Mapping[str, int], after: Mapping[str, int]) -> ServerError:
    different = [
        f"{table}: {before.get(table, 0)} rows, then {after.get(table, 0)}"
        for table in sorted({*before, *after})
        if before.get(table) != after.get(table)
    ]
    lines = [line for line in said.splitlines() if line.strip()]
    return ServerError(
        f"The data could not be moved; {old.name} is as it was, and the half-filled new volume is gone.",
        checked=[*lines[-5:], *different[:5]],
        hint=f"Mend what it names, then again; or go on with the old: POSTGRES_IMAGE=postgres:{old.major} in .env",
    )


def _finished(client: Client, identity: Identity, volume: Volume) -> bool:
    """Does the volume of an upgrade have its final data directory? Looked up without starting anything."""
    image = next(iter(images.built(client)), None) or images.any_local(client)
    if image is None:
        return True  # nothing to look with, so nothing may be removed
    labels = {**identity.labels, names.UPGRADED_FROM: str(volume.upgraded_from)}
    binds = {volume.name: {"bind": names.mount(volume.major), "mode": "rw"}}
    with explaining(f"look into the volume {volume.name}"):
        looking = client.containers.create(image.name, ["true"], volumes=binds, labels=labels)
        try:
            looking.get_archive(f"{names.data(volume.major)}/PG_VERSION")
        except APIError as error:
            if is_missing(error):
                return False
            raise
        finally:
            looking.remove(v=True, force=True)
    return True
