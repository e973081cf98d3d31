"""What belongs to the name stays with it when the content is swapped."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace

import psycopg2
import pytest

from dbtasks.databases.postgres import PostgresDatabase, PostgresDraft
from tests.databases.postgres.conftest import LABEL, run

STATE = """SELECT pg_get_userbyid(datdba), datconnlimit,
    (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(datacl) a),
    (SELECT array_agg((COALESCE(r.rolname, ''), s.setconfig)::text ORDER BY 1)
     FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole WHERE s.setdatabase = d.oid)
    FROM pg_database d WHERE datname = current_database()"""


@pytest.fixture
def roles(database: PostgresDatabase) -> Iterator[tuple[str, str]]:
    names = (f"owner {secrets.token_hex(4)}", f"it's {secrets.token_hex(4)}")
    for name in names:
        database.server.execute(f'CREATE ROLE "{name}"')
    yield names
    database.server.execute(f'ALTER DATABASE "{database.url.name}" OWNER TO postgres')
    for name in names:
        database.server.execute(f'DROP OWNED BY "{name}"')
        database.server.execute(f'DROP ROLE "{name}"')


def test_owner_privileges_and_settings_survive_a_reset(database: PostgresDatabase, roles: tuple[str, str]) -> None:
    name = database.url.name
    owner, other = roles
    settings = (
        f'ALTER DATABASE "{name}" OWNER TO "{owner}"',
        f'ALTER DATABASE "{name}" CONNECTION LIMIT 77',
        f'REVOKE CONNECT ON DATABASE "{name}" FROM PUBLIC',
        f'GRANT CREATE ON DATABASE "{name}" TO "{other}" WITH GRANT OPTION',
        f"""ALTER DATABASE "{name}" SET search_path = "$user", 'odd "name, x', public""",
        f"ALTER DATABASE \"{name}\" SET timezone = 'Asia/Tokyo'",
        f"ALTER DATABASE \"{name}\" SET custom.thing = 'it''s, 100%'",
        f'ALTER ROLE "{other}" IN DATABASE "{name}" SET statement_timeout = 5000',
    )
    for statement in settings:
        database.server.execute(statement)
    before = run(database.url, STATE)

    with database.draft() as draft:
        draft.create()
        database.swap(draft, None, label=LABEL)

    assert run(database.url, STATE) == before


def test_locale_and_encoding_survive_a_reset(named: Callable[[str], PostgresDatabase]) -> None:
    database = named(f"test_{secrets.token_hex(6)}")
    database.server.execute(
        f"CREATE DATABASE {database.url.name} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"
    )
    query = "SELECT encoding, datcollate, datctype FROM pg_database WHERE datname = current_database()"
    before = run(database.url, query)

    with database.draft() as draft:
        draft.create()
        database.swap(draft, None, label=LABEL)

    assert run(database.url, query) == before


def test_an_icu_locale_survives_a_reset(named: Callable[[str], PostgresDatabase]) -> None:
    database = named(f"test_{secrets.token_hex(6)}")
    if database.server.connection.server_version < 150000:
        pytest.skip("databases with an ICU locale came with PostgreSQL 15")
    if not database.server.query("SELECT 1 FROM pg_collation WHERE collprovider = 'i' LIMIT 1"):
        pytest.skip("this server was built without ICU")
    database.server.execute(
        f"CREATE DATABASE {database.url.name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de'"
    )
    columns = "to_jsonb(d) - 'oid' - 'datfrozenxid' - 'datminmxid'"
    query = f"SELECT {columns} FROM pg_database d WHERE datname = current_database()"
    before = run(database.url, query)

    with database.draft() as draft:
        draft.create()
        database.swap(draft, None, label=LABEL)

    assert run(database.url, query) == before


def test_settings_hold_while_the_draft_is_built(database: PostgresDatabase, roles: tuple[str, str]) -> None:
    # S2: search_path decides where a revision's tables go.
    name = database.url.name
    run(database.url, "CREATE SCHEMA mine; CREATE EXTENSION citext SCHEMA mine")
    database.server.execute(f'ALTER DATABASE "{name}" SET search_path = mine, "odd ""name"')
    database.server.execute(f'ALTER ROLE postgres IN DATABASE "{name}" SET work_mem = 2345')
    database.server.execute(f'ALTER ROLE "{roles[1]}" IN DATABASE "{name}" SET work_mem = 9999')
    query = "SELECT current_setting('search_path'), current_setting('work_mem')"
    expected = run(database.url, query)
    before = run(database.url, STATE)

    ways: list[Callable[[PostgresDraft], None]] = [PostgresDraft.create, lambda draft: draft.clone(database)]
    for way in ways:
        with database.draft() as draft:
            way(draft)
            assert run(draft.url, query) == expected
            run(draft.url, "CREATE SCHEMA IF NOT EXISTS mine; CREATE TABLE mine.here (id int)")
            assert draft.rows()["here"] == 0  # in the default schema
            database.swap(draft, None, label=LABEL)
        assert run(database.url, STATE) == before
        run(database.url, "DROP TABLE mine.here")


def test_a_database_that_is_read_only_by_default_is_rebuilt_and_stays_so(database: PostgresDatabase) -> None:
    # S2: the setting protects the live database; it must not keep its successor from being built.
    database.server.execute(f"ALTER DATABASE {database.url.name} SET default_transaction_read_only = on")
    with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
        run(database.url, "CREATE TABLE here (id int)")

    with database.draft() as draft:
        draft.create()
        run(draft.url, "CREATE TABLE here (id int)")
        database.swap(draft, None, label=LABEL)

    assert database.rows() == {"here": 0}
    with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
        run(database.url, "INSERT INTO here VALUES (1)")


def test_a_template_of_other_conditions_is_told_apart(
    database: PostgresDatabase, named: Callable[[str], PostgresDatabase]
) -> None:
    # S2, T1: locale, encoding, settings of the database that is replaced, and the extensions on offer.
    absent, latin = named(database.url.name + "_2"), named(database.url.name + "_3")
    options = "TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"
    latin.server.execute(f"CREATE DATABASE {latin.url.name} {options}")
    before = database.template_conditions()

    assert before == absent.template_conditions() == PostgresDatabase(database.url).template_conditions()
    assert before != latin.template_conditions()
    assert "plpgsql" in before
    database.server.execute(f"ALTER DATABASE {database.url.name} SET search_path = mine")
    assert database.template_conditions() != before
    database.server.execute(f"ALTER DATABASE {database.url.name} RESET ALL")
    assert database.template_conditions() == before


def test_a_setting_that_only_an_administrator_may_make_keeps_nobody_from_building(database: PostgresDatabase) -> None:
    name = database.url.name
    role = f"plain_{secrets.token_hex(4)}"
    database.server.execute(f"CREATE ROLE {role} LOGIN CREATEDB PASSWORD 'word'")
    database.server.execute(f"ALTER DATABASE {name} SET log_min_duration_statement = 77")
    database.server.execute(f"ALTER DATABASE {name} SET search_path = mine")
    plain = PostgresDatabase(replace(database.url, user=role, password="word"))

    with plain.draft() as draft:
        draft.create()
        assert run(draft.url, "SHOW search_path") == [("mine",)]

    plain.server.connection.close()
    database.server.execute(f"DROP ROLE {role}")
