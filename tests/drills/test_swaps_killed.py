"""`kill -9` at random instants of the tasks that swap a database, on both engines."""

import random
import subprocess
import sys
import time

import pytest
from sqlalchemy import create_engine, text

from tests.fixtures.projects import Project, execute

MINE = "INSERT INTO book (id, title) SELECT 99, 'mine' WHERE NOT EXISTS (SELECT 1 FROM book WHERE id = 99)"
ROUNDS = {"reset": 200, "undo": 100, "restore": 100, "snapshot": 100}
TASKS = [("reset",), ("undo",), ("restore", "one"), ("snapshot", "one", "--replace")]


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
    """What is in the database, which has to be whole and at head."""
    engine = create_engine(project.settings.url.render())
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == ["a3"]
        found = set(connection.execute(text("SELECT title FROM book")).scalars())
    engine.dispose()
    return found


@pytest.mark.drill
@pytest.mark.timeout(900)
@pytest.mark.parametrize("command", TASKS, ids=lambda words: str(words[0]))
def test_the_database_is_the_old_or_the_new_whole(project: Project, command: tuple[str, ...]) -> None:
    for words in (("reset",), ("reset",), ("snapshot", "one"), ("reset",), command):
        assert run(project, *words) == 0
    assert run(project, "reset") == 0
    started = time.monotonic()
    assert run(project, *command) == 0
    whole = time.monotonic() - started
    chance = random.Random(20261123)
    old_ones = 0
    for _ in range(ROUNDS[command[0]]):
        if command == ("undo",):  # which may have nothing left to bring back
            assert run(project, "reset") == 0
        execute(project, MINE)

        run(project, *command, kill_after=chance.uniform(0, whole * 1.1))

        found = titles(project)
        assert found in ({"Emma", "mine"}, {"Emma"})
        old_ones += "mine" in found

    assert run(project, "reset") == 0
    assert run(project, *command) == 0
    assert project.database.tidy() == 0
    assert len(project.database.kept("undo")) <= 10
    assert len(project.database.kept("snapshot")) == 1
    assert old_ones > 0  # otherwise nothing was ever killed in time
