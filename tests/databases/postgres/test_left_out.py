"""What a swap cannot carry over is named, and keeps nobody from swapping."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dbtasks.databases.postgres import PostgresDatabase
from dbtasks.databases.protocol import About
from tests.databases.postgres.conftest import LABEL, run
from tests.fixtures.projects import Project

SETTINGS = """SELECT COALESCE(r.rolname, ''), s.setconfig FROM pg_db_role_setting s LEFT JOIN pg_roles r
    ON r.oid = s.setrole WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())"""
SUBSCRIPTION = "CREATE SUBSCRIPTION {} CONNECTION 'dbname=x' PUBLICATION y WITH (connect = false, slot_name = NONE)"


def about() -> About:
    return About("undo", "db_reset", datetime.now(UTC))


@pytest.fixture
def plain(database: PostgresDatabase) -> Iterator[tuple[PostgresDatabase, list[str], str]]:
    """The database as its owner opens it, who is no superuser; what was said; another role."""
    owner, other = (f"{word}_{secrets.token_hex(4)}" for word in ("owner", "other"))
    database.server.execute(f"CREATE ROLE {owner} LOGIN CREATEDB PASSWORD 'word'", f"CREATE ROLE {other}")
    database.server.execute(f"ALTER DATABASE {database.url.name} OWNER TO {owner}")
    run(database.url, f"ALTER TABLE book OWNER TO {owner}")
    said: list[str] = []
    opened = PostgresDatabase(replace(database.url, user=owner, password="word"), warn=said.append)
    yield opened, said, other
    for kept in database.kept():
        database.remove(kept)
    opened.server.connection.close()
    database.server.execute(f"ALTER DATABASE {database.url.name} OWNER TO postgres")
    run(database.url, f"REASSIGN OWNED BY {owner} TO postgres; DROP OWNED BY {owner}")
    database.server.execute(f"DROP ROLE {owner}", f"DROP ROLE {other}")


def test_an_administrators_setting_is_left_out_and_named(
    database: PostgresDatabase, plain: tuple[PostgresDatabase, list[str], str]
) -> None:
    opened, said, other = plain
    name = database.url.name
    database.server.execute(f"ALTER ROLE {other} IN DATABASE {name} SET work_mem = '5MB'")
    database.server.execute(f"ALTER DATABASE {name} SET search_path = mine, 'it''s'")

    with opened.draft() as draft:
        draft.create()
        opened.swap(draft, about(), label=LABEL)

    assert [("work_mem" in one, other in one) for one in said] == [(True, True)]
    assert [role for role, _ in run(database.url, SETTINGS)] == [""]


def test_a_copy_is_kept_although_an_administrator_made_a_setting(
    database: PostgresDatabase, plain: tuple[PostgresDatabase, list[str], str]
) -> None:
    opened, _, other = plain
    database.server.execute(f"ALTER ROLE {other} IN DATABASE {database.url.name} SET work_mem = '5MB'")

    assert opened.copy(about()) in opened.kept()


def test_nothing_is_said_where_all_is_carried_over(database: PostgresDatabase) -> None:
    said: list[str] = []
    database.server.execute(f"ALTER DATABASE {database.url.name} SET work_mem = '5MB'")
    with PostgresDatabase(database.url, warn=said.append).draft() as draft:
        draft.create()
        PostgresDatabase(database.url, warn=said.append).swap(draft, about(), label=LABEL)

    assert said == []


@pytest.mark.parametrize("engine_url", ["postgres"], indirect=True)
def test_a_reset_says_once_which_subscription_moved_with_the_former_state(project: Project) -> None:
    assert project.type("reset").code == 0
    name = f"sub_{secrets.token_hex(4)}"
    run(project.settings.url, SUBSCRIPTION.format(name))

    said = project.type("reset")

    run(project.database.kept("undo")[0].url, f"DROP SUBSCRIPTION {name}")
    assert (said.code, said.text.count(f"subscription '{name}'")) == (0, 1), said.text
