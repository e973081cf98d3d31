"""The pytest plugin, used as a project would: by a pytest of its own."""

import os
import subprocess
import sys

import pytest

from dbtasks import pytest_plugin
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


# Of the plugins on this machine only what is looked at: loading all of them costs seconds in each process.
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "xdist", "-p", "dbtasks.pytest_plugin")
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def begin(project: Project, *arguments: str) -> "subprocess.Popen[str]":
    """Start a pytest of the project's own."""
    return subprocess.Popen(
        [*PYTEST, "--rootdir", str(project.root), *arguments],
        cwd=project.root, env={**os.environ, **ALONE}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def pytest_in(project: Project, *arguments: str) -> tuple[int, str]:
    """Run a pytest of the project's own; how it ended and what it said."""
    with begin(project, *arguments) as child:
        said, _ = child.communicate()
    return child.returncode, said


@pytest.fixture
def tested(project: Project) -> Project:
    """A project with tests that use the plugin."""
    (project.root / "test_books.py").write_text(TESTS)
    return project


def test_it_is_there_wherever_dbtasks_is_installed(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.pluginmanager.get_plugin("dbtasks") is pytest_plugin


@pytest.mark.parametrize("workers", ["0", "2"])
def test_each_test_and_each_worker_has_a_database_of_its_own(tested: Project, workers: str) -> None:
    code, said = pytest_in(tested, "-n", workers)

    assert (code, "13 passed" in said) == (0, True), said


def test_nothing_is_left_behind_and_the_project_s_own_database_is_untouched(tested: Project) -> None:
    tested.type("reset")
    rows = tested.database.rows()

    assert pytest_in(tested)[0] == 0
    before = sorted(str(path) for path in tested.root.rglob("drafts/*"))

    assert before == []
    assert tested.database.rows() == rows


def test_a_history_that_fails_is_one_message(tested: Project) -> None:
    tested.revision("a4", "a3", "op.create_tabel()")

    code, said = pytest_in(tested)

    assert "The test database could not be built: The upgrade of revision a4" in said
    assert code == 1


def test_two_runs_at_once_do_not_meet(tested: Project) -> None:
    both = [begin(tested) for _ in range(2)]
    said = [child.communicate()[0] for child in both]

    assert [child.returncode for child in both] == [0, 0], said
