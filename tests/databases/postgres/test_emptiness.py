"""D4: a database is empty when nothing that PostgreSQL can store is in it."""

import secrets
from collections.abc import Callable

import pytest

from dbtasks.databases.postgres import PostgresDatabase
from tests.databases.postgres.conftest import LABEL, run

STORED = {
    "table": "CREATE TABLE book (id int)",
    "view": "CREATE VIEW one AS SELECT 1 AS x",
    "materialized view": "CREATE MATERIALIZED VIEW one AS SELECT 1 AS x",
    "sequence": "CREATE SEQUENCE s",
    "function": "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "procedure": "CREATE PROCEDURE f() LANGUAGE sql AS 'SELECT 1'",
    "aggregate": "CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int)",
    "enum": "CREATE TYPE mood AS ENUM ('glad')",
    "composite": "CREATE TYPE pair AS (a int, b int)",
    "domain": "CREATE DOMAIN age AS int CHECK (VALUE > 0)",
    "range": "CREATE TYPE span AS RANGE (SUBTYPE = float8)",
    "shell type": "CREATE TYPE later",
    "schema": "CREATE SCHEMA other",
    "table of another schema": "CREATE SCHEMA other; CREATE TABLE other.book (id int)",
    "large object": "SELECT lo_from_bytea(0, 'x')",
    "cast": "CREATE CAST (int AS macaddr) WITH INOUT",
    "operator": "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)",
    "operator class": "CREATE OPERATOR CLASS mine FOR TYPE int USING btree AS FUNCTION 1 btint4cmp(int, int)",
    "operator of a system's family": """ALTER OPERATOR FAMILY integer_ops USING btree
        ADD FUNCTION 1 (int4, oid) btint4cmp(int, int)""",
    "access method": "CREATE ACCESS METHOD mine TYPE TABLE HANDLER heap_tableam_handler",
    "collation": "CREATE COLLATION mine (LOCALE = 'C')",
    "conversion": "CREATE CONVERSION mine FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
    "text search configuration": "CREATE TEXT SEARCH CONFIGURATION mine (COPY = simple)",
    "text search dictionary": "CREATE TEXT SEARCH DICTIONARY mine (TEMPLATE = simple)",
    "publication": "CREATE PUBLICATION mine",
    "subscription": "CREATE SUBSCRIPTION {name} CONNECTION 'dbname=x' PUBLICATION y WITH (connect = false)",
    "foreign data wrapper": "CREATE FOREIGN DATA WRAPPER mine",
    "foreign server": "CREATE FOREIGN DATA WRAPPER mine; CREATE SERVER s FOREIGN DATA WRAPPER mine",
    "extension": "CREATE EXTENSION citext",
    "default privileges": "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor",
    "default privileges of the public schema": """ALTER DEFAULT PRIVILEGES IN SCHEMA public
        GRANT SELECT ON TABLES TO pg_monitor""",
    "unlogged table": "CREATE UNLOGGED TABLE book (id int)",
    "alembic_version with a row": "CREATE TABLE alembic_version (v text); INSERT INTO alembic_version VALUES ('a1')",
    "alembic_version elsewhere": "CREATE SCHEMA other; CREATE TABLE other.alembic_version (v text)",
}
NOTHING = [
    "SELECT 1",
    "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
    "CREATE TEMPORARY TABLE book (id serial PRIMARY KEY, t text)",
    "DROP SCHEMA public; CREATE SCHEMA public",
    "CREATE TABLE book (id serial PRIMARY KEY, t text); DROP TABLE book",
]


@pytest.fixture
def fresh(named: Callable[[str], PostgresDatabase]) -> PostgresDatabase:
    database = named(f"test_{secrets.token_hex(6)}")
    database.create(LABEL)
    return database


def is_empty_after(statements: str, database: PostgresDatabase) -> bool:
    """Is a new database empty after some SQL?"""
    with database.draft() as draft:
        draft.create()
        name = draft.url.name
        run(draft.url, statements.format(name=name))
        empty = draft.is_empty()
        if "SUBSCRIPTION" in statements:
            run(draft.url, f"ALTER SUBSCRIPTION {name} SET (slot_name = NONE)")
            run(draft.url, f"DROP SUBSCRIPTION {name}")
        return empty


def test_a_database_with_anything_in_it_is_not_empty(fresh: PostgresDatabase) -> None:
    assert [name for name, statements in STORED.items() if is_empty_after(statements, fresh)] == []


def test_a_database_with_nothing_of_its_own_is_empty(fresh: PostgresDatabase) -> None:
    assert [statements for statements in NOTHING if not is_empty_after(statements, fresh)] == []


def test_what_every_new_database_gets_is_not_content(fresh: PostgresDatabase) -> None:
    template = fresh.url.with_name("template1")
    name = f"stock_{secrets.token_hex(4)}"
    run(template, f"CREATE TABLE {name} (id int); INSERT INTO {name} VALUES (1)")
    try:
        with fresh.draft() as draft:
            draft.create()
            as_made = draft.is_empty()
            run(draft.url, f"INSERT INTO {name} VALUES (1)")
            with_a_row_more = draft.is_empty()
    finally:
        run(template, f"DROP TABLE {name}")

    assert (as_made, with_a_row_more) == (True, False)
