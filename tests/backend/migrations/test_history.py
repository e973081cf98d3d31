"""The history as a whole: what it builds, and that every step of it can be taken back."""

from itertools import pairwise

from sqlalchemy import create_engine
from sqlmodel import SQLModel

import app.models  # noqa: F401 - defines the tables
from app.config import parse_url
from tests.backend.conftest import on_postgres
from tests.backend.history import History

# What a database that has lived looks like on its way up: each new column gets used where it is new.
LIFE = {
    "1a01c7ea7e5d": [
        "INSERT INTO organization (id, name) VALUES (1, 'Harbor House'), (2, 'Second Watch')",
        "INSERT INTO source (id, name, reliability_score) VALUES (1, 'County', 0.9), (2, 'Tips', NULL)",
        """INSERT INTO resource (id, organization_id, name, description, category, location) VALUES
           (1, 1, 'Rooms', 'A room', 'housing', 'Ohio'),
           (2, 1, 'Rent', 'A payment', 'housing', 'Iowa'),
           (3, 2, 'Appeals', 'A lawyer', 'legal', 'Utah')""",
    ],
    "2b02add9407e": ["UPDATE resource SET phone = '410-555-0101' WHERE id = 1"],
    "3c03de7a0175": ["UPDATE resource SET trust_score = 0.25 WHERE id = 2"],
    "6f06f4e190ce": ["UPDATE resource SET source_id = 1 WHERE id IN (1, 2)"],
    "7a070b5ce1e5": ["UPDATE resource SET trust_score = 0.5 WHERE id = 3"],
}


def test_every_revision_up_and_down_leaves_schema_and_rows_as_they_were(history: History) -> None:
    for parent, revision in pairwise(["base", *history.revisions()]):
        before = history.schema(), history.rows()
        history.upgrade(revision)
        after = history.schema()
        history.downgrade(parent)
        assert (history.schema(), history.rows()) == before, f"{revision} down"
        history.upgrade(revision)
        assert history.schema() == after, f"{revision} up again"
        history.execute(*LIFE.get(revision, ()))


def test_the_zero_downtime_steps_can_be_taken_back_without_losing_a_row(seeded: History) -> None:
    before = seeded.rows()
    assert len(before["resource"]) > 10
    seeded.downgrade("8b08da7a0f11")
    seeded.upgrade()
    assert seeded.rows() == before


def test_what_the_history_builds_is_what_the_models_say(migrated: History) -> None:
    migrated.check()


def test_the_models_alone_build_the_same_tables(migrated: History) -> None:
    built = migrated.schema()
    migrated.downgrade("base")
    engine = create_engine(parse_url(migrated.url))
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    assert built == migrated.schema()


def test_there_is_one_head(history: History) -> None:
    assert len(history.revisions()) == len(set(history.revisions()))
    history.upgrade("head")  # fails on two
    assert history.current() == history.revisions()[-1:]


@on_postgres
def test_migrations_can_be_told_from_the_api_among_the_sessions(history: History) -> None:
    history.add("note", "op.execute(\"CREATE TABLE note AS SELECT current_setting('application_name') AS name\")")
    history.upgrade()
    assert history.scalars("SELECT name FROM note") == ["alembic"]
