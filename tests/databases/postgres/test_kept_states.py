"""U4, U1, U3, D9: a kept state is complete, in order, and comes back as it was."""

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dbtasks.databases.postgres import PostgresDatabase
from dbtasks.databases.postgres.notes import read
from dbtasks.databases.protocol import About, Label
from tests.databases.postgres.conftest import LABEL, about, run

PRODUCTION = Label("production", "books")
BELONGINGS = """SELECT pg_get_userbyid(datdba), datconnlimit, datistemplate, datallowconn,
    (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(datacl) a),
    (SELECT array_agg((COALESCE(r.rolname, ''), s.setconfig)::text ORDER BY 1)
     FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole WHERE s.setdatabase = d.oid)
    FROM pg_database d WHERE datname = %(name)s"""
# What the version before (commit ca8edc4) wrote, with the name of the database in place of NAME.
OLD_NOTES = {
    "live": {"dbtasks": {"kind": "live", "label": {"environment": "production", "project": "books"}}, "comment": "hi"},
    "undo": {
        "dbtasks": {
            "kind": "kept",
            "of": "NAME",
            "size": 7000000,
            "label": {"environment": "development", "project": "books"},
            "about": {
                "kind": "undo",
                "title": "db_reset",
                "made": "2026-11-20T10:00:00+00:00",
                "revisions": ["a1"],
                "facts": {},
            },
        }
    },
    "snapshot": {
        "dbtasks": {
            "kind": "kept",
            "of": "NAME",
            "size": 7000000,
            "about": {
                "kind": "snapshot",
                "title": "before the demo",
                "made": "2026-11-21T10:00:00+00:00",
                "revisions": [],
                "facts": {"note": "x"},
            },
        }
    },
    "template": {
        "dbtasks": {
            "kind": "kept",
            "of": "NAME",
            "about": {
                "kind": "template",
                "title": "0123456789ab",
                "made": "2026-11-19T10:00:00+00:00",
                "revisions": ["a1"],
                "facts": {"key": "0123", "seeded": "yes"},
            },
        }
    },
}


@pytest.fixture
def role(database: PostgresDatabase) -> Iterator[str]:
    name = f"owner {secrets.token_hex(4)}"
    database.server.execute(f'CREATE ROLE "{name}"')
    yield name
    for kept in database.kept():
        database.remove(kept)
    database.server.execute(f'ALTER DATABASE "{database.url.name}" OWNER TO postgres')
    database.server.execute(f'DROP OWNED BY "{name}"')
    database.server.execute(f'DROP ROLE "{name}"')


def belongings(database: PostgresDatabase) -> tuple[object, Label | None, str, str]:
    return (
        database.server.query(BELONGINGS, {"name": database.url.name}),
        database.label(),
        database.branch(),
        comment(database),
    )


def comment(database: PostgresDatabase) -> str:
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %(name)s"
    return read(database.server.query(query, {"name": database.url.name})[0][0]).comment


def furnish(database: PostgresDatabase, role: str) -> None:
    name = database.url.name
    for statement in (
        f"COMMENT ON DATABASE {name} IS 'belongs to Ann'",
        f"ALTER DATABASE {name} SET work_mem = 1234",
        f"ALTER DATABASE {name} CONNECTION LIMIT 55",
        f'ALTER ROLE "{role}" IN DATABASE {name} SET statement_timeout = 5000',
        f'GRANT CREATE ON DATABASE {name} TO "{role}"',
        f'ALTER DATABASE {name} OWNER TO "{role}"',
    ):
        database.server.execute(statement)
    database.set_label(PRODUCTION)
    database.set_branch("feature")


def strip(database: PostgresDatabase, role: str) -> None:
    name = database.url.name
    for statement in (
        f"COMMENT ON DATABASE {name} IS NULL",
        f"ALTER DATABASE {name} RESET ALL",
        f"ALTER DATABASE {name} CONNECTION LIMIT -1",
        f'ALTER ROLE "{role}" IN DATABASE {name} RESET ALL',
        f"ALTER DATABASE {name} OWNER TO postgres",
        f'REVOKE ALL ON DATABASE {name} FROM "{role}"',
    ):
        database.server.execute(statement)


@pytest.mark.parametrize("way", ["copied", "swapped out", "put away"])
def test_a_state_comes_back_with_what_it_was_kept_with(way: str, database: PostgresDatabase, role: str) -> None:
    furnish(database, role)
    before = belongings(database)
    if way == "copied":
        kept = database.copy(about())
        strip(database, role)
    elif way == "put away":
        kept = database.put_away(about())
    else:
        with database.draft() as draft:
            draft.create()
            swapped = database.swap(draft, about(), label=LABEL)
        assert swapped is not None
        kept = swapped
        strip(database, role)

    database.swap(PostgresDatabase(kept.url), about(), label=LABEL, belongings="state")

    assert belongings(database) == before


