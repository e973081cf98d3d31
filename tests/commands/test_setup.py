import shutil

import pytest

from tests.fixtures.projects import Project


def test_a_newcomer_gets_a_database_at_head(project: Project) -> None:
    said = project.type("setup")

    assert (said.code, project.database.current()) == (0, ("a3",))
    assert "nox -l" in said.out


def test_who_has_been_here_keeps_the_rows(project: Project) -> None:
    project.type("migrate", "a2")

    said = project.type("setup")

    assert (said.code, project.database.current(), project.database.kept("undo")) == (0, ("a3",), [])
    assert "keeping its rows" in said.err


@pytest.mark.parametrize("task", ["migrate", "setup"])
def test_once_nothing_is_left_to_run_no_task_has_stopped(project: Project, task: str) -> None:
    assert project.type("migrate").code == 0
    broken = project.revision("a4", "a3", 'raise ValueError("no")')
    assert project.type("migrate").code == 1
    assert "stopped at a4" in project.type("status").text
    broken.unlink()

    assert project.type(task).code == 0

    assert "stopped at a4" not in project.type("status").text


@pytest.mark.parametrize("task", [("migrate",), ("setup",), ("restore", "one")])
@pytest.mark.parametrize("pending", [False, True])
def test_every_task_that_goes_to_head_tells_what_is_not_what_was_applied(
    project: Project, task: tuple[str, ...], pending: bool
) -> None:
    file = project.revision("a4", "a3", 'op.add_column("book", sa.Column("shelf", sa.String(9)))')
    project.type("migrate")
    project.type("snapshot", "one")
    file.write_text(file.read_text().replace("String(9)", "String(10)"))
    if pending:
        project.revision("a5", "a4", 'op.add_column("book", sa.Column("author", sa.String(9)))')

    said = project.type(*task)

    assert (said.code, said.err.count("a4 (a4 of the test) is not what was applied")) == (0, 1), said.text
    assert project.database.current() == ("a5" if pending else "a4",)


@pytest.mark.parametrize("task", [("setup",), ("restore", "one")])
def test_every_task_that_goes_to_head_notes_what_another_tool_has_applied(
    project: Project, task: tuple[str, ...]
) -> None:
    file = project.revision("a4", "a3", 'op.add_column("book", sa.Column("shelf", sa.String(9)))', "pass")
    project.type("migrate")
    project.type("snapshot", "one")
    shutil.rmtree(project.root / ".dbtasks")
    assert project.type(*task).code == 0

    file.unlink()

    assert "stands on a4 (a4 of the test), which this checkout does not have" in project.type("status").out


def test_what_another_branch_has_applied_is_left_to_migrate(project: Project) -> None:
    file = project.revision("a4", "a3", 'op.add_column("book", sa.Column("shelf", sa.String(9)))')
    project.type("migrate")
    file.unlink()

    said = project.type("setup")

    assert (said.code, "which this checkout does not have" in said.err) == (1, True)
    assert project.database.current() == ("a4",)
