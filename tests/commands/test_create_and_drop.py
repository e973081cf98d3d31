from tests.fixtures.projects import Project


def test_both_are_safe_to_repeat(project: Project) -> None:
    said = [project.type(*words) for words in (("drop",), ("drop",), ("create",), ("create",))]

    assert [one.code for one in said] == [0, 0, 0, 0]
    assert "There was none" in said[1].out
    assert "Created" in said[2].out
    assert "Already there" in said[3].out
    assert project.database.rows() == {}


def test_a_new_database_is_labelled_in_the_same_step(project: Project) -> None:
    project.type("drop")
    project.type("create")

    label = project.database.label()

    assert label is not None
    assert label.environment == "development"
