"""Run sequences with a seed; a failure brings the seed and a script that repeats the sequence."""

import re
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.state_machine.machine import machine_for


@dataclass(frozen=True)
class Amount:
    """How much is run.

    Args:
        seed: the same one makes the same sequences, but for the instants at which tasks are stopped.
        sequences: how many.
        steps: at most, in each.
    """

    seed: int
    sequences: int
    steps: int


def run_sequences(engine: str, server: Mapping[str, Any], amount: Amount, *, own_server: bool = False) -> Counter[str]:
    """Run random sequences.

    Args:
        engine: sqlite or postgres.
        server: host, port, user and password of PostgreSQL.
        amount: how many.
        own_server: may the server be crashed?

    Returns:
        Executions by rule.

    Raises:
        AssertionError: something that has to hold does not.
    """
    counts: Counter[str] = Counter(sequences=amount.sequences)
    machine = machine_for(engine, server, counts, own_server=own_server)
    chosen = settings(
        max_examples=amount.sequences,
        stateful_step_count=amount.steps,
        phases=(Phase.generate,),  # instants differ from run to run: shrinking would only repeat kills
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    run_state_machine_as_test(seed(amount.seed)(machine), settings=chosen)
    if machine.failure is not None:
        script = write_script(machine.script, server)
        machine.failure.add_note(f"seed {amount.seed} on {engine}; a script that repeats the sequence: {script}")
        raise machine.failure
    return counts


def write_script(lines: Sequence[str], server: Mapping[str, Any]) -> Path:
    """Write the script of the sequence that failed, for a server and a folder of its own."""
    text = "\n".join(lines) + "\n"
    for folder in set(re.findall(rf"{re.escape(tempfile.gettempdir())}/dbtasks-machine-\w+/shop", text)):
        text = text.replace(folder, "$root")
    if server:
        for host in {"127.0.0.1", "localhost", server["host"]}:
            text = text.replace(f"{server['user']}:{server['password']}@{host}:{server['port']}", "$login")
    with tempfile.NamedTemporaryFile("w", prefix="state-machine-", suffix=".sh", delete=False) as file:
        file.write(text)
    return Path(file.name)
