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
