"""A short run of the state machine, which belongs to every run of the tests; the long one is a drill."""

from typing import Any

import pytest

from tests.state_machine.run import Amount, run_sequences


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_few_sequences_lose_nothing(engine: str, request: pytest.FixtureRequest, record_property: Any) -> None:
    server = request.getfixturevalue("postgres_server").connect_arguments() if engine == "postgres" else {}
    server.pop("dbname", None)
    counts = run_sequences(engine, server, Amount(seed=8, sequences=4, steps=12))

    record_property(f"executions on {engine}", counts)
