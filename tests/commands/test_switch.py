"""`switch`: the target is brought up, filled and compared; `.env` changes at the very end, in one key."""

import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from dbtasks.databases.engines import open_changing
from dbtasks.databases.postgres import PostgresDatabase
from dbtasks.databases.postgres.removal import drop
from dbtasks.databases.protocol import Changing, Label
from dbtasks.errors import TaskError
from dbtasks.urls import DatabaseUrl, parse_url
from tests.fixtures.checkouts import Checkout
from tests.fixtures.projects import Outcome, Project

BEFORE = """# Which database
OTHER='kept as it is'   # with a comment
export DATABASE_URL="sqlite:///books.db"   # the one key
LAST=1
"""


def execute(url: DatabaseUrl, statement: str) -> None:
    """Run a statement as the application would."""
    engine = sa.create_engine(url.render())
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@dataclass(frozen=True)
class Place:
    """The example with a `.env` and without DATABASE_URL in the environment."""

    project: Project

    @property
    def env(self) -> Path:
        return self.project.root / ".env"

    @property
    def database(self) -> Changing:
        return self.project.database

    def type(self, *arguments: str) -> Outcome:
        return self.project.type(*arguments)


@pytest.fixture
def place(example: Callable[..., Project], monkeypatch: pytest.MonkeyPatch) -> Place:
    project = example("linear")
    monkeypatch.delenv("DATABASE_URL")
    place = Place(project)
    place.env.write_text(BEFORE)
    assert place.type("reset").code == 0
    execute(place.database.url, "INSERT INTO book (id, title, pages) VALUES (7, 'Vétéran', 70)")
    return place


@pytest.fixture
def elsewhere(postgres_server: DatabaseUrl) -> Iterator[DatabaseUrl]:
    """The URL of a database that does not exist yet, on a server that dbtasks does not run."""
    url = postgres_server.with_name(f"switch_{secrets.token_hex(6)}")
    yield url
    database = PostgresDatabase(url)
    with suppress(TaskError):
        for kept in database.kept():
            database.remove(kept)
        database.tidy()
        database.server.execute(drop(url.name))


def test_one_key_changes_and_everything_else_stays(place: Place, elsewhere: DatabaseUrl) -> None:
    said = place.type("switch", elsewhere.render())

    assert said.code == 0, said.text
    assert place.env.read_text() == BEFORE.replace("sqlite:///books.db", elsewhere.render())
    assert place.database.current() == ("a3",)
    assert place.database.rows() == {"book": 1}
    assert elsewhere.password not in said.text.replace("postgres", "")


def test_the_rows_come_along_both_ways_and_what_was_there_can_be_had_back(place: Place, elsewhere: DatabaseUrl) -> None:
    said = place.type("switch", elsewhere.render(), "--copy-data")
    assert said.code == 0, said.text
    assert "Copied 2 rows" in said.out
    assert "db_undo" not in said.out
    assert place.database.rows() == {"book": 2}

    execute(place.database.url, "INSERT INTO book (id, title, pages) VALUES (8, 'Third', 1)")
    said = place.type("switch", f"sqlite:///{place.project.root}/books.db", "--copy-data")
    assert said.code == 0, said.text
    assert place.database.rows() == {"book": 3}
    assert "nox -s db_undo" in said.out
    assert place.type("undo").code == 0
    assert place.database.rows() == {"book": 2}


def test_sqlite_is_the_projects_own_file_or_what_the_variable_says(place: Place) -> None:
    assert place.type("switch", "sqlite").code == 0
    assert "sqlite:///linear.db" in place.env.read_text()

    place.env.write_text(place.env.read_text() + "SQLITE_URL=sqlite:///another.db\n")
    assert place.type("switch", "sqlite").code == 0
    assert (place.project.root / "another.db").exists()


def test_an_existing_target_keeps_its_rows_and_is_brought_to_head(place: Place, elsewhere: DatabaseUrl) -> None:
    assert place.type("switch", elsewhere.render()).code == 0
    execute(elsewhere, "INSERT INTO book (id, title, pages) VALUES (9, 'kept', 1)")
    place.type("downgrade", "a2")
    assert place.type("switch", "sqlite").code == 0

    said = place.type("switch", elsewhere.render())

    assert said.code == 0, said.text
    assert place.database.current() == ("a3",)
    assert place.database.rows()["book"] >= 1


def test_a_failing_revision_leaves_env_and_target(place: Place, elsewhere: DatabaseUrl) -> None:
    place.project.revision("a4", "a3", 'op.execute("INSERT INTO nowhere VALUES (1)")')
    before = place.env.read_text()

    for options in ((), ("--copy-data",)):
        said = place.type("switch", elsewhere.render(), *options)
        assert (said.code, "a4" in said.err) == (1, True)
        assert place.env.read_text() == before
        assert not open_changing(elsewhere).exists()
        assert open_changing(elsewhere).tidy() == 0


