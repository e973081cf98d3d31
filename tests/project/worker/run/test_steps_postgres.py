"""PostgreSQL: locks are waited for shortly and often, and half-built indexes are built again."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
import pytest

from dbtasks.project.worker.run import lock_timeouts
from tests.fixtures.projects import Project

ADD_SHELF = 'op.add_column("book", sa.Column("shelf", sa.Integer))'
CONCURRENTLY = (
    "with op.get_context().autocommit_block():\n"
    '        op.create_index("book_title", "book", ["title"], unique=True, postgresql_concurrently=True,\n'
    "                        if_not_exists=True)"
)


@pytest.fixture
def books(example: Callable[..., Project], postgres_url: str) -> Project:
    """The linear project on PostgreSQL, migrated, with a lock timeout that suits a test."""
    project = example("linear", postgres_url)
    with (project.root / "pyproject.toml").open("a") as file:
        file.write("lock-timeout = 0.3\nlock-retries = 3\n")
    assert project.type("migrate").code == 0
    return project


def connected(project: Project, **more: Any) -> closing[Any]:
    arguments: dict[str, Any] = {**project.settings.url.connect_arguments(), **more}
    return closing(psycopg2.connect(**arguments))


@contextmanager
def holding(project: Project, seconds: float | None = None) -> Iterator[None]:
    """Somebody reads the table in a transaction of their own; for some seconds, or until the end."""
    with connected(project, application_name="a report") as reader, reader.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM book")
        over = threading.Timer(seconds, reader.rollback) if seconds else None
        if over:
            over.start()
        yield
        if over:
            over.join()


def query(project: Project, statement: str) -> list[tuple[object, ...]]:
    with connected(project) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def columns(project: Project) -> set[object]:
    return {row[0] for row in query(project, "SELECT attname FROM pg_attribute WHERE attrelid = 'book'::regclass")}


def test_a_lock_that_becomes_free_is_waited_for_and_its_holder_named(books: Project) -> None:
    books.revision("a4", "a3", 'op.create_table("first", sa.Column("id", sa.Integer))\n    ' + ADD_SHELF)

    with holding(books, seconds=0.8):
        said = books.type("migrate")

    assert (said.code, books.database.current()) == (0, ("a4",)), said.err
    assert "a4 got no lock within 0.3 s" in said.err
    assert "(a report, idle in transaction" in said.err
    assert "SELECT count(*) FROM book" in said.err
    assert "Attempt 2 of 4 in" in said.err
    assert said.err.count("upgrade   a4") == 1


def test_it_gives_up_in_the_end_with_nothing_half_done_and_nobody_kept_waiting(books: Project) -> None:
    books.revision("a4", "a3", 'op.create_table("first", sa.Column("id", sa.Integer))\n    ' + ADD_SHELF)

    with holding(books):
        said = books.type("migrate")

        assert query(books, "SELECT title FROM book") == [("Emma",)]
    assert (said.code, "no lock was to be had in 4 attempts of 0.3 s" in said.err, "a report" in said.err) == (
        1,
        True,
        True,
    )
    assert "stands at a3" in said.err
    assert query(books, "SELECT to_regclass('first')") == [(None,)]


def test_what_was_partly_committed_is_not_tried_again(books: Project) -> None:
    books.revision("a4", "a3", f"{CONCURRENTLY}\n    {ADD_SHELF}")

    with holding(books):  # a reader is in nobody's way while an index is built, but in the way of ALTER TABLE
        said = books.type("migrate", "--no-way-back", books.settings.url.name)  # in place, and not on a copy

    assert (said.code, "Attempt" in said.err) == (1, False)
    assert "stands at a3; what the revision did up to its autocommit block is committed" in said.err


def test_a_concurrent_build_is_never_cut_short(books: Project) -> None:
    query(books, f"ALTER DATABASE \"{books.settings.url.name}\" SET lock_timeout = '100ms'")
    books.revision("a4", "a3", CONCURRENTLY)

    with connected(books) as writer, writer.cursor() as cursor:
        cursor.execute("UPDATE book SET pages = 1")
        over = threading.Timer(1.0, writer.commit)
        over.start()
        said = books.type("migrate")
        over.join()

    assert (said.code, books.database.current()) == (0, ("a4",)), said.err
    assert "waiting for a lock that is held by" in said.err
    assert query(books, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'book_title'::regclass") == [(True,)]


@pytest.mark.parametrize("task", ["migrate", "setup"])
def test_a_half_built_index_is_named_and_built_again_by_the_next_run(books: Project, task: str) -> None:
    query(books, "INSERT INTO book (title) VALUES ('Emma')")
    books.revision("a4", "a3", CONCURRENTLY)

    failed = books.type("migrate")
    status = books.type("status").out

    assert (failed.code, "INVALID index book_title on book" in failed.err) == (1, True)
    assert "DROP INDEX CONCURRENTLY public.book_title" in failed.err
    assert "INVALID index book_title" in status
    query(books, "DELETE FROM book WHERE id > 1")

    said = books.type(task)

    assert (said.code, "Dropped the INVALID index book_title" in said.err) == (0, True)
    assert query(books, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'book_title'::regclass") == [(True,)]


def test_an_invalid_index_that_no_pending_revision_builds_is_left_alone(books: Project) -> None:
    query(books, "INSERT INTO book (title) VALUES ('Emma')")
    with pytest.raises(psycopg2.errors.UniqueViolation):
        query(books, "CREATE UNIQUE INDEX CONCURRENTLY somebodys ON book (title)")
    books.revision("a4", "a3", ADD_SHELF)

    assert books.type("migrate").code == 0

    assert "INVALID index somebodys" in books.type("status").out


def test_each_pause_is_longer_than_the_last_and_never_without_end() -> None:
    pauses = [[lock_timeouts.pause_before(attempt, 1.0) for _ in range(50)] for attempt in range(8)]

    assert max(pauses[0]) < min(pauses[2]) < min(pauses[3])
    assert max(pauses[7]) <= 10
    assert len(set(pauses[0])) > 1


def test_no_lock_timeout_at_all_waits_as_long_as_it_takes(books: Project) -> None:
    text = (books.root / "pyproject.toml").read_text()
    (books.root / "pyproject.toml").write_text(text.replace("lock-timeout = 0.3", "lock-timeout = 0"))
    books.revision("a4", "a3", ADD_SHELF)

    with holding(books, seconds=0.6):
        said = books.type("migrate")

    assert (said.code, "got no lock" in said.err) == (0, False)


def test_a_revision_is_not_blamed_for_a_server_that_goes_away(books: Project) -> None:
    books.revision("b4", "a3", 'op.execute("SELECT pg_terminate_backend(pg_backend_pid())")')

    said = books.type("migrate")

    assert (said.code, "Mend the revision" in said.err) == (1, False)
    assert "next: nox -s db_up, then the same command again" in said.err
    assert books.database.current() == ("a3",)
