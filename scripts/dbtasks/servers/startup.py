"""From whatever is there to a server that lets us in.

The order keeps a kill at any instant harmless: the password is in `.env` before a volume knows it,
the volume is there before a container uses it, and what a killed start left behind is found by its
labels, and finished or made again by the next one.
"""

from collections.abc import Sequence

from docker.errors import APIError

from dbtasks.errors import ServerError
from dbtasks.servers import containers, images, ports, readiness, volume_upgrade, volumes
from dbtasks.servers.containers import Container
from dbtasks.servers.doctor import Doctor
from dbtasks.servers.engine import explaining
from dbtasks.servers.images import Image
from dbtasks.servers.job import Job
from dbtasks.servers.readiness import ExitedError
from dbtasks.servers.voice import Rebind
from dbtasks.servers.volumes import Volume

_ATTEMPTS = 5


class Start:
    """One start of one checkout's server."""

    def __init__(self, job: Job, *, set_password: bool, upgrade: Rebind | None) -> None:
        self._job = job
        self._client = job.client
        self._identity = job.identity
        self._wanted = job.wanted
        self._voice = job.voice
        self._set_password = set_password
        self._upgrade = upgrade

    def run(self) -> Container:
        """Start the server unless it runs; the container, with a server that lets us in.

        Raises:
            ServerError: every foreseen reason why that cannot be, each with its one fix.
        """
        container = containers.find(self._client, self._identity)
        if container and container.running and self._fits(container) and self._upgrade is None:
            self._let_in(container)
            return container
        volume_upgrade.tidy(self._client, self._identity, self._voice.tell)
        there = volumes.ours(self._client, self._identity)
        image = images.ensure(
            self._client, self._wanted.image, self._voice.progress, self._voice.tell, [one.major for one in there]
        )
        volume = self._volume(image, there, container)
        started = self._listening(self._reusable(container, image, volume), image, volume)
        try:
            self._let_in(started)
        except ExitedError:
            containers.remove(self._client, started.id)
            if not there:  # nothing was ever in it, and a half-made data directory helps nobody
                volumes.remove(self._client, volume.name)
            raise
        return started

    def _fits(self, container: Container) -> bool:
        """Is the container what the configuration asks for?"""
        return container.asked == self._wanted.image and self._wanted.port in {None, container.port}

    def _volume(self, image: Image, there: Sequence[Volume], container: Container | None) -> Volume:
        """The volume of the image's major version.

        Raises:
            ServerError: the data is in another one.
        """
        newest = there[0] if there else None
        if newest is None or any(one.major == image.major for one in there):
            return volumes.create(self._client, self._identity, image.major, self._wanted.user)
        if image.major < newest.major or self._upgrade is None:
            raise other_major(image, newest)
        if container is not None and container.running:
            containers.stop(self._client, container)
        return volume_upgrade.upgrade(self._job, image, newest, self._upgrade)

    def _reusable(self, container: Container | None, image: Image, volume: Volume) -> Container | None:
        """The stopped container if it is still right; any other one is removed, its volume stays."""
        if container is None:
            return None
        fits = self._fits(container) and container.major == image.major and container.volume == volume.name
        if fits and container.state == "exited":
            return container
        if not fits:
            self._voice.tell(f"The configuration has changed: {container.name} is made anew, its volume stays")
        if container.running or container.state == "paused":
            containers.stop(self._client, container)
        containers.remove(self._client, container.id)
        return None

    def _listening(self, container: Container | None, image: Image, volume: Volume) -> Container:
        """Start on the port that was chosen once; on another if somebody has it by now."""
        taken: set[int] = set()
        port = (container.port if container else None) or self._wanted.port or ports.choose(taken)
        for _ in range(_ATTEMPTS):
            name = container.id if container else containers.create(self._job, image, volume=volume.name, port=port)
            try:
                if self._starts(name, port):
                    return self._found(name)
            except ServerError:
                containers.remove(self._client, name)
                raise
            containers.remove(self._client, name)
            container = None
            taken.add(port)
            holder, other = ports.holder(self._client, port), ports.choose(taken)
            self._voice.tell(f"Port {port} is taken by {holder}; taking {other} instead")
            port = other
        raise ServerError(
            f"No port could be had in {_ATTEMPTS} attempts.",
            checked=[f"port {one}" for one in sorted(taken)],
            hint="Set POSTGRES_PORT in .env to a free one, then: nox -s db_up",
        )

    def _starts(self, name: str, port: int) -> bool:
        """Start a container; False when somebody else has its port."""
        with explaining("start the container"):
            try:
                self._client.api.start(name)
            except APIError:
                if ports.free(port):
                    raise
                return False
        return True

    def _found(self, name: str) -> Container:
        found = containers.inspect(self._client, name)
        if found is None:
            raise ServerError("The container was removed as soon as it was started.", hint="nox -s db_up")
        return found

    def _let_in(self, container: Container) -> None:
        """Wait for the login; where it is refused, find out why and mend that."""
        port = container.port or ports.USUAL
        if readiness.wait(self._client, container.id, self._wanted.url(port), self._job.login):
            return
        known = {volume.name: volume for volume in volumes.ours(self._client, self._identity)}
        volume = known.get(container.volume) or Volume(container.volume, container.major, self._wanted.user)
        Doctor(self._job, container, volume).mend(set_password=self._set_password)


def other_major(image: Image, volume: Volume) -> ServerError:
    """The data is in a volume of another version than the image's."""
    back = f"POSTGRES_IMAGE=postgres:{volume.major} in .env goes back to the version of the data"
    if image.major > volume.major:
        hint = "nox -s db_up -- --upgrade-volume   moves the data to a new volume, keeping the old one"
    else:
        hint = f"{back}; an older server cannot read newer data"
    return ServerError(
        f"The data of this checkout is PostgreSQL {volume.major}, and {image.name} is PostgreSQL {image.major}.",
        checked=[f"volume {volume.name}: PostgreSQL {volume.major}; untouched", back],
        hint=hint,
    )
