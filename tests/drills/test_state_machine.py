"""Five hundred random sequences of every task, on both engines; the executions by rule are printed at the end."""

import os
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.fixtures import postgres
from tests.state_machine.executions import PROPERTY, WHOLE
from tests.state_machine.run import Amount, run_sequences

CHUNK = 10
CHUNKS = WHOLE // CHUNK // 2  # of each engine


@pytest.fixture(scope="module")
def own_server() -> Iterator[dict[str, Any]]:
    """A throwaway server that nobody else uses, so that it may be crashed."""
    from dbtasks.errors import ServerError
    from dbtasks.servers import engine

    try:
        port = postgres.start_server(str(os.getpid()))
    except ServerError as error:
        postgres.unavailable(f"{error.message} {' '.join(error.checked)}")
    yield {"host": "127.0.0.1", "port": port, "user": "postgres", "password": postgres.PASSWORD}
    with closing(engine.connect()) as client:
        for container in client.containers.list(filters={"label": f"{postgres.LABEL}={os.getpid()}"}):
            container.reload()
            if [str(port)] == [binding["HostPort"] for binding in container.ports.get("5432/tcp") or []]:
                container.remove(force=True, v=True)


@pytest.mark.drill
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("chunk", [0, *(pytest.param(chunk, marks=pytest.mark.whole) for chunk in range(1, CHUNKS))])
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_random_sequences_lose_nothing(
    engine: str, chunk: int, request: pytest.FixtureRequest, record_property: Any
) -> None:
    server = request.getfixturevalue("own_server") if engine == "postgres" else {}

    counts = run_sequences(engine, server, Amount(100 + chunk, CHUNK, 16), own_server=engine == "postgres")

    record_property(PROPERTY, {"engine": engine, "counts": dict(counts)})
