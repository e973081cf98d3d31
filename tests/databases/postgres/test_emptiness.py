"""D4: a database is empty when nothing that PostgreSQL can store is in it."""

import secrets
from collections.abc import Callable

import pytest

from dbtasks.databases.postgres import PostgresDatabase
from tests.databases.postgres.conftest import LABEL, run
from tests.fixtures.checkouts import Checkout

# What is made, and what takes it away again.
STORED = {
    "table": ("CREATE TABLE book (id int)", "DROP TABLE book"),
    "view": ("CREATE VIEW one AS SELECT 1 AS x", "DROP VIEW one"),
    "materialized view": ("CREATE MATERIALIZED VIEW one AS SELECT 1 AS x", "DROP MATERIALIZED VIEW one"),
    "sequence": ("CREATE SEQUENCE s", "DROP SEQUENCE s"),
    "function": ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "DROP FUNCTION f"),
    "procedure": ("CREATE PROCEDURE f() LANGUAGE sql AS 'SELECT 1'", "DROP PROCEDURE f"),
    "aggregate": ("CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int)", "DROP AGGREGATE total(int)"),
    "enum": ("CREATE TYPE mood AS ENUM ('glad')", "DROP TYPE mood"),
    "composite": ("CREATE TYPE pair AS (a int, b int)", "DROP TYPE pair"),
    "domain": ("CREATE DOMAIN age AS int CHECK (VALUE > 0)", "DROP DOMAIN age"),
    "range": ("CREATE TYPE span AS RANGE (SUBTYPE = float8)", "DROP TYPE span"),
    "shell type": ("CREATE TYPE later", "DROP TYPE later"),
    "schema": ("CREATE SCHEMA other", "DROP SCHEMA other"),
    "table of another schema": ("CREATE SCHEMA other; CREATE TABLE other.book (id int)", "DROP SCHEMA other CASCADE"),
    "large object of a chosen number": ("SELECT lo_from_bytea(7, 'x')", "SELECT lo_unlink(7)"),
    "large object": ("SELECT lo_from_bytea(0, 'x')", "SELECT lo_unlink(oid) FROM pg_largeobject_metadata"),
    "cast": ("CREATE CAST (int AS macaddr) WITH INOUT", "DROP CAST (int AS macaddr)"),
    "operator": (
        "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)",
        "DROP OPERATOR === (int, int)",
    ),
    "operator class": (
        "CREATE OPERATOR CLASS mine FOR TYPE int USING btree AS FUNCTION 1 btint4cmp(int, int)",
        "DROP OPERATOR FAMILY mine USING btree",
    ),
    "operator of a system's family": (
        "ALTER OPERATOR FAMILY integer_ops USING btree ADD FUNCTION 1 (int4, oid) btint4cmp(int, int)",
        "ALTER OPERATOR FAMILY integer_ops USING btree DROP FUNCTION 1 (int4, oid)",
    ),
    "access method": ("CREATE ACCESS METHOD mine TYPE TABLE HANDLER heap_tableam_handler", "DROP ACCESS METHOD mine"),
    "collation": ("CREATE COLLATION mine (LOCALE = 'C')", "DROP COLLATION mine"),
    "conversion": ("CREATE CONVERSION mine FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8", "DROP CONVERSION mine"),
    "text search configuration": (
        "CREATE TEXT SEARCH CONFIGURATION mine (COPY = simple)",
        "DROP TEXT SEARCH CONFIGURATION mine",
    ),
    "text search dictionary": (
        "CREATE TEXT SEARCH DICTIONARY mine (TEMPLATE = simple)",
        "DROP TEXT SEARCH DICTIONARY mine",
    ),
    "publication": ("CREATE PUBLICATION mine", "DROP PUBLICATION mine"),
    "subscription": (
        "CREATE SUBSCRIPTION {name} CONNECTION 'dbname=x' PUBLICATION y WITH (connect = false, slot_name = NONE)",
        "DROP SUBSCRIPTION {name}",
    ),
    "foreign data wrapper": ("CREATE FOREIGN DATA WRAPPER mine", "DROP FOREIGN DATA WRAPPER mine"),
    "foreign server": (
        "CREATE FOREIGN DATA WRAPPER mine; CREATE SERVER s FOREIGN DATA WRAPPER mine",
        "DROP FOREIGN DATA WRAPPER mine CASCADE",
    ),
    "extension": ("CREATE EXTENSION citext", "DROP EXTENSION citext"),
    "default privileges": (
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor",
        "ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM pg_monitor",
    ),
    "default privileges of the public schema": (
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO pg_monitor",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON TABLES FROM pg_monitor",
    ),
    "partitioned table": ("CREATE TABLE book (id int) PARTITION BY LIST (id)", "DROP TABLE book"),
    "partition with rows": (
        (
            "CREATE TABLE book (id int) PARTITION BY LIST (id); CREATE TABLE part PARTITION OF book DEFAULT; "
            "INSERT INTO book VALUES (1)"
        ),
        "DROP TABLE book",
    ),
    "foreign table": (
        (
            "CREATE FOREIGN DATA WRAPPER mine; CREATE SERVER s FOREIGN DATA WRAPPER mine; "
            "CREATE FOREIGN TABLE book (id int) SERVER s"
        ),
        "DROP FOREIGN DATA WRAPPER mine CASCADE",
    ),
    "user mapping": (
        (
            "CREATE FOREIGN DATA WRAPPER mine; CREATE SERVER s FOREIGN DATA WRAPPER mine; "
            "CREATE USER MAPPING FOR PUBLIC SERVER s"
        ),
        "DROP FOREIGN DATA WRAPPER mine CASCADE",
    ),
    "event trigger": (
        (
            "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; "
            "CREATE EVENT TRIGGER mine ON ddl_command_end EXECUTE FUNCTION f()"
        ),
        "DROP FUNCTION f CASCADE",
    ),
    "language": ("CREATE LANGUAGE mine HANDLER plpgsql_call_handler", "DROP LANGUAGE mine"),
    "transform": (
        "CREATE TRANSFORM FOR int LANGUAGE plpgsql (FROM SQL WITH FUNCTION varchar_support(internal))",
        "DROP TRANSFORM FOR int LANGUAGE plpgsql",
    ),
    "text search parser": (
        (
            "CREATE TEXT SEARCH PARSER mine "
            "(START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype)"
        ),
        "DROP TEXT SEARCH PARSER mine",
    ),
    "text search template": (
        "CREATE TEXT SEARCH TEMPLATE mine (LEXIZE = dsimple_lexize)",
        "DROP TEXT SEARCH TEMPLATE mine",
    ),
    "statistics object": (
        "CREATE TABLE book (a int, b int); CREATE STATISTICS mine ON a, b FROM book",
        "DROP TABLE book",
    ),
    "operator family": ("CREATE OPERATOR FAMILY mine USING btree", "DROP OPERATOR FAMILY mine USING btree"),
    "trigger on a system's view": (
        (
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
            "CREATE TRIGGER mine INSTEAD OF INSERT ON information_schema.tables FOR EACH ROW EXECUTE FUNCTION f()"
        ),
        "DROP FUNCTION f CASCADE",
    ),
    "security label": (
        (
            "SET allow_system_table_mods = on; "
            "INSERT INTO pg_seclabel VALUES (2200, 'pg_namespace'::regclass, 0, 'mine', 'x')"
        ),
        "SET allow_system_table_mods = on; DELETE FROM pg_seclabel",
    ),
    "alembic_version that is a view": (
        "CREATE VIEW alembic_version AS SELECT 1 AS version_num WHERE false",
        "DROP VIEW alembic_version",
    ),
    "alembic_version that is partitioned": (
        "CREATE TABLE alembic_version (v text) PARTITION BY LIST (v)",
        "DROP TABLE alembic_version",
    ),
    "unlogged table": ("CREATE UNLOGGED TABLE book (id int)", "DROP TABLE book"),
    "alembic_version with a row": (
        "CREATE TABLE alembic_version (v text); INSERT INTO alembic_version VALUES ('a1')",
        "DROP TABLE alembic_version",
    ),
    "alembic_version elsewhere": (
        "CREATE SCHEMA other; CREATE TABLE other.alembic_version (v text)",
        "DROP SCHEMA other CASCADE",
    ),
}
NOTHING = [
    "SELECT 1",
    "DROP SCHEMA public; CREATE SCHEMA public",
    "CREATE TABLE book (id serial PRIMARY KEY, t text); DROP TABLE book",
    "CREATE TEMPORARY TABLE book (id serial PRIMARY KEY, t text)",
    "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
]


