import shutil
import subprocess
import sys

import pytest

from tests.fixtures.projects import Project


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="the sqlite3 program is not installed")
def test_the_client_opens_the_database_of_the_settings(project: Project) -> None:
    if project.database.engine == "postgres":
        pytest.skip("the client of a Docker server is tested with the server")
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
