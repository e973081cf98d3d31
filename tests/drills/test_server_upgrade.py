"""A volume of another major version: refused, moved on request, and never lost on the way."""

import time

import pytest

from dbtasks.databases.postgres import PostgresDatabase
from dbtasks.databases.protocol import Label
from dbtasks.servers import volume_upgrade
from tests.fixtures.checkouts import Checkout

WRONG = [("echo a broken dump >&2; exit 3", "a broken dump"), ("true", "note: 5000 rows, then 0")]
pytestmark = pytest.mark.drill

FILL = """CREATE TABLE note (id int PRIMARY KEY, text text);
    INSERT INTO note SELECT n, 'Grüße ' || n FROM generate_series(1, 5000) n;
    CREATE VIEW short AS SELECT id FROM note;
    CREATE ROLE reader LOGIN PASSWORD 'it''s'; GRANT SELECT ON note TO reader"""

PRODUCTION = Label("production", "books")
# The comment without our line.
TEXT_OF = """SELECT regexp_replace(shobj_description(oid, 'pg_database'), '\\{"dbtasks": .*', '')
    FROM pg_database WHERE datname = current_database()"""


@pytest.fixture
def filled(checkout: Checkout) -> Checkout:
    """A checkout with data in PostgreSQL 15, and a second, closed database."""
    checkout.up()
    checkout.sql(FILL)
    checkout.sql('CREATE DATABASE "odd \'name"')
    checkout.sql("CREATE TABLE inner_note AS SELECT 1 AS id", checkout.url.with_name("odd 'name"))
    checkout.sql('ALTER DATABASE "odd \'name" ALLOW_CONNECTIONS false')
    return checkout


def total(checkout: Checkout) -> list[tuple[object, ...]]:
    return checkout.sql("SELECT count(*), sum(length(text)) FROM note")


def test_another_major_is_refused_with_both_ways_out_and_the_old_server_runs_on(
    filled: Checkout, second_major: str
) -> None:
    filled.set(POSTGRES_IMAGE=second_major)

    said = filled.type("up")

    assert said.code == 1
    assert "is PostgreSQL 15, and" in said.err
    assert "--upgrade-volume" in said.err
    assert filled.container.status == "running"
    assert total(filled) == [(5000, 48893)]


def test_the_data_is_moved_and_the_old_volume_kept(filled: Checkout, second_major: str) -> None:
    old = filled.volume
    filled.set(POSTGRES_IMAGE=second_major)

    said = filled.up("--upgrade-volume")

    assert "5,001 rows of 2 tables" in said.err
    assert filled.sql("SHOW server_version_num")[0][0].startswith("18")
    assert total(filled) == [(5000, 48893)]
    assert filled.sql("SELECT datallowconn FROM pg_database WHERE datname LIKE 'odd%'") == [(False,)]
    assert filled.sql("SELECT count(*) FROM pg_roles WHERE rolname = 'reader'") == [(1,)]
    assert filled.value("POSTGRES_MOUNT") == "/var/lib/postgresql"
    filled.client.volumes.get(old).reload()
    assert filled.up().code == 0
    assert filled.up("--upgrade-volume").code == 0  # nothing left to do

    assert filled.type("down", "--volumes", "--yes", filled.volume).code == 0
    filled.set(POSTGRES_IMAGE="postgres:15", POSTGRES_PORT="")
    filled.up()
    assert total(filled) == [(5000, 48893)]


def test_labels_count_after_the_move_with_and_without_a_text_of_the_owner(  # R4
    checkout: Checkout, second_major: str
) -> None:
    checkout.up()
    names = (checkout.url.name, "alone", "odd 'name")
    for name in names[1:]:
        checkout.sql(f'CREATE DATABASE "{name}"')
    for name in (names[0], names[2]):
        checkout.sql(f'COMMENT ON DATABASE "{name}" IS $x$Zoë\'s\n  "own" \\text$x$')
    for name in names:
        labelled(checkout, name).set_label(PRODUCTION)
    before = [checkout.sql(TEXT_OF, checkout.url.with_name(name))[0] for name in names]
    checkout.set(POSTGRES_IMAGE=second_major)

    checkout.up("--upgrade-volume")

    assert [labelled(checkout, name).label() for name in names] == [PRODUCTION] * 3
    assert [checkout.sql(TEXT_OF, checkout.url.with_name(name))[0] for name in names] == before


def labelled(checkout: Checkout, name: str) -> PostgresDatabase:
    return PostgresDatabase(checkout.url.with_name(name))


def test_going_back_to_an_older_version_is_refused(filled: Checkout, second_major: str) -> None:
    filled.set(POSTGRES_IMAGE=second_major)
    filled.up("--upgrade-volume")
    filled.type("down", "--volumes", "--yes", filled.server.identity.volume(15))
    filled.set(POSTGRES_IMAGE="nobody/has-this:15")

    said = filled.type("up")

    assert said.code == 1
    assert "an older server cannot read newer data" in said.err


@pytest.mark.parametrize(("move", "told"), WRONG)
def test_a_failed_load_leaves_the_old_volume_in_use(
    filled: Checkout, second_major: str, monkeypatch: pytest.MonkeyPatch, move: str, told: str
) -> None:
    monkeypatch.setattr(volume_upgrade, "_MOVE", move)
    filled.set(POSTGRES_IMAGE=second_major)

    said = filled.type("up", "--upgrade-volume")

    assert said.code == 1
    assert "could not be moved" in said.err
    assert told in said.err
    assert len(filled.client.volumes.list(filters=filled.server.identity.filters)) == 1
    filled.set(POSTGRES_IMAGE="postgres:15")
    filled.up()
    assert total(filled) == [(5000, 48893)]


@pytest.mark.parametrize("seconds", [1.0, 2.0, 3.0, 4.0])
def test_a_killed_upgrade_is_cleared_away_and_can_be_repeated(
    filled: Checkout, second_major: str, seconds: float
) -> None:
    filled.set(POSTGRES_IMAGE=second_major)
    with filled.begin("up", "--upgrade-volume") as child:
        time.sleep(seconds)
        child.kill()

    filled.up("--upgrade-volume")

    assert total(filled) == [(5000, 48893)]
    assert len(filled.client.containers.list(all=True, filters=filled.server.identity.filters)) == 1
