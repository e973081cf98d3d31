"""The commands that only look: current, heads, history, status, check."""

import json

import pytest

from tests.fixtures.projects import Project


def test_current_says_where_the_database_stands(project: Project) -> None:
    before = project.type("current")
    project.type("migrate", "a2")
    between = project.type("current")
    project.type("migrate")
    after = project.type("current")

    assert "base (no revision)" in before.out
    assert (between.out, after.out) == ("a2\n", "a3 (head)\n")


@pytest.mark.parametrize("command", ["current", "status"])
def test_the_exit_code_tells_whether_it_is_at_head(project: Project, command: str) -> None:
    project.type("migrate", "a2")
    behind = project.type(command, "--exit-code").code
    project.type("migrate")

    assert (behind, project.type(command, "--exit-code").code) == (4, 0)


@pytest.mark.parametrize("command", ["current", "heads", "history", "status"])
def test_json_is_all_that_stands_on_the_output(project: Project, command: str) -> None:
    project.type("migrate", "a2")

    assert json.loads(project.type(command, "--json").out)


def test_history_marks_what_is_applied_and_what_is_pending(project: Project) -> None:
    project.type("migrate", "a2")

    lines = project.type("history").out.splitlines()

    assert [line.split()[:3] for line in lines] == [
        ["pending", "*", "a3"],
        ["applied", "*", "a2"],
        ["applied", "*", "a1"],
    ]
    assert lines[1].endswith("(current)")
    assert lines[0].endswith("(head)")


def test_status_tells_what_is_pending_and_what_can_be_undone(project: Project) -> None:
    project.type("migrate")
    project.type("downgrade", "a1")

    facts = json.loads(project.type("status", "--json").out)

    assert facts["pending"] == ["a2 add pages to book", "a3 add the first book"]
    assert (facts["current"], facts["heads"], facts["rows"]) == (["a1"], ["a3"], {"book": 0})
    assert "before downgrade" in facts["undo"][0]
    assert project.database.version() == facts["version"]


def test_status_of_a_missing_database_says_what_to_type(project: Project) -> None:
    project.type("drop")

    said = project.type("status")

    assert (said.code, "does not exist" in said.out, "nox -s db_reset" in said.out) == (0, True, True)


def test_looking_changes_nothing(project: Project) -> None:
    project.type("drop")

    for command in ("current", "heads", "history", "status"):
        assert project.type(command).code == 0

    assert not project.database.exists()


def test_check_lists_every_difference(project: Project) -> None:
    said = project.type("check")

    assert (said.code, "remove_table book" in said.out) == (4, True)
    assert project.database.tidy() == 0