def test_a_state_takes_away_what_was_not_there_when_it_was_kept(database: PostgresDatabase, role: str) -> None:
    # All but the label production, which no undo takes from a name.
    rights, _, branch, said = belongings(database)
    plain = (rights, PRODUCTION, branch, said)
    kept = database.copy(about())
    furnish(database, role)
    furnished = belongings(database)

    undone = database.swap(PostgresDatabase(kept.url), about(), label=LABEL, belongings="state")
    assert belongings(database) == plain

    assert undone is not None
    database.swap(PostgresDatabase(undone.url), about(), label=LABEL, belongings="state")
    assert belongings(database) == furnished


def test_by_name_nothing_comes_back(database: PostgresDatabase, role: str) -> None:
    kept = database.copy(about())
    furnish(database, role)
    before = belongings(database)

    database.swap(PostgresDatabase(kept.url), about(), label=LABEL)

    assert belongings(database) == before


def test_a_kept_state_appears_complete_or_not_at_all(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dbtasks.databases.postgres.creation.keep_copy", fail)
    with pytest.raises(KeyboardInterrupt):
        database.copy(about())

    assert (database.kept(), database.tidy()) == ([], 0)


def test_the_branch_is_written_by_the_swap(database: PostgresDatabase) -> None:
    assert database.branch() == ""
    database.set_branch("main")

    with database.draft() as draft:
        draft.create()
        kept = database.swap(draft, About("branch", "main", datetime.now(UTC)), label=LABEL, branch="feature")
    assert kept is not None
    assert (database.branch(), PostgresDatabase(kept.url).branch()) == ("feature", "main")

    with database.draft() as draft:
        draft.create()
        database.swap(draft, None, label=LABEL)
    assert database.branch() == "feature"


def test_the_label_of_a_swap_counts_where_there_was_none(named: Callable[[str], PostgresDatabase]) -> None:
    database = named(f"test_{secrets.token_hex(6)}")
    for label, keep in ((PRODUCTION, about()), (LABEL, None)):
        with database.draft() as draft:
            draft.create()
            assert database.swap(draft, keep, label=label) is None

        assert database.label() == PRODUCTION


def test_states_are_in_the_order_of_their_numbers_whatever_the_clock_says(database: PostgresDatabase) -> None:
    now = datetime.now(UTC)
    for number in (1, 3, 2, 0):
        database.copy(About("undo", str(number), now - timedelta(hours=number), number=number))

    assert [(kept.about.title, kept.about.number) for kept in database.kept()] == [
        ("3", 3),
        ("2", 2),
        ("1", 1),
        ("0", 0),
    ]


def test_what_the_version_before_left_is_found_and_understood(database: PostgresDatabase) -> None:
    name = database.url.name
    places = {"undo": name + "_1", "snapshot": name + "_2", "template": name + "_3"}
    for kind, place in places.items():
        database.server.execute(f"CREATE DATABASE dbtasks_kept_{place}")
        text = json.dumps(OLD_NOTES[kind]).replace("NAME", name)
        database.server.execute(f"COMMENT ON DATABASE dbtasks_kept_{place} IS '{text}'")
    database.server.execute(f"COMMENT ON DATABASE {name} IS '{json.dumps(OLD_NOTES['live'])}'")

    assert (database.label(), comment(database)) == (PRODUCTION, "hi")
    assert [(kept.about.kind, kept.about.title, kept.about.number) for kept in database.kept()] == [
        ("snapshot", "before the demo", 0),
        ("undo", "db_reset", 0),
        ("template", "0123456789ab", 0),
    ]
    assert database.kept("template")[0].about.facts == {"key": "0123", "seeded": "yes"}
    [undo] = database.kept("undo")
    database.describe(undo, replace(undo.about, number=4))
    # The state was kept without comment and settings: the name's stay.
    swapped = database.swap(PostgresDatabase(undo.url), about(), label=LABEL, belongings="state")
    assert swapped is not None
    assert (database.label(), comment(database)) == (PRODUCTION, "hi")
    database.swap(PostgresDatabase(swapped.url), None, label=LABEL, belongings="state")
    assert (database.label(), run(database.url, "SELECT count(*) FROM book")) == (PRODUCTION, [(1,)])
