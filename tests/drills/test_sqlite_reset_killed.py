"""`kill -9` at random instants of the tasks that swap a SQLite database."""

import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.fixtures.projects import Project

ROUNDS = 200


def run(project: Project, *command: str, kill_after: float | None = None) -> int:
    child = subprocess.Popen(
        [sys.executable, "-m", "dbtasks", *command],
        cwd=project.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if kill_after is not None:
        time.sleep(kill_after)
        child.kill()
    return child.wait()


def titles(project: Project) -> set[str]:
    with closing(sqlite3.connect(project.settings.url.path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("a3",)]
        return {row[0] for row in connection.execute("SELECT title FROM book")}


@pytest.mark.drill
@pytest.mark.timeout(900)
@pytest.mark.parametrize("command", ["reset", "undo"])
def test_the_database_is_the_old_or_the_new_whole(example: Callable[..., Project], command: str) -> None:
    project = example("linear")
    assert run(project, "reset") == 0
    assert run(project, "reset") == 0
    started = time.monotonic()
    assert run(project, command) == 0
    whole = time.monotonic() - started
    chance = random.Random(20261123)
    old_ones = 0
    for _ in range(ROUNDS if command == "reset" else ROUNDS // 2):
        with closing(sqlite3.connect(project.settings.url.path)) as connection:
            connection.execute("INSERT OR IGNORE INTO book (id, title) VALUES (99, 'mine')")
            connection.commit()

        run(project, command, kill_after=chance.uniform(0, whole * 1.1))

        found = titles(project)
        assert found in ({"Emma", "mine"}, {"Emma"})
        old_ones += "mine" in found

    assert run(project, command) == 0
    assert project.database.tidy() == 0
    assert len(project.database.kept("undo")) <= 3
    assert old_ones > 0  # otherwise nothing was ever killed in time
