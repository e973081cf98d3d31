import pytest

from tests.fixtures.projects import Project


@pytest.mark.parametrize(("target", "left"), [("-1", ("a2",)), ("a1", ("a1",)), ("base", ()), ("-2", ("a1",))])
def test_it_goes_where_it_is_told(project: Project, target: str, left: tuple[str, ...]) -> None:
    project.type("migrate")

    said = project.type("downgrade", target)

    assert (said.code, project.database.current()) == (0, left)


def test_the_former_state_is_kept_for_undo(project: Project) -> None:
    project.type("migrate")
    project.type("downgrade", "base")

    said = project.type("undo")

    assert (said.code, project.database.current(), project.database.rows()) == (0, ("a3",), {"book": 1})


@pytest.mark.parametrize(("there", "target"), [("a2", "a2"), ("base", "base")])
def test_a_downgrade_that_takes_nothing_back_keeps_nothing(project: Project, there: str, target: str) -> None:
    project.type("migrate")
    project.type("downgrade", there)
    before = project.database.kept("undo")

    said = project.type("downgrade", target)

    assert (said.code, "Took back 0 revisions" in said.out) == (0, True)
    assert project.database.kept("undo") == before


@pytest.mark.parametrize("target", ["zz", "-9"])
def test_a_target_that_is_not_there_changes_nothing(project: Project, target: str) -> None:
    project.type("migrate")

    said = project.type("downgrade", target)

    assert said.code in {1, 2}
    assert "Traceback" not in said.text
    assert (project.database.current(), project.database.kept()) == (("a3",), [])


def test_a_failing_downgrade_changes_nothing(project: Project) -> None:
    project.revision("a4", "a3", "pass", undo='raise NotImplementedError("there is no way back")')
    project.type("migrate")

    said = project.type("downgrade", "-1")

    assert (said.code, "there is no way back" in said.err) == (1, True)
    assert (project.database.current(), project.database.kept()) == (("a4",), [])


def test_the_sql_of_a_range_is_printed(project: Project) -> None:
    said = project.type("downgrade", "a3:a1", "--sql")

    assert (said.code, "DROP COLUMN pages" in said.out) == (0, True)


def test_one_character_names_no_revision(project: Project) -> None:
    project.revision("b1c2d3e4", "a3", "pass")
    project.type("migrate")

    slip = project.type("downgrade", "b")

    assert (slip.code, "to shorten an id takes 4 characters" in slip.err) == (2, True)
    assert project.database.current() == ("b1c2d3e4",)
    assert project.type("downgrade", "a3").code == 0
    assert project.type("migrate", "b1c2").code == 0
