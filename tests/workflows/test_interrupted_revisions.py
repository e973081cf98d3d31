"""Facts D5 and D6: revisions that commit on the way, and fail or are killed inside."""

import os
import subprocess
import sys
from typing import Any

import pytest

from tests.fixtures.contents import holds
from tests.fixtures.projects import Project, execute

AUTOCOMMIT = """with op.get_context().autocommit_block():
        op.execute("INSERT INTO book (id, title) VALUES (50, 'half')")
    import os
    if os.environ.get("STOP") == "kill":
        os.kill(os.getpid(), 9)
    if os.environ.get("STOP") == "raise":
        raise RuntimeError("enough")"""


def state(project: Project) -> list[Any]:
    return holds(project.settings.url.render())


def run(project: Project, *words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "dbtasks", *words],
        cwd=project.root, env={**os.environ, **variables}, text=True, capture_output=True, check=False,
    )  # fmt: skip


@pytest.fixture
def migrated(project: Project) -> Project:
    assert project.type("migrate").code == 0
    execute(project, "UPDATE book SET pages = 777, title = 'mine'")
    return project


def test_a_revision_that_fails_after_it_committed_something_can_be_undone(
    migrated: Project, monkeypatch: pytest.MonkeyPatch
) -> None:  # D5
    before = state(migrated)
    migrated.revision("a4", "a3", AUTOCOMMIT)
    monkeypatch.setenv("STOP", "raise")

    said = migrated.type("migrate")

    assert (said.code, migrated.database.current()) == (1, ("a3",))
    assert state(migrated) != before
    assert (migrated.type("undo").code, state(migrated)) == (0, before)


def test_a_downgrade_that_fails_after_it_committed_something_can_be_undone(
    migrated: Project, monkeypatch: pytest.MonkeyPatch
) -> None:  # D5
    migrated.revision("a4", "a3", "pass", AUTOCOMMIT)
    assert migrated.type("migrate").code == 0
    before = state(migrated)
    monkeypatch.setenv("STOP", "raise")

    assert migrated.type("downgrade", "-1").code == 1

    assert state(migrated) != before
    assert (migrated.type("undo").code, state(migrated)) == (0, before)


def test_a_revision_that_was_rolled_back_whole_leaves_no_copy(migrated: Project) -> None:  # U2
    migrated.revision("a4", "a3", "op.execute('DELETE FROM book')\n    raise RuntimeError('enough')")
    before = state(migrated)

    assert migrated.type("migrate").code == 1
    assert (state(migrated), migrated.database.kept("undo")) == (before, [])


def test_killed_inside_a_revision_that_commits_on_the_way_the_next_migrate_mends_it(migrated: Project) -> None:  # D6
    before = state(migrated)
    migrated.revision("a4", "a3", AUTOCOMMIT)

    assert run(migrated, "migrate", STOP="kill").returncode == -9
    assert state(migrated) != before
    told = migrated.type("status").text
    assert "stopped inside revision a4" in told
    said = migrated.type("migrate")

    assert (said.code, migrated.database.current()) == (0, ("a4",)), said.err
    assert "stopped inside revision a4" in said.err
    assert migrated.database.rows() == {"book": 2}
    assert "stopped inside" not in migrated.type("status").text
    assert (migrated.type("undo").code, state(migrated)) == (0, before)


def test_killed_inside_such_a_revision_undo_brings_the_state_before_it_back(migrated: Project) -> None:  # D6
    before = state(migrated)
    migrated.revision("a4", "a3", AUTOCOMMIT)

    assert run(migrated, "migrate", STOP="kill").returncode == -9

    assert (migrated.type("undo").code, state(migrated)) == (0, before)
