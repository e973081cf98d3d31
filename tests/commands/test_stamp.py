from tests.fixtures.projects import Project


def test_a_schema_that_plainly_differs_is_refused_with_the_differences(project: Project) -> None:
    project.type("migrate", "a1")

    said = project.type("stamp", "head")

    assert (said.code, "1 difference(s)" in said.err, "column book.pages is missing" in said.err) == (1, True, True)
    assert (project.database.current(), project.database.kept("undo"), project.database.tidy()) == (("a1",), [], 0)


def test_a_schema_that_fits_is_stamped_and_an_undo_kept(project: Project) -> None:
    project.type("migrate", "a2")

    said = project.type("stamp", "a3")

    assert (said.code, "a2 -> a3" in said.out, "db_undo" in said.out) == (0, True, True)
    assert project.database.current() == ("a3",)
    assert project.type("undo").code == 0
    assert project.database.current() == ("a2",)


def test_force_stamps_all_the_same(project: Project) -> None:
    project.type("migrate")

    assert project.type("stamp", "base", "--force").code == 0
    assert project.database.current() == ()


def test_base_is_refused_while_there_are_tables(project: Project) -> None:
    project.type("migrate")

    said = project.type("stamp", "base")

    assert (said.code, "table book should not be there" in said.err) == (1, True)


def test_a_stamp_says_that_the_text_here_is_what_was_applied(project: Project) -> None:
    file = project.revision("a4", "a3", 'op.add_column("book", sa.Column("shelf", sa.String(9)))')
    project.type("migrate")
    file.write_text(file.read_text().replace("String(9)", "String(10)"))
    assert "is not what was applied" in project.type("status").out

    project.type("stamp", "a4")

    assert "is not what was applied" not in project.type("status").out
