"""Tasks on one server take turns."""

import os
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

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
    file_of(name).unlink(missing_ok=True)


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


IN_THE_WAY: dict[str, Callable[[Path, Path], object]] = {
    "symbolic link": Path.symlink_to,
    "symbolic link to nothing": lambda place, target: place.symlink_to(target.with_name("nothing")),
    "second name of a file": Path.hardlink_to,
    "named pipe": lambda place, _: os.mkfifo(place),
    "file of somebody else": lambda place, _: os.chown(_made(place), 12345, -1),
}


def _made(place: Path) -> Path:
    place.write_text("theirs")
    return place


@pytest.mark.parametrize("what", IN_THE_WAY)
def test_what_is_in_the_way_of_the_lock_is_named_and_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    if what == "file of somebody else" and os.getuid():
        pytest.skip("only root can give a file to somebody else")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    place, mine = file_of("server"), tmp_path / "mine.txt"
    mine.write_text("mine")
    IN_THE_WAY[what](place, mine)

    with pytest.raises(ServerError) as refused, turn("server", "db_up", 0, print):
        pass

    assert (str(place) in refused.value.message, f"mv {place}" in refused.value.hint) == (True, True)
    assert set(tmp_path.iterdir()) == {place, mine}
    assert mine.read_text() == "mine"
    assert what != "file of somebody else" or place.read_text() == "theirs"
