import shutil
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.fixtures.projects import Project


@pytest.mark.skipif(
    not shutil.which("sqlite3") and sys.version_info < (3, 12), reason="there is no client for SQLite on this machine"
)
def test_the_client_opens_the_database_of_the_settings(example: Callable[..., Project]) -> None:
    project = example("linear")
    project.type("reset")

    done = subprocess.run(
        [sys.executable, "-m", "dbtasks", "shell", "SELECT title FROM book"],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "Emma\n")


def test_a_missing_client_is_explained(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    said = project.type("shell")

    assert (said.code, "was not found" in said.err) == (1, True)
