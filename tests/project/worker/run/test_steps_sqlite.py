"""SQLite: whatever the project's env.py does or leaves out, a failing revision leaves nothing behind."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from sqlalchemy import Engine, create_engine, event

from tests.fixtures.projects import Project

ENV = """
import os
from alembic import context
from sqlalchemy import event, pool
import shared_engine

engine = shared_engine.made(os.environ["DATABASE_URL"])
{hooks}
with {opened} as connection:
    context.configure(connection=connection{options})
    with context.begin_transaction():
        context.run_migrations()
"""
SHARED = """
from sqlalchemy import create_engine
engines = {}

def made(url):
    return engines.setdefault(url, create_engine(url))
"""
OWN_HOOKS = """
@event.listens_for(engine, "connect")
def _connect(connection, record):
    connection.isolation_level = None

@event.listens_for(engine, "begin")
def _begin(connection):
    if not connection.connection.dbapi_connection.in_transaction:
        connection.exec_driver_sql("BEGIN")
"""
ENFORCING = """
@event.listens_for(engine, "connect")
def _connect(connection, record):
    connection.execute("PRAGMA foreign_keys = ON")
"""
ENVIRONMENTS = {
    "nothing": {"hooks": "", "opened": "engine.connect()", "options": ""},
    "its own hooks": {"hooks": OWN_HOOKS, "opened": "engine.connect()", "options": ""},
    "foreign keys on": {"hooks": ENFORCING, "opened": "engine.connect()", "options": ", render_as_batch=True"},
    "one transaction round all": {"hooks": ENFORCING, "opened": "engine.begin()", "options": ""},
    "both": {"hooks": OWN_HOOKS + ENFORCING, "opened": "engine.begin()", "options": ", transactional_ddl=False"},
}


@pytest.fixture(params=ENVIRONMENTS)
def books(
    request: pytest.FixtureRequest, example: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Project]:
    """The linear project with an env.py that uses the application's engine in each of these ways, migrated."""
    project = example("linear")
    (project.root / "shared_engine.py").write_text(SHARED)
    monkeypatch.syspath_prepend(project.root)
    monkeypatch.delitem(sys.modules, "shared_engine", raising=False)
    (project.root / "migrations" / "env.py").write_text(ENV.format(**ENVIRONMENTS[request.param]))
    assert project.type("migrate").code == 0
    yield project
    shared_engine(project).dispose()
    del sys.modules["shared_engine"]


def shared_engine(project: Project) -> Engine:
    engine: Engine = sys.modules["shared_engine"].made(project.settings.url.render())
    return engine


def dumped(project: Project) -> list[str]:
    with closing(sqlite3.connect(project.settings.url.path)) as connection:
        return list(connection.iterdump())


BREAKING = {
    "half of it is done": (
        'op.create_table("shelf", sa.Column("id", sa.Integer))\n'
        "    op.execute(\"INSERT INTO book (title) VALUES ('lost')\")\n"
        '    op.execute("DELETE FROM book WHERE id = 1")\n'
        '    op.add_column("book", sa.Column("shelf", sa.Integer))\n'
        '    op.execute("INSERT INTO nowhere VALUES (1)")'
    ),
    "in the middle of a batch": (
        'op.execute("CREATE TABLE note (book INTEGER)")\n'
        '    with op.batch_alter_table("book", recreate="always") as batch:\n'
        '        batch.add_column(sa.Column("isbn", sa.Integer, nullable=False))'
    ),
    "after an earlier one went through": 'raise ValueError("no")',
}


@pytest.mark.parametrize("body", BREAKING.values(), ids=BREAKING)
def test_a_failing_revision_leaves_schema_data_and_version_exactly_as_before(books: Project, body: str) -> None:
    before = dumped(books)
    books.revision("a4", "a3", body)

    said = books.type("migrate", "--no-way-back", "books.db")  # in place, and not on a copy

    assert (said.code, "a4" in said.err, "stands at a3" in said.err) == (1, True, True)
    assert dumped(books) == before


def test_a_batch_keeps_the_rows_that_point_to_the_table(books: Project) -> None:
    books.revision(
        "a4",
        "a3",
        'op.execute("CREATE TABLE note (id INTEGER, book INTEGER REFERENCES book (id) ON DELETE CASCADE)")\n'
        '    op.execute("INSERT INTO note SELECT 1, id FROM book")',
    )
    books.revision(
        "a5", "a4", 'with op.batch_alter_table("book", recreate="always") as b:\n        b.drop_column("pages")'
    )

    said = books.type("migrate")

    assert (said.code, books.database.rows()) == (0, {"book": 1, "note": 1}), said.err


def test_rows_that_would_point_to_nothing_take_the_revision_back(books: Project) -> None:
    books.revision("a4", "a3", 'op.execute("CREATE TABLE note (id INTEGER, book INTEGER REFERENCES book (id))")')
    books.revision("a5", "a4", 'op.execute("INSERT INTO note VALUES (1, 77), (2, 78)")')

    said = books.type("migrate")

    assert (said.code, "a5" in said.err, "note: 2 row(s) to book" in said.err) == (1, True, True)
    assert books.database.rows().get("note", 0) == 0


def test_rows_that_pointed_to_nothing_before_are_not_blamed_on_a_revision(books: Project) -> None:
    books.revision("a4", "a3", 'op.execute("CREATE TABLE note (id INTEGER, book INTEGER REFERENCES book (id))")')
    assert books.type("migrate").code == 0
    with closing(sqlite3.connect(books.settings.url.path)) as connection:
        connection.execute("INSERT INTO note VALUES (1, 77)")
        connection.commit()
    books.revision("a5", "a4", 'op.add_column("book", sa.Column("shelf", sa.Integer))')

    said = books.type("migrate")

    assert (said.code, books.database.current()) == (0, ("a5",)), said.err


def test_nothing_of_ours_stays_on_the_applications_engine(books: Project) -> None:
    engine = shared_engine(books)
    begun: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(*arguments: object) -> None:
        begun.append(str(arguments[2]))

    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")

    assert "BEGIN IMMEDIATE" not in begun


def test_an_autocommit_block_works(example: Callable[..., Project]) -> None:
    project = example("linear")
    project.revision(
        "a4",
        "a3",
        "with op.get_context().autocommit_block():\n"
        '        op.execute("VACUUM")\n'
        '    op.add_column("book", sa.Column("shelf", sa.Integer))\n'
        '    op.execute("INSERT INTO nowhere VALUES (1)")',
    )

    said = project.type("migrate")

    assert (said.code, "up to its autocommit block is committed" in said.err) == (1, True)
    assert "shelf" not in "".join(dumped(project))


def test_a_foreign_key_to_something_that_cannot_be_its_target_is_refused(example: Callable[..., Project]) -> None:
    project = example("linear")
    project.revision(
        "a4",
        "a3",
        'op.execute("CREATE TABLE note (book INTEGER REFERENCES book (title))")\n'
        "    op.execute(\"INSERT INTO note VALUES ('Emma')\")",
    )

    said = project.type("migrate")

    assert (said.code, "foreign key mismatch" in said.err) == (1, True)


def test_a_reader_does_not_stop_a_migration(example: Callable[..., Project]) -> None:
    project = example("linear")
    project.type("migrate", "a1")
    engine = create_engine(project.settings.url.render())
    with engine.connect() as reader:
        reader.exec_driver_sql("SELECT * FROM book").fetchall()

        assert project.type("migrate").code == 0
    engine.dispose()
