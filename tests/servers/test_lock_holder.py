"""The container behind a connection is found by a lock that only its server can see."""

from collections.abc import Callable
from contextlib import closing

import pytest

from dbtasks.config import Settings
from dbtasks.databases.engines import open_database
from dbtasks.servers import lock_holder
from tests.fixtures.checkouts import Checkout
from tests.fixtures.postgres import LABEL, RUN
from tests.fixtures.projects import Project
from tests.fixtures.ways import WAYS, Ways


@pytest.fixture
def settings(example: Callable[..., Project]) -> Settings:
    return example("linear").settings


def container_name(run: str) -> str:
    from dbtasks.servers import engine

    with closing(engine.connect()) as client:
        (container,) = client.containers.list(filters={"label": f"{LABEL}={run}"})
        return str(container.name)


@pytest.mark.parametrize("way", WAYS)
def test_the_checkouts_own_container_is_known_whatever_the_way(settings: Settings, ways: Ways, way: str) -> None:
    with open_database(ways.urls[way]).aim() as aim:
        found = lock_holder.find_ownership(ways.owning(settings), aim.key)

    assert found.ours, found.words


def test_a_key_that_nobody_holds_proves_nothing(settings: Settings, ways: Ways) -> None:
    with open_database(ways.urls["loopback port"]).aim() as aim:
        found = lock_holder.find_ownership(ways.owning(settings), aim.key + 1)

    assert (found.ours, found.words.startswith("not in container ")) == (False, True)


def test_programs_run_only_in_the_container_that_the_connection_reaches(  # G1
    request: pytest.FixtureRequest, ways: Ways
) -> None:
    port = ways.urls["loopback port"].port or 0

    with open_database(ways.urls["loopback port"]).aim() as aim:
        assert lock_holder.find_container(port, aim.key) == container_name(request.config.stash[RUN])
        assert lock_holder.find_container(port, aim.key + 1) == ""
        assert lock_holder.find_container(port + 1, aim.key) == ""


def test_a_stopped_server_is_not_the_one_that_answers(checkout: Checkout, ways: Ways) -> None:
    checkout.up()
    assert checkout.type("down").code == 0

    with open_database(ways.urls["loopback port"]).aim() as aim:
        found = lock_holder.find_ownership(checkout.project.settings, aim.key)

    assert (found.ours, found.words) == (False, f"not in container {checkout.name} of this checkout, which is down")