@pytest.fixture
def fresh(named: Callable[[str], PostgresDatabase]) -> PostgresDatabase:
    database = named(f"test_{secrets.token_hex(6)}")
    database.create(LABEL)
    return database


def is_empty_after(statements: str, database: PostgresDatabase) -> bool:
    """Is a database empty after some SQL?"""
    run(database.url, statements.format(name=database.url.name))
    return database.is_empty()


@pytest.mark.usefixtures("one_connection")
def test_a_database_with_anything_in_it_is_not_empty_until_that_is_gone(fresh: PostgresDatabase) -> None:
    found = {name: [is_empty_after(statements, fresh) for statements in both] for name, both in STORED.items()}

    assert [name for name, answers in found.items() if answers != [False, True]] == []


def test_a_database_with_nothing_of_its_own_is_empty(fresh: PostgresDatabase) -> None:
    assert [statements for statements in NOTHING if not is_empty_after(statements, fresh)] == []


STOCK = (
    "CREATE TABLE stock (id int); INSERT INTO stock VALUES (1); "
    "CREATE FUNCTION price() RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT lo_from_bytea(7, 'x')"
)
WITHOUT_STOCK = "DROP TABLE stock; DROP FUNCTION price(); SELECT lo_unlink(7)"
CHANGES = [
    "INSERT INTO stock VALUES (1)",
    "CREATE OR REPLACE FUNCTION price() RETURNS int LANGUAGE sql AS 'SELECT 2'",
    "ALTER TABLE stock ADD COLUMN note text",
    "ALTER TABLE stock ALTER COLUMN id SET DEFAULT 1",
    "CREATE POLICY mine ON stock USING (id > 1)",
    "COMMENT ON TABLE stock IS 'precious'",
    "CREATE INDEX mine ON stock (id)",
    "GRANT SELECT ON stock TO PUBLIC",
    "SELECT lo_put(7, 0, 'y')",
    "SELECT lo_from_bytea(8, 'x')",
]
NO_CHANGES = [
    "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
    "DROP SCHEMA other; DROP TABLE stock",
    "VACUUM ANALYZE stock",
]


def test_what_every_new_database_gets_is_content_once_it_was_changed(checkout: Checkout) -> None:
    checkout.up()  # a server of its own: tests beside this one make databases from template1 as well
    fresh = PostgresDatabase(checkout.url)
    template = fresh.url.with_name("template1")

    def is_empty_after(change: str) -> bool:
        with fresh.draft() as draft:
            draft.create()
            run(draft.url, change)
            return draft.is_empty()

    run(template, f"CREATE SCHEMA other; {STOCK}")
    try:
        found = {change: is_empty_after(change) for change in ["SELECT 1", *CHANGES, *NO_CHANGES]}
    finally:
        run(template, f"DROP SCHEMA other; {WITHOUT_STOCK}")

    assert found == {"SELECT 1": True, **dict.fromkeys(CHANGES, False), **dict.fromkeys(NO_CHANGES, True)}
