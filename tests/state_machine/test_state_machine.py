"""A short run of the state machine, which belongs to every run of the tests; the long one is a drill."""

import ast
from pathlib import Path
from typing import Any

import pytest

from dbtasks.cli import COMMANDS
from tests.state_machine.events import LOOKS
from tests.state_machine.executions import PROPERTY
from tests.state_machine.features import NOT_BUILT
from tests.state_machine.machine import Machine
from tests.state_machine.run import Amount, run_sequences

RULES = {
    "setup": "setup",
    "create": "create",
    "drop": "drop",
    "reset": "reset",
    "replay": "replay",
    "switch": "switch",
    "undo": "undo",
    "snapshot": "snapshot",
    "snapshots": "snapshots",
    "restore": "restore",
    "prune": "prune",
    "seed": "seed",
    "label": "label",
    "migrate": "migrate",
    "downgrade": "downgrade",
    "revision": "revision",
    "merge": "merge",
    "stamp": "stamp",
}
WITHOUT_A_RULE = {  # these change no database
    "up": "starts the checkout's own server; tests/servers and the drills of the server do",
    "down": "stops it",
    "logs": "shows its log",
    "image": "builds an image",
}


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_few_sequences_lose_nothing(engine: str, request: pytest.FixtureRequest, record_property: Any) -> None:
    server = dict(request.getfixturevalue("postgres_server").connect_arguments()) if engine == "postgres" else {}
    server.pop("dbname", None)

    counts = run_sequences(engine, server, Amount(seed=8, sequences=2, steps=10))

    record_property(PROPERTY, {"engine": engine, "counts": dict(counts)})


def test_every_command_of_the_menu_has_a_rule_or_is_run_as_a_look() -> None:
    looks = {words[0] for words in LOOKS} - set(RULES)

    assert set(COMMANDS) == set(RULES) | looks | set(WITHOUT_A_RULE)
    assert all(hasattr(Machine, rule) for rule in RULES.values())


def test_the_machine_reads_contents_with_no_code_of_dbtasks() -> None:
    folder = Path(__file__).parent
    readers = [path for path in folder.glob("*.py") if not path.name.startswith("test_")]
    trees = [ast.parse(path.read_text()) for path in readers]
    imported = {
        name
        for tree in trees
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert [name for name in imported if name.split(".")[0] == "dbtasks"] == []


@pytest.mark.xfail(bool(NOT_BUILT), reason=f"waits for: {NOT_BUILT}", strict=True)
def test_nothing_that_the_machine_expects_is_switched_off() -> None:
    assert NOT_BUILT == {}
