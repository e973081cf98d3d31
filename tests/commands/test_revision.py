"""The commands that write or choose revisions: revision, merge, stamp."""

from tests.fixtures.projects import Project

TABLE = """
from sqlalchemy import Column, Integer, String, Table

Table(
    "book",
    target_metadata,
    Column("id", Integer, primary_key=True),
    Column("title", String(80)),
    Column("pages", Integer),
    Column("year", Integer),
)
"""


def test_what_changed_in_the_models_becomes_a_revision(project: Project) -> None:
    env = project.root / "migrations" / "env.py"
    env.write_text(env.read_text().replace("target_metadata = MetaData()\n", f"target_metadata = MetaData()\n{TABLE}"))

    said = project.type("revision", "add year to book")

    written = [path for path in (project.root / "migrations" / "versions").glob("*.py") if "year" in path.name]
    assert (said.code, len(written)) == (0, 1)
    assert 'op.add_column("book", sa.Column("year"' in written[0].read_text()
    assert project.type("migrate").code == 0
    assert project.type("check").code == 0


def test_nothing_is_written_when_nothing_changed(project: Project) -> None:
    project.revision("a4", "a3", 'op.drop_table("book")')

    said = project.type("revision", "nothing is new here")

    assert (said.code, "Nothing changed" in said.err) == (1, True)
    assert "--kind empty" in said.err


def test_an_empty_one_is_written_on_request(project: Project) -> None:
    said = project.type("revision", "fill it by hand", "--kind", "empty")

    assert (said.code, project.type("migrate").code) == (0, 0)


def test_two_heads_are_joined(project: Project) -> None:
    project.revision("b1", "a2", "pass")

    refused = project.type("migrate")
    merged = project.type("merge")

    assert (refused.code, merged.code, project.type("migrate").code) == (1, 0, 0)
    assert "Nothing to merge" in project.type("merge").out


def test_stamp_writes_the_revision_and_runs_nothing(project: Project) -> None:
    project.type("migrate", "a1")

    said = project.type("stamp", "head", "--force")

    assert (said.code, "a1 -> a3" in said.out) == (0, True)
    assert (project.database.current(), project.database.rows()) == (("a3",), {"book": 0})


def test_stamp_knows_only_the_history(project: Project) -> None:
    project.type("migrate", "a1")

    assert project.type("stamp", "zz").code == 2
    assert (project.database.current(), project.database.kept("undo")) == (("a1",), [])


def test_a_message_that_says_nothing_is_refused_unless_allowed(project: Project) -> None:
    refused = project.type("revision", "wip", "--kind", "empty")
    allowed = project.type("revision", "wip", "--kind", "empty", "--allow-any-name")

    assert (refused.code, allowed.code) == (2, 0)


def test_a_data_migration_comes_with_batches_and_a_way_back(project: Project) -> None:
    project.type("revision", "fill in the pages", "--kind", "data")
    (file,) = (project.root / "migrations" / "versions").glob("*fill_in*.py")
    text = file.read_text()
    refused = project.type("migrate")

    text = text.replace('"name_of_table"', '"book"').replace("BATCH = 5_000", "BATCH = 1")
    text = text.replace("new_column = old_column WHERE new_column IS NULL", "pages = 1000 WHERE pages < 1000")
    text = text.replace("new_column = NULL WHERE new_column IS NOT NULL", "pages = 474 WHERE pages = 1000")
    file.write_text(text)

    assert (refused.code, "name_of_table" in refused.err) == (1, True)
    assert project.type("migrate").code == 0
    assert project.type("downgrade", "-1").code == 0
    assert "UPDATE book" in project.type("migrate", "--sql").out


def test_a_database_behind_head_does_not_stand_in_the_way(project: Project) -> None:
    project.type("migrate", "a1")
    env = project.root / "migrations" / "env.py"
    env.write_text(env.read_text().replace("target_metadata = MetaData()\n", f"target_metadata = MetaData()\n{TABLE}"))

    said = project.type("revision", "add year to book")

    assert (said.code, project.database.current()) == (0, ("a1",))
