from tests.fixtures.projects import Project


def test_a_missing_or_empty_database_is_brought_to_head(project: Project) -> None:
    said = project.type("migrate")

    assert said.code == 0
    assert "Ran 3 revisions" in said.out
    assert project.database.current() == ("a3",)


def test_a_second_run_has_nothing_to_do(project: Project) -> None:
    project.type("migrate")

    said = project.type("migrate")

    assert (said.code, "Nothing to do" in said.out) == (0, True)


def test_it_stops_at_a_named_revision(project: Project) -> None:
    said = project.type("migrate", "a2")

    assert said.code == 0
    assert project.database.current() == ("a2",)


def test_a_revision_below_the_database_is_never_a_downgrade(project: Project) -> None:
    project.type("migrate")

    said = project.type("migrate", "a1")

    assert (said.code, "Nothing to do" in said.out) == (0, True)
    assert project.database.current() == ("a3",)


def test_an_unknown_revision_is_wrong_usage(project: Project) -> None:
    said = project.type("migrate", "zz")

    assert (said.code, "'zz'" in said.err, "nox -s history" in said.err) == (2, True, True)


def test_the_sql_is_printed_and_nothing_is_changed(project: Project) -> None:
    said = project.type("migrate", "--sql")

    assert said.code == 0
    assert "CREATE TABLE book" in said.out
    assert not project.database.exists() or project.database.rows() == {}


def test_a_failing_revision_is_named_with_its_line(project: Project) -> None:
    project.revision("a4", "a3", 'op.add_column("nowhere", sa.Column("x", sa.Integer))')

    said = project.type("migrate")

    assert (said.code, "a4.py:11" in said.err) == (1, True)
    assert "Traceback" not in said.text


def test_a_revision_with_a_slip_in_its_code_is_named(project: Project) -> None:
    project.revision("a4", "a3", "op.create_tabel()")

    said = project.type("migrate")

    assert (said.code, "AttributeError" in said.err, "a4.py:11" in said.err) == (1, True, True)


def test_a_file_that_python_cannot_read_is_named(project: Project) -> None:
    project.revision("a4", "a3", "this is no python")

    said = project.type("migrate")

    assert (said.code, "cannot be read" in said.err, "a4.py" in said.err) == (1, True, True)
