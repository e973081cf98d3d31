"""What single revisions promise about the rows they meet."""

import io

import pytest
from alembic.config import Config
from sqlalchemy.exc import DBAPIError

from tests.backend.conftest import on_postgres
from tests.backend.history import History

BEFORE_DERIVING, DERIVED = "7a070b5ce1e5", "8b08da7a0f11"
BEFORE_BACKFILL, BACKFILL, REQUIRED = "9c09e4ba4d01", "ad0ab47c4e52", "be0bc0117a13"
ROWS = 20_001  # two full batches and one row

SCORES = "SELECT trust_score FROM resource ORDER BY id"
EMPTY = "SELECT count(*) FROM resource WHERE service_area IS NULL"
STOP = {  # an interruption in the second batch
    "sqlite": "CREATE TRIGGER stop BEFORE UPDATE ON resource WHEN NEW.id > 10000 "
    "BEGIN SELECT RAISE(ABORT, 'stop'); END",
    "postgresql": "ALTER TABLE resource ADD CONSTRAINT stop CHECK (id <= 10000 OR service_area IS NULL)",
}
GO_ON = {"sqlite": "DROP TRIGGER stop", "postgresql": "ALTER TABLE resource DROP CONSTRAINT stop"}


@pytest.fixture
def scored(history: History) -> History:
    """Resources of a source with and one without a reliability, with and without a score of their own."""
    history.upgrade(BEFORE_DERIVING)
    history.execute(
        "INSERT INTO organization (id, name) VALUES (1, 'Harbor House')",
        "INSERT INTO source (id, name, reliability_score) VALUES (1, 'County', 0.9), (2, 'Tips', NULL)",
        "INSERT INTO resource (id, organization_id, source_id, title, description, category, trust_score) VALUES "
        "(1, 1, 1, 'a', '', 'x', NULL), (2, 1, 1, 'b', '', 'x', 0.3), (3, 1, 2, 'c', '', 'x', NULL), "
        "(4, 1, NULL, 'd', '', 'x', NULL), (5, 1, 1, 'e', '', 'x', 0.0)",
    )
    return history


def test_a_missing_trust_score_is_nine_tenths_of_the_reliability(scored: History) -> None:
    scored.upgrade(DERIVED)
    assert scored.scalars(SCORES) == [0.9 * 0.9, 0.3, None, None, 0.0]


def test_taking_it_back_empties_only_what_was_derived_and_left_alone(scored: History) -> None:
    scored.upgrade(DERIVED)
    scored.execute("UPDATE resource SET trust_score = 0.5 WHERE id = 3")
    scored.downgrade(BEFORE_DERIVING)
    assert scored.scalars(SCORES) == [None, 0.3, 0.5, None, 0.0]


def test_an_unknown_trust_score_becomes_zero_where_unknown_cannot_be_said(scored: History) -> None:
    scored.downgrade("6f06f4e190ce")
    assert scored.scalars(SCORES) == [0.0, 0.3, 0.0, 0.0, 0.0]


@pytest.fixture
def large(history: History) -> History:
    """A table of three batches, with a gap in its keys that no batch may try to walk through."""
    history.upgrade(BEFORE_BACKFILL)
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS}) "
    columns = "(id, organization_id, title, description, category, location)"
    history.execute(
        "INSERT INTO organization (id, name) VALUES (1, 'Harbor House')",
        f"INSERT INTO resource {columns} {numbers} SELECT i, 1, 'r' || i, '', 'x', 'area ' || i FROM n"
        if history.engine.dialect.name == "postgresql"
        else f"{numbers} INSERT INTO resource {columns} SELECT i, 1, 'r' || i, '', 'x', 'area ' || i FROM n",
        f"UPDATE resource SET id = 2147483647 WHERE id = {ROWS}",
    )
    return history


def test_the_backfill_reaches_every_row_and_leaves_filled_ones_alone(large: History) -> None:
    large.execute("UPDATE resource SET service_area = 'newer' WHERE id = 7")
    large.upgrade(BACKFILL)
    assert large.scalars(EMPTY) == [0]
    assert large.scalars("SELECT id FROM resource WHERE service_area <> location") == [7]


def test_an_interrupted_backfill_keeps_whole_batches_and_is_resumed(large: History) -> None:
    large.execute(STOP[large.engine.dialect.name])
    with pytest.raises(DBAPIError, match="stop"):
        large.upgrade(BACKFILL)
    assert large.scalars(EMPTY) == [ROWS - 10_000]
    assert large.current() == [BEFORE_BACKFILL]
    large.execute(GO_ON[large.engine.dialect.name])
    large.upgrade(BACKFILL)
    assert large.scalars(EMPTY) == [0]


def test_taking_the_backfill_back_brings_home_what_newer_code_wrote(large: History) -> None:
    large.upgrade(BACKFILL)
    large.execute("UPDATE resource SET service_area = 'newer' WHERE id = 7")
    large.downgrade(BEFORE_BACKFILL)
    assert large.scalars("SELECT location FROM resource WHERE id IN (7, 8) ORDER BY id") == ["newer", "area 8"]
    assert large.scalars(EMPTY) == [ROWS]


@on_postgres
def test_requiring_a_column_reads_the_table_outside_of_any_transaction(
    database_url: str, history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    assert database_url
    history.config = Config(history.config.config_file_name, output_buffer=(printed := io.StringIO()))
    history.upgrade(f"{BACKFILL}:{REQUIRED}", sql=True)
    said = [line for line in printed.getvalue().splitlines() if line and not line.startswith(("--", "UPDATE"))]
    assert capsys.readouterr().out == ""
    words = [next(w for w in ("BEGIN", "COMMIT", "DROP", "ADD", "VALIDATE", "SET NOT NULL") if w in x) for x in said]
    assert words == [
        *("BEGIN", "COMMIT"),
        *("DROP", "ADD", "VALIDATE"),
        *("BEGIN", "SET NOT NULL", "DROP", "COMMIT"),
    ]


@on_postgres
def test_requiring_a_column_survives_an_interruption_between_its_statements(large: History) -> None:
    large.upgrade(BACKFILL)
    large.execute(
        "ALTER TABLE resource ADD CONSTRAINT ck_resource_service_area CHECK (service_area IS NOT NULL) NOT VALID"
    )
    large.upgrade()
    large.check()
