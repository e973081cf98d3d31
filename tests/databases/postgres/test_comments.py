"""A database's comment belongs to its owner: the text stays as it is, and ours is one line of it."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from dbtasks.databases.postgres import PostgresDatabase
from dbtasks.databases.postgres.notes import Note, read, rebind
from dbtasks.databases.protocol import Label
from tests.databases.postgres.conftest import LABEL, about, run

PRODUCTION = Label("production", "books")
TEXTS = ("belongs to Ann", "Zoë's\n  two 'lines'\n", '{"owner": "Ann"}', "\n", '{"dbtasks": 1}', "ends in a line\n\n")


def comment_of(database: PostgresDatabase) -> str:
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %(name)s"
    return str(database.server.query(query, {"name": database.url.name})[0][0])


def test_without_a_text_of_the_owner_ours_is_all(database: PostgresDatabase) -> None:
    assert json.loads(comment_of(database))["dbtasks"]["kind"] == "live"


@pytest.mark.parametrize("text", TEXTS)
def test_the_owners_text_stays_readable_before_ours(database: PostgresDatabase, text: str) -> None:
    run(database.url, f"COMMENT ON DATABASE {database.url.name} IS $x${text}$x$")

    database.set_label(PRODUCTION)
    database.set_branch("feature")

    assert comment_of(database).startswith(text)
    assert (database.label(), database.branch()) == (PRODUCTION, "feature")
    assert read(comment_of(database)).comment == text


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_written_is_read_again(text: str) -> None:
    note = Note("live", label=LABEL, comment=text, branch="feature", on="1/2")

    assert read(note.render()) == note


def test_a_text_that_is_written_around_ours_is_all_the_owners(database: PostgresDatabase) -> None:
    ours = comment_of(database)
    run(database.url, f"COMMENT ON DATABASE {database.url.name} IS $x$before\n{ours}\nafter$x$")

    assert database.label() == LABEL
    assert read(comment_of(database)).comment == "before\nafter"


def test_a_note_of_the_version_before_is_understood_and_gives_the_text_back(database: PostgresDatabase) -> None:
    old = {"dbtasks": {"kind": "live", "label": {"environment": "test", "project": "books"}}, "comment": "Ann's\nown"}
    run(database.url, f"COMMENT ON DATABASE {database.url.name} IS $x${json.dumps(old)}$x$")
    assert database.label() == Label("test", "books")

    database.set_branch("feature")

    assert comment_of(database).startswith("Ann's\nown\n{")
    assert database.label() == Label("test", "books")


def test_a_swap_and_its_undo_keep_the_owners_text(
    database: PostgresDatabase, named: Callable[[str], PostgresDatabase]
) -> None:
    run(database.url, f"COMMENT ON DATABASE {database.url.name} IS 'belongs to Ann'")
    with database.draft() as draft:
        draft.create()
        old = database.swap(draft, about(), label=LABEL)
    assert comment_of(database).startswith("belongs to Ann\n{")
    assert old is not None

    database.swap(named(old.url.name), about(), label=None, belongings="state")

    assert comment_of(database).startswith("belongs to Ann\n{")


def test_a_copy_and_what_is_put_away_keep_the_owners_text(
    database: PostgresDatabase, named: Callable[[str], PostgresDatabase]
) -> None:
    run(database.url, f"COMMENT ON DATABASE {database.url.name} IS 'belongs to Ann'")
    copy = database.copy(about())
    put_away = database.put_away(about())
    texts = [comment_of(named(kept.url.name)) for kept in (copy, put_away)]

    database.swap(named(put_away.url.name), None, label=None, belongings="state")

    assert [text.partition("\n")[0] for text in (*texts, comment_of(database))] == ["belongs to Ann"] * 3


@pytest.mark.parametrize("text", ["", *TEXTS])
def test_a_note_moves_with_its_database_and_the_owners_text_stays(text: str) -> None:  # R4
    note = Note("live", label=PRODUCTION, comment=text, branch="feature", on="1/2")

    moved = read(rebind(note.render(), "1/2", "3/4"))

    assert moved.holding("3/4") == replace(note, on="3/4")


@pytest.mark.parametrize("on", ["", "5/6"])
def test_a_note_that_did_not_count_there_stays_as_it_is(on: str) -> None:
    comment = Note("live", label=LABEL, comment="belongs to Ann", on=on).render()

    assert rebind(comment, "1/2", "3/4") == comment


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_without_a_note_stays_as_it_is(text: str) -> None:
    assert rebind(text, "1/2", "3/4") == text
