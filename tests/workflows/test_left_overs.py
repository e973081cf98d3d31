"""What a killed task left among the copies is settled by the next one, by number and not by the clock."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text

from dbtasks.copies import snapshots
from dbtasks.errors import DatabaseError
from tests.fixtures.projects import Project, execute


@pytest.fixture
def replaced_and_killed(project: Project) -> Project:
    """Two snapshots of one name, as a kill between the copy and the removal leaves them; the clock went back."""
    assert project.type("reset").code == 0
    assert project.type("snapshot", "other").code == 0
    database = project.database
    for title, hours in (("old", 0), ("new", -5)):
        execute(project, f"UPDATE book SET title = '{title}'")
        about = snapshots.about(database, "one")
        database.copy(replace(about, made=datetime.now(UTC) + timedelta(hours=hours)))
    assert named(project, "one", "one", "other")
    return project


def named(project: Project, *wanted: str) -> bool:
    return sorted(kept.about.title for kept in project.database.kept("snapshot")) == sorted(wanted)


@pytest.mark.parametrize(
    "task", [("migrate",), ("reset",), ("snapshot", "third"), ("snapshots", "--rename", "other", "o")]
)
def test_of_two_snapshots_of_one_name_the_next_task_leaves_the_newer(
    replaced_and_killed: Project, task: Sequence[str]
) -> None:
    project = replaced_and_killed

    assert project.type(*task).code == 0

    left = [kept for kept in project.database.kept("snapshot") if kept.about.title == "one"]
    assert len(left) == 1
    assert project.type("restore", "one").code == 0
    assert "new" in titles(project)


def test_one_that_cannot_be_dropped_is_named_and_stops_nothing(
    replaced_and_killed: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = replaced_and_killed

    def refuse(*_: object) -> None:
        raise DatabaseError("It is held.")

    monkeypatch.setattr(type(project.database), "remove", refuse)

    said = project.type("migrate")

    assert (said.code, "one" in said.text, "It is held." in said.text) == (0, True, True), said.text
    assert named(project, "one", "one", "other")


def test_a_deleted_snapshot_does_not_bring_an_older_one_of_its_name_back(replaced_and_killed: Project) -> None:
    assert replaced_and_killed.type("snapshots", "--delete", "one").code == 0

    assert named(replaced_and_killed, "other")


def titles(project: Project) -> str:
    engine = create_engine(project.settings.url.render())
    with engine.connect() as connection:
        found = str(connection.execute(text("SELECT title FROM book")).scalars().all())
    engine.dispose()
    return found
