from tests.fixtures.projects import Project


def test_undo_of_an_undo_is_a_redo(project: Project) -> None:
    project.type("migrate")
    project.type("downgrade", "base")

    states = []
    for _ in range(3):
        project.type("undo")
        states.append(project.database.current())

    assert states == [("a3",), (), ("a3",)]


def test_a_dropped_database_comes_back(project: Project) -> None:
    project.type("migrate")
    assert project.type("drop").code == 0
    assert not project.database.exists()

    said = project.type("undo")

    assert (said.code, project.database.rows()) == (0, {"book": 1})


def test_nothing_to_undo_is_said(project: Project) -> None:
    said = project.type("undo")

    assert (said.code, "nothing to undo" in said.err) == (1, True)


def test_the_list_tells_which_task_when_and_where_it_stood(project: Project) -> None:
    project.type("migrate")
    project.type("stamp", "a1", "--force")
    project.type("downgrade", "base")

    lines = project.type("undo", "--list").out.splitlines()

    assert [line.split(",")[0] for line in lines] == ["before downgrade", "before stamp"]
    assert [line.rsplit(" ", 1)[1] for line in lines] == ["a1", "a3"]
