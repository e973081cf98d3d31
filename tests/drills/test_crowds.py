"""Many of the same task at once, on both engines."""

import subprocess
import sys

import pytest

from tests.fixtures.projects import Project

pytestmark = pytest.mark.drill


@pytest.mark.parametrize("command", ["reset", "setup", "snapshot"])
def test_ten_at_once_take_turns_and_all_succeed(project: Project, command: str) -> None:
    project.type("reset")
    words = [[command, f"number {number}"] if command == "snapshot" else [command] for number in range(10)]
    crowd = [
        subprocess.Popen(
            [sys.executable, "-m", "dbtasks", *one],
            cwd=project.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for one in words
    ]
    said = [child.communicate()[0] for child in crowd]

    assert [child.returncode for child in crowd] == [0] * 10, said
    assert project.database.rows() == {"book": 1}
    assert project.database.tidy() == 0
    assert len(project.database.kept("snapshot")) == (10 if command == "snapshot" else 0)