def test_a_row_that_does_not_fit_leaves_env_and_target(place: Place, elsewhere: DatabaseUrl) -> None:
    assert place.type("switch", elsewhere.render()).code == 0
    execute(elsewhere, "INSERT INTO book (id, title, pages) VALUES (9, 'kept', 1)")
    place.env.write_text(BEFORE)
    execute(place.database.url, "INSERT INTO book (id, title, pages) VALUES (10, 'a' || char(0), 1)")

    said = place.type("switch", elsewhere.render(), "--copy-data")

    assert said.code == 1
    assert "book.title where id = 10 holds a NUL character" in said.err
    assert place.env.read_text() == BEFORE
    assert open_changing(elsewhere).rows() == {"book": 2}
    assert open_changing(elsewhere).kept("undo") == []


def test_a_protected_target_is_not_overwritten(place: Place, elsewhere: DatabaseUrl) -> None:
    assert place.type("switch", elsewhere.render()).code == 0
    open_changing(elsewhere).set_label(Label("production", "linear"))
    place.env.write_text(BEFORE)

    said = place.type("switch", elsewhere.render(), "--copy-data")
    assert (said.code, "labelled production" in said.err) == (3, True)
    assert place.env.read_text() == BEFORE

    assert place.type("switch", elsewhere.render()).code == 0  # it stands at head: nothing is changed there


def test_a_protected_target_that_stands_elsewhere_is_not_replaced(place: Place, elsewhere: DatabaseUrl) -> None:
    assert place.type("switch", elsewhere.render()).code == 0
    execute(elsewhere, "UPDATE alembic_version SET version_num = 'ffff'")
    open_changing(elsewhere).set_label(Label("production", "linear"))
    place.env.write_text(BEFORE)

    said = place.type("switch", elsewhere.render())

    assert said.code != 0, said.text
    assert (place.env.read_text(), open_changing(elsewhere).current()) == (BEFORE, ("ffff",))


def test_the_environment_wins_and_is_named(
    place: Place, elsewhere: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{place.project.root}/books.db")

    said = place.type("switch", elsewhere.render())

    assert said.code == 0
    assert "unset DATABASE_URL" in said.err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "Say where to go"),
        (("mysql",), 2, "neither an engine nor a URL"),
        (("mysql://u:secret-word@h/d",), 2, "does not know the engine"),
        (("sqlite:///books.db", "--copy-data"), 2, "is the database in use"),
        (("postgresql://u:secret-word@127.0.0.1:1/d",), 1, "No PostgreSQL server answers"),
    ],
)
def test_what_cannot_be_done_is_said(place: Place, words: tuple[str, ...], code: int, told: str) -> None:
    said = place.type("switch", *words)

    assert (said.code, told in said.err, "secret-word" in said.text) == (code, True, False)
    assert place.env.read_text() == BEFORE


def test_there_must_be_something_to_copy(place: Place, elsewhere: DatabaseUrl) -> None:
    place.type("drop")

    said = place.type("switch", elsewhere.render(), "--copy-data")

    assert (said.code, "nothing to copy" in said.err) == (1, True)
    assert not open_changing(elsewhere).exists()


def test_killed_while_copying_it_leaves_the_old_env_and_the_next_run_succeeds(
    place: Place, elsewhere: DatabaseUrl
) -> None:
    command = [sys.executable, "-m", "dbtasks", "switch", elsewhere.render(), "--copy-data"]
    for delay in (0.4, 0.9, 1.3):
        child = subprocess.Popen(command, cwd=place.project.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        child.kill()
        child.wait()
        switched = place.env.read_text() != BEFORE
        assert open_changing(elsewhere).exists() or not switched
        place.env.write_text(BEFORE)

    assert place.type("switch", elsewhere.render(), "--copy-data").code == 0
    assert place.database.rows() == {"book": 2}
    assert place.database.tidy() == 0


def test_postgres_is_the_docker_server_and_back(checkout: Checkout) -> None:
    assert checkout.type("reset").code == 0

    said = checkout.type("switch", "postgres", "--copy-data")

    assert said.code == 0, said.text
    url = parse_url(checkout.value("DATABASE_URL"), base=checkout.project.root)
    assert (url.engine, url.password, open_changing(url).rows()) == (
        "postgres",
        checkout.value("POSTGRES_PASSWORD"),
        {"book": 1},
    )
    assert url.password not in said.text
    assert checkout.type("switch", "sqlite").code == 0
    assert checkout.value("DATABASE_URL") == "sqlite:///linear.db"
