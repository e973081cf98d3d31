"""What a failed migrate leaves, says, and makes easy to take back."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dbtasks import guard
from dbtasks.local_state import state_directory
from dbtasks.urls import parse_url
from tests.fixtures.projects import Project, state

DROPPING = {
    "drop_column": 'op.drop_column("book", "pages")',
    "drop_column in a batch": 'with op.batch_alter_table("book") as batch:\n        batch.drop_column("pages")',
    "drop_table": 'op.drop_table("book")',
    "SQL": 'op.execute("drop  table book")',
}


@pytest.mark.parametrize("body", DROPPING.values(), ids=DROPPING)
def test_an_undo_is_kept_before_tables_or_columns_are_dropped(project: Project, body: str) -> None:
    project.type("migrate")
    project.revision("a4", "a3", body)

    said = project.type("migrate")

    assert (said.code, "Working on a copy, since something could be lost: a4: drop of " in said.err) == (0, True), (
        said.err
    )
    assert "nox -s db_undo" in said.out
    assert project.type("undo").code == 0
    assert (project.database.current(), project.database.rows()) == (("a3",), {"book": 1})


def test_nothing_is_kept_where_nothing_can_be_lost(project: Project) -> None:
    project.revision("a4", "a3", 'op.add_column("book", sa.Column("x", sa.Integer))', 'op.drop_column("book", "x")')
    project.revision("a5", "a4", 'op.drop_column("book", "x")')

    said = project.type("migrate")  # the database is empty

    assert (said.code, project.database.kept()) == (0, [])


def test_no_undo_of_a_failure_that_changed_nothing(project: Project) -> None:
    project.type("migrate")
    project.revision("a4", "a3", 'op.drop_column("book", "pages")\n    op.execute("DROP TABLE nowhere")')

    assert project.type("migrate").code == 1

    assert (project.database.kept(), project.database.tidy()) == ([], 0)


def test_revisions_that_may_lose_something_all_run_or_none(project: Project) -> None:
    project.type("migrate")
    project.revision("a4", "a3", 'op.drop_column("book", "pages")')
    project.revision("a5", "a4", 'op.execute("DROP TABLE nowhere")')

    said = project.type("migrate")

    assert (said.code, "nothing was changed: this ran on a copy" in said.err) == (1, True)
    assert (project.database.current(), project.database.kept("undo")) == (("a3",), [])


def test_revisions_that_only_add_stay_where_a_later_one_fails(project: Project) -> None:
    project.type("migrate")
    project.revision("a4", "a3", 'op.add_column("book", sa.Column("x", sa.Integer))')
    project.revision("a5", "a4", 'op.add_column("nowhere", sa.Column("x", sa.Integer))')

    said = project.type("migrate")

    assert (said.code, "stands at a4" in said.err) == (1, True)
    assert project.database.current() == ("a4",)


def test_where_no_way_back_can_be_kept_it_stops_unless_the_name_is_typed(project: Project) -> None:  # invariant 1
    project.type("migrate")
    project.revision("a4", "a3", 'op.drop_column("book", "pages")')
    with (project.root / "pyproject.toml").open("a") as file:
        file.write("keep-undo-bytes = 100\n")

    said = project.type("migrate")

    name = guard.name_of(project.database)
    assert (said.code, "keep-undo-bytes" in said.err, f"--no-way-back {name}" in said.err) == (3, True, True)
    assert (project.database.current(), project.database.kept()) == (("a3",), [])
    assert project.type("migrate", "--no-way-back", "another").code == 3
    assert project.type("migrate", "--no-way-back", name).code == 0
    assert (project.database.current(), project.database.kept()) == (("a4",), [])


def test_status_shows_where_it_stopped_and_the_way_on(project: Project) -> None:
    file = project.revision("a4", "a3", "raise ValueError('no luck')")
    project.type("migrate")

    said = project.type("status").out

    assert "stopped at a4 (a4 of the test): ValueError: no luck" in said
    assert "a4.py:11" in said
    assert "nox -s migrate" in said
    assert "downgrade" not in said  # the failed revision was rolled back: what stands is good
    file.write_text(file.read_text().replace("raise ValueError('no luck')", "pass"))
    assert project.type("migrate").code == 0
    assert "stopped" not in project.type("status").out


PASSWORDS = {  # where a URL may hold it -> the URL, from user, password and the rest
    "login": "postgresql://{user}:{password}@{rest}",
    "encoded": "postgresql://{user}:%{first:x}{tail}@{rest}",
    "query": "postgresql://{user}@{rest}?password={password}",
}


@pytest.mark.parametrize("where", PASSWORDS)
def test_a_password_that_a_revision_tells_is_neither_shown_nor_noted(  # R6
    example: Callable[..., Project], postgres_url: str, where: str
) -> None:
    url = parse_url(postgres_url, base=Path.cwd())
    rest, first, tail = f"{url.host}:{url.port}/{url.name}", ord(url.password[0]), url.password[1:]
    text = PASSWORDS[where].format(user=url.user, password=url.password, rest=rest, first=first, tail=tail)
    project = example("linear", text)
    project.revision("a4", "a3", 'raise ValueError(f\'no luck: {__import__("os").environ["DATABASE_URL"]}\')')

    failed = project.type("migrate")
    status = project.type("status")
    (note,) = state_directory.folder(project.settings.project).glob("stopped-*.json")

    assert (failed.code, "no luck" in failed.err, "no luck" in status.out) == (1, True, True), failed.text
    assert tail not in failed.text + status.text + note.read_text()


def test_going_back_is_a_way_on_as_well(project: Project) -> None:
    project.revision("a4", "a3", "raise ValueError('no luck')")
    project.type("migrate")

    assert project.type("downgrade", "-1").code == 0

    assert "stopped" not in project.type("status").out


BEYOND_SQLITE = {
    "change a column": 'op.alter_column("book", "title", nullable=False)',
    "add or drop a constraint": 'op.create_unique_constraint("book_title", "book", ["title"])',
    "add or drop a constraint ": 'op.drop_constraint("book_title", "book", type_="unique")',
    "NOT NULL column without": 'op.add_column("book", sa.Column("x", sa.Integer, nullable=False))',
    "default is not a constant": 'op.add_column("book", sa.Column("x", sa.DateTime, server_default=sa.func.now()))',
    "keep comments": 'op.execute("COMMENT ON TABLE book IS 1")',
}


@pytest.mark.parametrize(("limit", "body"), BEYOND_SQLITE.items(), ids=BEYOND_SQLITE)
def test_a_limit_of_sqlite_is_named_with_the_line_and_the_ways_around(
    example: Callable[..., Project], limit: str, body: str
) -> None:
    project = example("linear")
    project.revision("a4", "a3", body)

    said = project.type("migrate")

    assert (said.code, f"SQLite cannot {limit.strip()}" in said.err or limit in said.err) == (1, True), said.err
    assert "a4.py:11" in said.err
    assert "batch_alter_table" in said.err
    assert "nox -s db_switch -- postgres" in said.err
    assert project.database.current() == ("a3",)


def test_other_mistakes_are_not_taken_for_a_limit_of_sqlite(example: Callable[..., Project]) -> None:
    project = example("linear")
    project.revision("a4", "a3", 'op.add_column("nowhere", sa.Column("x", sa.Integer))')

    assert "SQLite cannot" not in project.type("migrate").err


def test_many_revisions_are_a_bar_in_a_terminal_and_lines_elsewhere(
    example: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = example("linear")
    for number in range(4, 30):
        project.revision(f"a{number}", f"a{number - 1}", "pass")

    lines = project.type("migrate").err.count("upgrade ")
    project.type("downgrade", "a1")
    with monkeypatch.context() as terminal:
        terminal.setattr(type(sys.stderr), "isatty", lambda _: True, raising=False)
        bar = project.type("migrate").err

    assert (lines, bar.count("upgrade ")) == (29, 0)
    assert project.database.current() == ("a29",)


def test_a_revision_that_writes_alembic_version_itself_is_rolled_back(project: Project) -> None:
    project.type("migrate")
    before = state(project)
    project.revision("a4", "a3", "op.execute(\"INSERT INTO alembic_version VALUES ('a1')\")")

    failed = project.type("migrate")

    assert failed.code == 1
    assert "it leaves a1, a4 in alembic_version, where Alembic has written a4" in failed.err
    assert state(project) == before
