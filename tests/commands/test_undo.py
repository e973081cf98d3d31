"""Undo is a history that is walked by number (invariant 2)."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from dbtasks.copies import undo
from tests.fixtures.projects import Project, execute, state


def mark(project: Project, title: str) -> list[Any]:
    """Put a row into the database, and say what it holds now."""
    execute(project, f"INSERT INTO book (id, title) VALUES ({sum(map(ord, title))}, '{title}')")
    return state(project)


def listed(project: Project) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(project.type("undo", "--list", "--json").out)
    return found


def test_undo_walks_back_redo_walks_forward_and_something_new_sets_the_rest_aside(project: Project) -> None:  # U1
    project.type("reset")
    a = mark(project, "A")
    project.type("reset")
    b = mark(project, "B")
    project.type("reset")
    c = mark(project, "C")

    assert (project.type("undo").code, state(project)) == (0, b)
    assert (project.type("undo").code, state(project)) == (0, a)
    assert project.type("undo").code == 1
    assert (project.type("undo", "--redo").code, state(project)) == (0, b)
    assert (project.type("reset").code, project.type("undo", "--redo").code) == (0, 1)
    mark(project, "D")

    assert (project.type("undo").code, state(project)) == (0, b)
    assert (project.type("undo").code, state(project)) == (0, a)
    aside = [one["number"] for one in listed(project) if one["role"] == "aside"]
    assert (project.type("undo", str(aside[0])).code, state(project)) == (0, c)


def test_going_to_a_number_is_taken_back_by_undo(project: Project) -> None:  # U1
    project.type("reset")
    a = mark(project, "A")
    project.type("reset")
    project.type("reset")
    c = mark(project, "C")
    first = min(one["number"] for one in listed(project))

    assert (project.type("undo", str(first)).code, state(project)) == (0, a)
    assert (project.type("undo").code, state(project)) == (0, c)


def test_a_number_that_is_none_is_refused_and_names_those_there_are(project: Project) -> None:
    project.type("reset")
    project.type("reset")

    said = project.type("undo", "77")

    assert (said.code, "kept: 1" in said.err, "--list" in said.err) == (2, True, True)


def test_the_order_is_not_the_clocks(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:  # U3
    project.type("reset")
    mark(project, "A")
    project.type("reset")
    b = mark(project, "B")

    class Yesterday(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> "datetime":  # type: ignore[override]  # a clock that was set back
            return datetime.now(tz) - timedelta(days=1)

    with monkeypatch.context() as clock:
        clock.setattr(undo, "datetime", Yesterday)
        project.type("reset")

    assert (project.type("undo").code, state(project)) == (0, b)


def test_a_dropped_database_comes_back(project: Project) -> None:
    project.type("migrate")
    before = state(project)
    assert project.type("drop").code == 0
    assert not project.database.exists()

    assert (project.type("undo").code, state(project)) == (0, before)


def test_nothing_to_undo_is_said(project: Project) -> None:
    said = project.type("undo")

    assert (said.code, "nothing to undo" in said.err) == (1, True)


def test_the_list_tells_number_time_with_zone_task_revision_rows_and_size(project: Project) -> None:
    project.type("migrate")
    project.type("stamp", "a1", "--force")
    project.type("downgrade", "base")

    lines = project.type("undo", "--list").out.splitlines()

    assert lines[0].split() == ["no.", "kept", "before", "revision", "rows", "size"]
    assert [line.split()[0] for line in lines[1:]] == ["2", "1"]
    assert [(line.split()[4], line.split()[5]) for line in lines[1:]] == [("downgrade", "a1"), ("stamp", "a3")]
    assert lines[1].endswith("<- undo")
    assert datetime.strptime(" ".join(lines[1].split()[1:4]), "%Y-%m-%d %H:%M:%S %z").tzinfo is not None


def test_a_refused_task_leaves_no_state(project: Project) -> None:  # U2
    project.type("migrate")

    for refused in (("stamp", "a1"), ("downgrade", "nonsense"), ("restore", "nothing")):
        assert project.type(*refused).code != 0

    assert project.database.kept("undo") == []


def test_where_no_undo_is_wanted_none_is_kept_and_none_is_promised(project: Project) -> None:  # U5
    pyproject = project.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text() + "keep-undo = 0\n")
    project.type("reset")

    for task in (("reset",), ("downgrade", "-1"), ("drop",)):
        said = project.type(*task)

        assert (said.code, "db_undo" in said.text, "keep-undo is 0" in said.err) == (0, False, True)
        assert project.database.kept("undo") == []


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_states_that_take_too_much_of_the_disk_go_but_the_newest(
    example: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = example("linear")
    for _ in range(3):
        project.type("reset")
    assert len(project.database.kept("undo")) == 2
    size = project.database.kept("undo")[0].size
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, size // 2))

    said = project.type("reset")

    assert len(project.database.kept("undo")) == 1
    assert "more than half of what is free" in said.err


def test_on_a_roomy_disk_only_their_number_counts(project: Project) -> None:
    pyproject = project.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text() + "keep-undo = 3\n")
    for _ in range(5):
        project.type("reset")

    assert [kept.about.number for kept in project.database.kept("undo")] == [4, 3, 2]
    assert project.database.kept("undo")[0].about.made <= datetime.now(UTC)


def test_what_an_undo_replaced_is_not_the_first_to_go(project: Project) -> None:  # invariant 2
    pyproject = project.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text() + "keep-undo = 3\n")
    for _ in range(3):
        project.type("reset")
    execute(project, "INSERT INTO book (title) VALUES ('precious')")
    precious = state(project)

    assert project.type("undo").code == 0
    assert project.type("reset").code == 0

    (number,) = [kept.about.number for kept in project.database.kept("undo") if kept.about.title == "db_undo"]
    assert (project.type("undo", str(number)).code, state(project)) == (0, precious)


@pytest.mark.parametrize("engine_url", ["postgres"], indirect=True)
def test_a_state_that_cannot_be_dropped_is_named_and_stops_no_task(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:  # S1
    pyproject = project.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text() + "keep-undo = 1\n")
    project.type("reset")
    name = project.settings.url.name
    execute(project, f"CREATE SUBSCRIPTION {name} CONNECTION 'dbname=x' PUBLICATION y WITH (connect = false)")
    assert project.type("reset").code == 0

    said = project.type("reset")

    assert (said.code, "former state 1 could not be dropped" in said.err) == (0, True), said.err
    assert "has subscriptions" in said.err
    held = project.database.kept("undo")[-1]
    for statement in (f"ALTER SUBSCRIPTION {name} SET (slot_name = NONE)", f"DROP SUBSCRIPTION {name}"):
        monkeypatch.setenv("DATABASE_URL", held.url.render())
        execute(project, statement)
    monkeypatch.setenv("DATABASE_URL", project.url)


def test_the_bytes_of_the_former_states_are_limited_and_the_newest_stays(project: Project) -> None:
    pyproject = project.root / "pyproject.toml"
    for _ in range(3):
        project.type("reset")
    pyproject.write_text(pyproject.read_text() + "keep-undo-bytes = 1\n")

    said = project.type("reset")

    assert (said.code, said.err.count("keep-undo-bytes in [tool.dbtasks] is the limit")) == (0, 2)
    assert [kept.about.number for kept in project.database.kept("undo")] == [3]


def test_states_of_the_version_before_get_numbers_in_the_order_of_their_times(project: Project) -> None:  # U3
    project.type("reset")
    now = datetime.now(UTC)
    for hours in (1, 2):
        older = replace(undo.about("old", ("a3",), 0, "undo"), made=now - timedelta(hours=hours))
        project.database.copy(older)

    assert project.type("migrate").code == 0
    project.type("reset")

    found = {kept.about.number: kept.about.made for kept in project.database.kept("undo")}
    assert (sorted(found), found[1] < found[2]) == ([1, 2, 3], True)


def test_an_undo_brings_back_the_label_that_the_state_had(project: Project) -> None:  # U4
    project.type("reset")
    assert project.type("label", "test").code == 0
    project.type("reset")
    assert project.type("label", "development").code == 0

    assert project.type("undo").code == 0
    label = project.database.label()
    assert (label.environment if label else None) == "test"
