"""Tasks on one server take turns."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest

from dbtasks.errors import ServerError
from dbtasks.servers.server_lock import file_of, turn

HOLD = """
import sys
from dbtasks.servers.server_lock import turn
with turn(sys.argv[1], "db_up", 1, print):
    print("in", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def name() -> Iterator[str]:
    name = f"test-{uuid.uuid4().hex}"
    yield name
    file_of(name).unlink()


def holder(name: str) -> "subprocess.Popen[str]":
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "in\n"
    return child


def test_whoever_waits_is_told_who_holds_and_gives_up_in_time(name: str) -> None:
    told: list[str] = []
    with holder(name) as child:
        with pytest.raises(ServerError) as caught, turn(name, "db_down", 0.2, told.append):
            pass
        child.communicate()

    assert told == [f"Waiting for db_up (process {child.pid})"]
    assert str(child.pid) in caught.value.message


def test_a_holder_that_is_killed_lets_go(name: str) -> None:
    with holder(name) as child:
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
    told: list[str] = []
    with turn(name, "db_up", 0, told.append):
        pass

    assert told == []
