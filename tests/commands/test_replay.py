from tests.fixtures.projects import Project


def test_the_history_goes_down_and_up_again(project: Project) -> None:
    project.type("migrate")

    said = project.type("replay")

    assert (said.code, "Went down 3 revisions and up 3" in said.out) == (0, True)
    assert project.database.current() == ("a3",)


def test_it_stops_at_a_named_revision(project: Project) -> None:
    project.type("migrate")

    project.type("replay", "--to", "a2")

    assert project.database.current() == ("a2",)


def test_a_downgrade_that_fails_half_way_leaves_everything_as_it_was(project: Project) -> None:
    project.type("migrate")
    path = project.root / "migrations" / "versions" / "a2_add_pages.py"
    path.write_text(path.read_text().replace('op.drop_column("book", "pages")', 'op.drop_column("book", "nothing")'))

    said = project.type("replay")

    assert (said.code, "downgrade of revision a2" in said.err) == (1, True)
    assert (project.database.current(), project.database.rows()) == (("a3",), {"book": 1})
    assert (project.database.kept("undo"), project.database.tidy()) == ([], 0)


def test_a_missing_database_is_built(project: Project) -> None:
    project.type("drop")

    said = project.type("replay")

    assert (said.code, project.database.current()) == (0, ("a3",))
