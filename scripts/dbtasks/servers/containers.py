"""The container: found by label, described from one inspection, made, started, stopped, asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from docker.errors import APIError

from dbtasks.errors import ServerError
from dbtasks.servers import names, server_settings
from dbtasks.servers.engine import Client, explaining, is_conflict, is_missing
from dbtasks.servers.images import Image
from dbtasks.servers.job import Job
from dbtasks.servers.names import Identity
from dbtasks.servers.wanted import HOST, Wanted

_INSIDE = "5432/tcp"
_COMPOSE = {
    "com.docker.compose.service": "postgres",
    "com.docker.compose.container-number": "1",
    "com.docker.compose.oneoff": "False",
}
_SECOND = 1_000_000_000  # Docker counts a health check's times in nanoseconds


@dataclass(frozen=True)
class Container:
    """What one inspection says."""

    id: str
    name: str
    state: str  # created, running, paused, restarting, exited, dead
    exit_code: int
    image: str
    labels: Mapping[str, str] = field(repr=False)
    port: int | None
    volume: str

    @property
    def running(self) -> bool:
        """Is the server's process there?"""
        return self.state == "running"

    @property
    def major(self) -> int:
        """The PostgreSQL in it."""
        return int(self.labels.get(names.MAJOR) or 0)

    @property
    def asked(self) -> str:
        """POSTGRES_IMAGE as it was when the container was made."""
        return self.labels.get(names.ASKED, "")


def find(client: Client, identity: Identity) -> Container | None:
    """The container of this checkout, by its name or, should somebody have renamed it, by its labels.

    Raises:
        ServerError: the name belongs to a container that is not ours.
    """
    found = inspect(client, identity.container)
    if found is not None:
        if not identity.owns(found.labels):
            raise ServerError(
                f"A container named {identity.container} is there that dbtasks did not make; it stays untouched.",
                hint=f"Look into it; then: docker rename {identity.container} SOMETHING-ELSE",
            )
        return found
    with explaining("list containers"):
        others = client.api.containers(all=True, filters=identity.filters)
    return next((one for other in others if (one := inspect(client, other["Id"])) and not is_helper(one)), None)


def is_helper(container: Container) -> bool:
    """Is this one of the containers that move data to another version?"""
    return names.UPGRADED_FROM in container.labels


def inspect(client: Client, name: str) -> Container | None:
    """A container by its exact name or id; None when there is none."""
    with explaining(f"look at the container {name}"):
        try:
            return _read(client.api.inspect_container(name))
        except APIError as error:
            if is_missing(error):
                return None
            raise


def create(job: Job, image: Image, *, volume: str, port: int) -> str:
    """Make the container, not started yet; its id.

    Raises:
        ServerError: the name was taken in this very moment, or the engine will not.
    """
    identity = job.identity
    with explaining(f"create the container {identity.container}"):
        try:
            made = job.client.containers.create(
                image.name,
                [*server_settings.COMMAND],
                name=identity.container,
                labels={
                    **identity.labels,
                    **identity.compose,
                    **_COMPOSE,
                    names.MAJOR: str(image.major),
                    names.ASKED: image.asked,
                    names.PORT: str(port),
                },
                environment={**environment(job.wanted), "PGDATA": names.data(image.major)},
                volumes={volume: {"bind": names.mount(image.major), "mode": "rw"}},
                ports={_INSIDE: (HOST, port)},
                shm_size=server_settings.SHARED_MEMORY,
                healthcheck=health_check(job.wanted),
            )
        except APIError as error:
            if is_conflict(error):
                raise ServerError(
                    f"Another program has just made a container named {identity.container}.", hint="nox -s db_up"
                ) from error
            raise
    return str(made.id)


def environment(wanted: Wanted) -> dict[str, str]:
    """What the image's entrypoint makes a new data directory from."""
    return {
        "POSTGRES_USER": wanted.user,
        "POSTGRES_PASSWORD": wanted.password,
        "POSTGRES_DB": wanted.database,
    }


def health_check(wanted: Wanted) -> dict[str, Any]:
    """Over TCP: on the socket, the private server of the first start already says it is ready."""
    return {
        "test": ["CMD", "pg_isready", "-q", "-h", HOST, "-U", wanted.user, "-d", wanted.database],
        "interval": 10 * _SECOND,
        "timeout": 5 * _SECOND,
        "retries": 5,
        "start_period": 30 * _SECOND,
    }


def stop(client: Client, container: Container) -> None:
    """Stop the server and give it time to write everything down."""
    with explaining(f"stop the container {container.name}"):
        if container.state == "paused":
            client.api.unpause(container.id)
        client.api.stop(container.id, timeout=server_settings.STOP_SECONDS)


def remove(client: Client, name: str) -> None:
    """Remove a container and the anonymous volumes it made; named volumes stay."""
    with explaining(f"remove the container {name}"):
        try:
            client.api.remove_container(name, v=True, force=True)
        except APIError as error:
            if not (is_missing(error) or is_conflict(error)):  # a conflict: it is being removed already
                raise


def last_lines(client: Client, name: str) -> list[str]:
    """What the server said last."""
    with explaining("read the server's log"):
        text = client.api.logs(name, tail=8).decode(errors="replace")
    return [line for line in text.splitlines() if line.strip()]


def lines(client: Client, name: str, *, tail: int | None, follow: bool) -> Iterator[str]:
    """The server's log, line by line."""
    with explaining("read the server's log"):
        rest = b""
        for part in client.api.logs(name, stream=True, follow=follow, tail="all" if tail is None else tail):
            *whole, rest = (rest + part).split(b"\n")
            yield from (line.decode(errors="replace") for line in whole)
        if rest:
            yield rest.decode(errors="replace")


@dataclass(frozen=True)
class Answer:
    """How a program in the container ended, and what it said."""

    code: int
    out: str
    err: str


def execute(client: Client, name: str, command: Sequence[str], secrets: Mapping[str, str] | None = None) -> Answer:
    """Run a program in the container.

    Args:
        client: the engine.
        name: the container's name or id.
        command: the program and its arguments, which every user of the machine can read.
        secrets: what must not be among them, given by environment.
    """
    with explaining(f"run {command[0]} in the container"):
        made = client.api.exec_create(name, list(command), environment=dict(secrets or {}))
        out, err = client.api.exec_start(made["Id"], demux=True)
        code = client.api.exec_inspect(made["Id"])["ExitCode"]
    said = [(part or b"").decode(errors="replace") for part in (out, err)]
    return Answer(int(code if code is not None else -1), *said)


def _read(facts: Mapping[str, Any]) -> Container:
    bindings = (facts["HostConfig"].get("PortBindings") or {}).get(_INSIDE) or [{}]
    port = bindings[0].get("HostPort") or "0"
    volumes = [mount["Name"] for mount in facts["Mounts"] if mount["Type"] == "volume"]
    labels = facts["Config"].get("Labels") or {}
    major = int(labels.get(names.MAJOR) or 0)
    named = [m["Name"] for m in facts["Mounts"] if m["Type"] == "volume" and m["Destination"] == names.mount(major)]
    return Container(
        id=facts["Id"],
        name=facts["Name"].lstrip("/"),
        state=facts["State"]["Status"],
        exit_code=facts["State"]["ExitCode"],
        image=facts["Config"]["Image"],
        labels=labels,
        port=int(port) or None,
        volume=(named or volumes or [""])[0],
    )
