"""The PostgreSQL of this checkout, in a container that the Docker SDK runs."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from dbtasks import config, envfile
from dbtasks.config import Settings
from dbtasks.errors import ServerError
from dbtasks.servers import containers, engine, names, volumes
from dbtasks.servers.containers import Container
from dbtasks.servers.engine import Client
from dbtasks.servers.job import Job
from dbtasks.servers.names import Identity
from dbtasks.servers.server_lock import turn
from dbtasks.servers.startup import Start
from dbtasks.servers.voice import Login, Rebind, Voice
from dbtasks.servers.wanted import Wanted
from dbtasks.urls import DatabaseUrl

_PASSWORD_BYTES = 16


@dataclass(frozen=True)
class Running:
    """A server that lets us in."""

    url: DatabaseUrl
    container: Container


class DockerServer:
    """The server of one checkout; the engine is asked only when a method needs it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.identity = Identity.of(settings.project.name, settings.project.root)
        self.wanted = Wanted.of(settings)

    def up(self, login: Login, voice: Voice, *, repair: bool = False, upgrade: Rebind | None = None) -> Running:
        """Start the server unless it runs; back when a login with the final credentials succeeds.

        Args:
            login: tries credentials.
            voice: how to talk meanwhile.
            repair: give the server the password of `.env` when it knows another.
            upgrade: move the data to a volume of the image's major version; binds a note to its database there.

        Raises:
            ServerError: every foreseen reason why there is no server, each with its one fix.
        """
        with self._turn("db_up", voice), self._client() as client:
            new_password = self._reread()
            voice.hide(self.wanted.password)
            job = Job(client, self.identity, self.wanted, login, voice)
            container = Start(job, set_password=repair or new_password, upgrade=upgrade).run()
            self._remember(container)
        return Running(self.wanted.url(container.port), container)

    def summary(self) -> Container | None:
        """The container as it is; None when there is none."""
        with self._client() as client:
            return containers.find(client, self.identity)

    def down(self, voice: Voice) -> bool:
        """Stop the server; its data and its container stay. False when it did not run."""
        with self._turn("db_down", voice), self._client() as client:
            container = containers.find(client, self.identity)
            if container is None or container.state not in {"running", "paused", "restarting"}:
                return False
            containers.stop(client, container)
            return True

    def volumes(self) -> list[str]:
        """The names of this checkout's volumes: the one in use first, then the newest major."""
        with self._client() as client:
            container = containers.find(client, self.identity)
            used = container.volume if container else ""
            return sorted((v.name for v in volumes.ours(client, self.identity)), key=lambda name: name != used)

    def remove_volume(self, volume: str, voice: Voice) -> None:
        """Remove a volume for good, and the container if that uses it.

        Raises:
            ServerError: it is not a volume of this checkout.
        """
        with self._turn("db_down", voice), self._client() as client:
            if volume not in {one.name for one in volumes.ours(client, self.identity)}:
                raise ServerError(
                    f"{volume} is no volume of this checkout.", hint="nox -s db_down -- --volumes   names them"
                )
            container = containers.find(client, self.identity)
            if container is not None and container.volume == volume:
                containers.remove(client, container.id)
            volumes.remove(client, volume)

    def log(self, *, tail: int | None, follow: bool) -> Iterator[str]:
        """The server's log, line by line.

        Raises:
            ServerError: there is no container.
        """
        with self._client() as client:
            container = containers.find(client, self.identity)
            if container is None:
                raise ServerError("There is no server of this checkout, so there is no log.", hint="nox -s db_up")
            yield from containers.lines(client, container.id, tail=tail, follow=follow)

    def shell(self, url: DatabaseUrl, *, interactive: bool) -> Sequence[str]:
        """The command line of a psql inside the container, where no client needs to be installed.

        Raises:
            ServerError: the server does not run.
        """
        container = self.summary()
        if container is None or not container.running:
            raise ServerError(
                "The server of this checkout does not run.",
                checked=[f"container {self.identity.container}"],
                hint="nox -s db_up",
            )
        attach = "--interactive" if not interactive else "--interactive --tty"
        return ["docker", "exec", *attach.split(), container.name, "psql", "--username", url.user, "--dbname", url.name]

    def build_image(
        self, major: int | None, extensions: tuple[str, ...], voice: Voice, *, usual: int, again: bool
    ) -> tuple[str, bool]:
        """Build a PostgreSQL image.

        Args:
            major: the version; None for the newest that this machine's package sources have.
            extensions: what to add.
            voice: how to talk meanwhile.
            usual: the version where nothing decides.
            again: build although such an image is there.

        Returns:
            The image's name, and whether it was built just now.
        """
        from dbtasks.servers import image_build

        recipe = image_build.Recipe(self._settings.project.root / "docker" / "postgres", major, extensions)
        with self._client() as client:
            there = None if again else image_build.find(client, recipe)
            return (there.name, False) if there else (image_build.build(client, recipe, usual, voice).name, True)

    def _reread(self) -> bool:
        """Read `.env` again, as another task may just have written it; make a password if there is none.

        Returns:
            Whether the password was made just now.
        """
        project = self._settings.project
        variables = {**envfile.read(project.env_file), **config.environment()}
        made = not variables.get("POSTGRES_PASSWORD")
        if made:
            variables["POSTGRES_PASSWORD"] = secrets.token_hex(_PASSWORD_BYTES)
            envfile.set_key(project.env_file, "POSTGRES_PASSWORD", variables["POSTGRES_PASSWORD"])
        self.wanted = Wanted.read(variables, project.name)
        self._known = variables
        return made

    def _remember(self, container: Container) -> None:
        """Keep the port in `.env`, and what docker/compose.yaml needs to mean the same server."""
        facts = {
            "POSTGRES_PORT": str(container.port),
            "POSTGRES_CHECKOUT": self.identity.checkout,
            "POSTGRES_MAJOR": str(container.major),
            "POSTGRES_MOUNT": names.mount(container.major),
        }
        for key, value in facts.items():
            if self._known.get(key) != value:
                envfile.set_key(self._settings.project.env_file, key, value)

    @contextmanager
    def _client(self) -> Iterator[Client]:
        with closing(engine.connect()) as client:
            yield client

    @contextmanager
    def _turn(self, task: str, voice: Voice) -> Iterator[None]:
        with turn(self.identity.container, task, self._settings.project.lock_wait, voice.tell):
            yield
