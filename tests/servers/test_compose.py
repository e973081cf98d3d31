"""docker/compose.yaml means the same server as db_up: compared key by key with a container that db_up made."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # its stubs are not worth a dependency for one test

from dbtasks import envfile
from tests.fixtures.checkouts import Checkout

FILE = Path(__file__).parent.parent.parent / "docker" / "compose.yaml"
UNITS = {"256mb": 256 * 1024**2, "10s": 10 * 10**9, "5s": 5 * 10**9, "30s": 30 * 10**9}


def interpolated(checkout: Checkout) -> Any:
    variables = envfile.read(checkout.env)
    text = FILE.read_text().replace("vibe4vets", "linear")
    return yaml.safe_load(re.sub(r"\$\{(\w+)(:\?[^}]*)?\}", lambda match: variables[match[1]], text))


@pytest.fixture
def pair(checkout: Checkout) -> tuple[Any, Any, Any, Checkout]:
    """The compose file with `.env` filled in, and the container and volume as the engine describes them."""
    checkout.set(POSTGRES_IMAGE="postgres:17", POSTGRES_USER="linear", POSTGRES_DB="linear")
    checkout.up()
    return interpolated(checkout), checkout.container.attrs, checkout.client.volumes.get(checkout.volume), checkout


def test_compose_and_db_up_mean_the_same_server(pair: tuple[Any, Any, Any, Checkout]) -> None:
    file, made, volume, checkout = pair
    service, config, host = file["services"]["postgres"], made["Config"], made["HostConfig"]
    labels = {key: str(value) for key, value in service["labels"].items()}
    environment = dict(line.split("=", 1) for line in config["Env"])
    bound = host["PortBindings"]["5432/tcp"][0]
    check = service["healthcheck"]

    assert service["container_name"] == checkout.name
    assert file["name"] == config["Labels"]["com.docker.compose.project"]
    assert service["command"] == config["Cmd"]
    assert {key: environment[key] for key in service["environment"]} == service["environment"]
    assert labels.items() <= config["Labels"].items()
    assert service["ports"] == [f"{bound['HostIp']}:{bound['HostPort']}:5432"]
    assert service["volumes"] == [f"data:{made['Mounts'][0]['Destination']}"]
    assert file["volumes"]["data"]["name"] == volume.name
    assert {k: str(v) for k, v in file["volumes"]["data"]["labels"].items()}.items() <= volume.attrs["Labels"].items()
    assert UNITS[service["shm_size"]] == host["ShmSize"]
    assert (check["test"], check["retries"]) == (config["Healthcheck"]["Test"], config["Healthcheck"]["Retries"])
    for ours, theirs in (("interval", "Interval"), ("timeout", "Timeout"), ("start_period", "StartPeriod")):
        assert UNITS[check[ours]] == config["Healthcheck"][theirs]
