"""G7: a copy of a PostgreSQL database ends the sessions on it; it says whose, and on a protected one it is not made."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from dbtasks.databases.protocol import Label
from tests.fixtures.contents import holds
from tests.fixtures.projects import Project

COPYING = (("snapshot", "one"), ("downgrade", "-1"), ("stamp", "a1", "--force"))

REPLACING = (("reset",), ("drop",))


@pytest.fixture
def books(example: Callable[..., Project], postgres_url: str) -> Project:
    project = example("linear", postgres_url)
    assert project.type("migrate").code == 0
    return project


@pytest.fixture
def session(books: Project) -> Iterator[Any]:
    """A session of another program, in a transaction."""
    login: dict[str, Any] = {**books.settings.url.connect_arguments(), "application_name": "the app"}
    with closing(psycopg2.connect(**login)) as connection:
        connection.cursor().execute("SELECT count(*) FROM book")
        yield connection


@pytest.mark.parametrize("task", [*COPYING, *REPLACING], ids=" ".join)
def test_it_says_whose_sessions_it_ends(books: Project, session: Any, task: tuple[str, ...]) -> None:
    said = books.type(*task)

    assert said.code == 0, said.text
    assert "ending 1 session on" in said.err
    assert "the app" in said.err
    assert "in a transaction" in said.err
    assert is_ended(session)


@pytest.mark.parametrize("task", COPYING, ids=" ".join)
def test_on_a_protected_database_it_ends_none_and_changes_nothing(
    books: Project, session: Any, task: tuple[str, ...]
) -> None:
    books.database.set_label(Label("production", "linear"))
    before = holds(books.settings.url.render())

    said = books.type(*task, "--yes", books.settings.url.name)

    assert (said.code, "would end 1 session" in said.err, "the app" in said.err) == (3, True, True), said.text
    assert not is_ended(session)
    assert holds(books.settings.url.render()) == before
    assert books.database.kept("undo") == books.database.kept("snapshot") == []


def is_ended(session: Any) -> bool:
    try:
        session.cursor().execute("SELECT 1")
    except psycopg2.Error:
        return True
    return False
