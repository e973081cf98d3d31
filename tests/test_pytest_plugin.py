"""The pytest plugin, used as a project would: by a pytest of its own."""

import re
import subprocess
import sys

import pytest

from tests.fixtures.projects import Project

TESTS = """
import time
import pytest
from sqlalchemy import create_engine, text

SEEN = []

@pytest.mark.parametrize("number", range(12))
def test_each_has_its_own(dbtasks_url, number):
    engine = create_engine(dbtasks_url)
    with engine.begin() as connection:
        rows = connection.execute(text("SELECT title FROM book")).fetchall()
        connection.execute(text("INSERT INTO book (title) VALUES ('mine')"))
    engine.dispose()
    assert rows == [("Emma",)]
    assert dbtasks_url not in SEEN
    SEEN.append(dbtasks_url)

def test_the_environment_names_it(dbtasks_url):
    import os
    assert os.environ["DATABASE_URL"] == dbtasks_url
"""


def pytest_in(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(project.root),
        *arguments,
    ]
    return subprocess.run(command, cwd=project.root, capture_output=True, text=True, check=False)


@pytest.fixture
def tested(project: Project) -> Project:
    """A project with tests that use the plugin."""
    (project.root / "test_books.py").write_text(TESTS)
    return project


@pytest.mark.parametrize("workers", ["0", "2"])
def test_each_test_and_each_worker_has_a_database_of_its_own(tested: Project, workers: str) -> None:
    said = pytest_in(tested, "-n", workers)

    assert re.search(r"13 passed", said.stdout), said.stdout + said.stderr


def test_nothing_is_left_behind_and_the_project_s_own_database_is_untouched(tested: Project) -> None:
    tested.type("reset")
    rows = tested.database.rows()

    assert pytest_in(tested).returncode == 0
    before = sorted(str(path) for path in tested.root.rglob("drafts/*"))

    assert before == []
    assert tested.database.rows() == rows


def test_a_history_that_fails_is_one_message(tested: Project) -> None:
    tested.revision("a4", "a3", "op.create_tabel()")

    said = pytest_in(tested)

    assert "The test database could not be built: The upgrade of revision a4" in said.stdout
    assert said.returncode == 1


def test_two_runs_at_once_do_not_meet(tested: Project) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tested.root)]
    both = [
        subprocess.Popen(command, cwd=tested.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    said = [child.communicate()[0] for child in both]

    assert [child.returncode for child in both] == [0, 0], said
