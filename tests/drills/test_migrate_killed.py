"""kill -9 at random instants of an upgrade: version and schema always agree, and the next migrate finishes."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dbtasks import config
from dbtasks.databases.engines import open_changing
from dbtasks.pyproject import load_project
from tests.fixtures.histories import expected_rows, generate

ROUNDS = 100
LENGTH = 30


@pytest.mark.drill
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_version_and_schema_always_agree(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    url = "sqlite:///books.db" if engine == "sqlite" else request.getfixturevalue("postgres_url")
    monkeypatch.setenv("DATABASE_URL", url)
    root = generate(tmp_path / "project", LENGTH)
    settings = config.load(load_project(root))
    database = open_changing(settings.url)
    start = typed(root)
    idle, whole = timed(start, "heads"), timed(start, "migrate")  # how long it takes to load the history, and all
    chance = random.Random(20261123)
    reached: list[int] = []
    for _ in range(ROUNDS):
        assert start("downgrade", "base").wait() == 0
        child = start("migrate")
        time.sleep(chance.uniform(idle * 0.8, whole * 1.05))
        child.kill()
        child.wait()

        found = database.current()
        assert len(found) <= 1
        assert database.rows() == (expected_rows(found[0]) if found else {})
        reached.append(int(found[0].removeprefix("r")) if found else 0)

    assert start("migrate").wait() == 0
    assert database.current() == (f"r{LENGTH:04}",)
    assert database.rows() == expected_rows(f"r{LENGTH:04}")
    assert len({number for number in reached if 0 < number < LENGTH}) > 5  # else it was hardly ever killed midway


def typed(root: Path) -> Callable[..., "subprocess.Popen[bytes]"]:
    def start(*command: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "dbtasks", *command],
            cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    return start


def timed(start: Callable[..., "subprocess.Popen[bytes]"], *command: str) -> float:
    started = time.monotonic()
    assert start(*command).wait() == 0
    return time.monotonic() - started
