"""Create, clone, swap, keep: the protocol on a real server."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from dbtasks.databases.engines import open_changing
from dbtasks.databases.postgres import PostgresDatabase
from dbtasks.databases.protocol import About, Kind
from dbtasks.errors import DatabaseError
from dbtasks.urls import DatabaseUrl
from tests.databases.postgres.conftest import LABEL, about, run

NAMES = [
    "vibe4vets",
    'quote"d',
    "O'Hara",
    "Vétéran 数据库",
    "a--b; DROP DATABASE postgres",
    "100%s %(x)s",
    "x" * 63,
    "é" * 31,
    "back\\slash",
]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_does(name: str, named: Callable[[str], PostgresDatabase]) -> None:
    database = named(name)
    with database.lock("test", 1):
        database.create(LABEL)
        with database.draft() as draft:
            draft.clone(database)
            kept = database.swap(draft, about(title=f"before {name} '--%\" \x01"), label=LABEL)
        database.swap(open_changing(kept.url) if kept else database, about(), label=LABEL)
        database.put_away(about(name))
        [first, second] = database.kept()
        for one in (first, second):
            database.remove(one)

    assert (database.exists(), database.kept(), first.about.title) == (False, [], name)


def test_a_created_database_is_labelled_and_empty(named: Callable[[str], PostgresDatabase]) -> None:
    database = named(f"test_{secrets.token_hex(6)}")

    database.create(LABEL)

    assert (database.label(), database.current(), database.rows()) == (LABEL, (), {})
    assert database.size() > 1_000_000
    assert database.version().startswith("PostgreSQL 1")
    with pytest.raises(DatabaseError, match="exists already"):
        database.create(LABEL)
    assert database.tidy() == 0


def test_rows_are_exact_and_only_the_projects(database: PostgresDatabase) -> None:
    run(
        database.url,
        """CREATE TABLE alembic_version (version_num varchar(32)); INSERT INTO alembic_version VALUES ('b2'), ('a1');
        CREATE TABLE "Odd "" Name%" (id int); CREATE SCHEMA other; CREATE TABLE other.book (id int);
        CREATE TABLE parted (id int) PARTITION BY RANGE (id);
        CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (9);
        INSERT INTO parted VALUES (1), (2), (3); CREATE VIEW seen AS SELECT * FROM book""",
    )

    assert database.rows() == {'Odd " Name%': 0, "book": 1, "parted": 3, "other.book": 0}
    assert database.current() == ("a1", "b2")


def test_alembic_version_is_found_along_the_search_path(database: PostgresDatabase) -> None:
    run(
        database.url,
        f"""CREATE SCHEMA mine; CREATE TABLE mine.alembic_version (version_num text);
        INSERT INTO mine.alembic_version VALUES ('m1'); ALTER DATABASE {database.url.name} SET search_path = mine""",
    )

    assert database.current() == ("m1",)


def test_a_draft_is_dropped_unless_it_was_used(database: PostgresDatabase) -> None:
    with pytest.raises(RuntimeError), database.draft() as draft:
        draft.create()
        assert draft.exists()
        raise RuntimeError
    assert not draft.exists()

    with database.draft() as draft:
        draft.create()
        kept = database.keep(draft, about("mine"))
    assert not draft.exists()
    assert [one.about.title for one in database.kept()] == ["mine"]
    assert open_changing(kept.url).rows() == {}


def test_swap_keeps_the_old_one_and_undo_brings_it_back(database: PostgresDatabase) -> None:
    with database.draft() as draft:
        draft.create()
        kept = database.swap(draft, about("db_reset", why="test"), label=LABEL)
    assert database.rows() == {}
    assert kept is not None
    assert database.kept() == [kept]
    assert kept.about.facts == {"why": "test"}

    redo = database.swap(open_changing(kept.url), about("db_undo"), label=LABEL)

    assert database.rows() == {"book": 1}
    assert database.kept() == [redo]
    assert database.tidy() == 0


def test_kept_are_sorted_and_only_ones_own(
    database: PostgresDatabase, named: Callable[[str], PostgresDatabase]
) -> None:
    other = named(database.url.name + "_2")
    other.create(LABEL)
    now = datetime.now(UTC)
    for age in (2, 1, 3):
        with database.draft() as draft:
            draft.create()
            kind: Kind = "snapshot" if age == 2 else "undo"
            database.keep(draft, About(kind, f"age {age}", now - timedelta(hours=age)))
    with other.draft() as draft:
        draft.create()
        foreign = other.keep(draft, about("foreign"))

    assert [kept.about.title for kept in database.kept()] == ["age 1", "age 2", "age 3"]
    assert [kept.about.title for kept in database.kept("snapshot")] == ["age 2"]
    with pytest.raises(DatabaseError, match="left alone"):
        database.remove(foreign)
    assert other.kept() == [foreign]


def test_describe_changes_what_a_relative_says(database: PostgresDatabase) -> None:
    with database.draft() as draft:
        draft.create()
        kept = database.keep(draft, about("old"))

    database.describe(kept, about("new", used="now"))

    assert [(one.url, one.about.title) for one in database.kept()] == [(kept.url, "new")]


def test_tidy_drops_drafts_labelled_or_not_and_nothing_else(
    database: PostgresDatabase, named: Callable[[str], PostgresDatabase]
) -> None:
    other = named(database.url.name + "x")
    unlabelled = other_draft = ""
    with database.draft() as draft:
        unlabelled = draft.url.name
    with other.draft() as draft:
        other_draft = draft.url.name
    foreign = f"dbtasks_draft_mine_{secrets.token_hex(4)}"
    for name in (unlabelled, other_draft, foreign):
        database.server.execute(f"CREATE DATABASE {name}")
    with database.draft() as draft:
        draft.create()
        kept = database.keep(draft, about())
    database.server.execute(f"COMMENT ON DATABASE {kept.url.name} IS 'oops'")

    assert database.tidy() == 1

    left = {row[0] for row in database.server.query("SELECT datname FROM pg_database")}
    assert {other_draft, foreign, kept.url.name} <= left
    assert unlabelled not in left
    for name in (foreign, kept.url.name):
        database.server.execute(f"DROP DATABASE {name}")
    assert other.tidy() == 1


def test_a_clone_is_complete(database: PostgresDatabase) -> None:
    run(database.url, "CREATE TABLE many AS SELECT g AS id FROM generate_series(1, 1000) g; CREATE SEQUENCE s START 7")

    with database.draft() as draft:
        draft.clone(database)
        assert draft.rows() == {"book": 1, "many": 1000}
        assert draft.label() == LABEL


def test_the_maintenance_database_is_not_swapped(postgres_server: DatabaseUrl) -> None:
    database = PostgresDatabase(postgres_server.with_name("postgres"))
    with pytest.raises(DatabaseError, match="cannot be replaced"):
        database.put_away(about())
    with database.draft() as draft, pytest.raises(DatabaseError, match="cannot be replaced"):
        draft.create()
        database.swap(draft, None, label=LABEL)
