"""D3: what others write while a task works on a copy is named, and is not the first to be dropped."""

import sqlite3
from contextlib import closing

import pytest

from dbtasks.copies.undo import UndoHistory
from dbtasks.errors import DatabaseError
from dbtasks.workflows.change import replace as replacing
from tests.fixtures.projects import Project, execute, state

WRITING = """import subprocess, sys
    code = "import sqlalchemy as sa; e = sa.create_engine({url!r}); c = e.connect(); "
    code += "c.execute(sa.text({statement!r})); c.commit()"
    subprocess.run([sys.executable, "-c", code], check=True)
    op.execute("UPDATE book SET pages = 1")"""
ROW = "INSERT INTO book (id, title) VALUES (77, 7777)"


def with_writer(project: Project, statement: str) -> None:
    """A revision that overwrites rows, while somebody writes to the database itself."""
    url = project.settings.url.render()
    project.revision("a4", "a3", WRITING.format(url=url, statement=statement))


@pytest.mark.parametrize("statement", [ROW, "DELETE FROM book", "CREATE TABLE theirs (id INTEGER)"])
def test_it_is_said_and_the_state_that_holds_it_is_named(migrated: Project, statement: str) -> None:
    with_writer(migrated, statement)

    said = migrated.type("migrate")

    assert (said.code, "was written to meanwhile" in said.err) == (0, True), said.err
    assert "nox -s db_undo -- 1" in said.err


def test_where_nobody_writes_nothing_is_said(migrated: Project) -> None:
    migrated.revision("a4", "a3", 'op.execute("UPDATE book SET pages = 1")')

    said = migrated.type("migrate")

    assert (said.code, "meanwhile" in said.err) == (0, False), said.err


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_it_is_seen_in_write_ahead_mode_too(migrated: Project) -> None:
    with closing(sqlite3.connect(migrated.settings.url.path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    with_writer(migrated, ROW)

    said = migrated.type("migrate")

    assert (said.code, "was written to meanwhile" in said.err) == (0, True), said.err


def test_a_limit_drops_other_states_before_the_one_that_holds_it(migrated: Project) -> None:
    with_writer(migrated, ROW)
    assert migrated.type("migrate").code == 0
    migrated.revision("a5", "a4", 'op.execute("UPDATE book SET pages = 2")')
    migrated.revision("a6", "a5", 'op.execute("UPDATE book SET pages = 3")')
    assert [migrated.type("migrate", name).code for name in ("a5", "a6")] == [0, 0]

    history = UndoHistory(migrated.database.kept("undo"))

    assert [state.about.number for state in history.expendable()] == [2, 1]


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_damaged_file_can_be_reset_by_seeds(migrated: Project) -> None:
    (migrated.root / "seeds.py").write_text("")
    with (migrated.root / "pyproject.toml").open("a") as settings:
        settings.write('seed-command = "python seeds.py"\n')
    path = migrated.settings.url.path
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'book'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = path.read_bytes()
    path.write_bytes(content[: (root - 1) * size] + b"\xff" * size + content[root * size :])

    said = migrated.type("reset", "--no-cache")

    assert said.code == 0, said.err
    assert any("a3" in str(line) for line in state(migrated))


def test_what_fails_after_the_swap_is_no_failure_of_the_task(
    migrated: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise DatabaseError("the catalog cannot be read.")

    execute(migrated, ROW)

    with monkeypatch.context() as patched:
        patched.setattr(replacing, "hold_to_limits", fail)
        said = migrated.type("reset")

    assert (said.code, "the catalog cannot be read" in said.err) == (0, True), said.err
    assert [kept.about.title for kept in migrated.database.kept("undo")] == ["db_reset"]
