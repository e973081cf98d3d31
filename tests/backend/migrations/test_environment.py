"""What env.py promises of any revision, present or future."""

import logging
from pathlib import Path

import pytest
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from tests.backend.conftest import on_postgres, on_sqlite
from tests.backend.history import History

AUTOCOMMIT = 'with op.get_context().autocommit_block():\n        op.execute("SELECT 1")'
FAILS_AT_ITS_END = (
    'op.create_table("half", sa.Column("id", sa.Integer()))\n'
    '    op.execute("INSERT INTO half VALUES (1)")\n'
    '    op.execute("UPDATE resource SET phone = NULL")\n'
    '    with op.batch_alter_table("resource") as batch_op:\n'
    '        batch_op.alter_column("phone", new_column_name="telephone")\n'
    '    op.execute("SELECT * FROM nowhere")'
)


def test_an_autocommit_block_is_outside_of_any_transaction(history: History) -> None:
    history.add("clean", 'with op.get_context().autocommit_block():\n        op.execute("VACUUM")')
    history.upgrade()
    assert history.current() == ["clean"]


@pytest.mark.parametrize("predecessor", ["", AUTOCOMMIT], ids=["alone", "after-autocommit"])
def test_a_failing_revision_leaves_version_schema_and_rows_unchanged(seeded: History, predecessor: str) -> None:
    before = seeded.schema(), seeded.rows()
    if predecessor:
        seeded.add("good", predecessor)
    expected = seeded.revisions()[-1:]
    seeded.add("bad", FAILS_AT_ITS_END, after=expected[0])
    with pytest.raises(DBAPIError, match="nowhere"):
        seeded.upgrade()
    assert (seeded.schema(), seeded.rows(), seeded.current()) == (*before, expected)


def test_a_batch_that_rebuilds_a_table_keeps_the_rows_that_point_to_it(seeded: History) -> None:
    seeded.execute(
        "CREATE TABLE visit (id INTEGER PRIMARY KEY, source_id INTEGER REFERENCES source (id) ON DELETE CASCADE)",
        "INSERT INTO visit SELECT id, id FROM source",
    )
    before = seeded.rows()
    seeded.add(
        "rebuild",
        'with op.batch_alter_table("source") as batch_op:\n        batch_op.alter_column("url", type_=sa.String(500))',
    )
    seeded.upgrade()
    assert seeded.rows() == before


@on_sqlite
def test_a_revision_that_leaves_rows_pointing_nowhere_is_rolled_back_and_names_the_tables(seeded: History) -> None:
    before = seeded.rows(), seeded.current()
    seeded.add("careless", 'op.execute("DELETE FROM organization")')
    with pytest.raises(CommandError, match=r"careless: .* resource \(to organization\)"):
        seeded.upgrade()
    assert (seeded.rows(), seeded.current()) == before


def test_a_failure_keeps_the_revisions_before_it(history: History) -> None:
    head = history.revisions()[-1]
    history.add("bad", 'op.execute("SELECT * FROM nowhere")')
    with pytest.raises(DBAPIError, match="nowhere"):
        history.upgrade()
    assert history.current() == [head]


@on_sqlite
def test_sql_preview_on_sqlite_says_what_to_type_instead(history: History) -> None:
    with pytest.raises(CommandError, match="DATABASE_URL=postgresql:///preview alembic upgrade head --sql"):
        history.upgrade(sql=True)


def test_sql_preview_for_postgresql_needs_no_server_and_holds_every_revision(
    history: History, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql:///preview")
    history.upgrade(sql=True)
    printed = capsys.readouterr().out
    for revision in history.revisions():
        assert f"'{revision}'" in printed


@on_postgres
def test_the_sql_preview_builds_what_the_upgrade_builds(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    history.upgrade()
    built = history.schema()
    history.downgrade("base")
    capsys.readouterr()
    history.upgrade(sql=True)
    script = capsys.readouterr().out.replace(
        "CREATE TABLE alembic_version", "CREATE TABLE IF NOT EXISTS alembic_version"
    )
    with history.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in script.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    assert (history.schema(), history.current()) == (built, history.revisions()[-1:])


def test_one_process_can_migrate_one_database_after_another(
    migrated: History, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/other.db")
    (tmp_path / "more").mkdir()
    other = History(f"sqlite:///{tmp_path}/other.db", tmp_path / "more")
    other.upgrade("2b02add9407e")
    assert (migrated.current(), other.current()) == (migrated.revisions()[-1:], ["2b02add9407e"])


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:////nowhere/at/all.db", "Cannot connect to sqlite:.*unable to open"),
        ("postgresql://u:hidden@127.0.0.1:1/x", r"Cannot connect to .*u:\*\*\*@127.0.0.1"),
        ("mysql://u:hidden@host/x", "DATABASE_URL is not usable.*Next: "),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line_without_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, words: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/test.db")
    history = History(f"sqlite:///{tmp_path}/test.db", tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(CommandError, match=f"(?s){words}") as caught:
        history.upgrade()
    assert "hidden" not in str(caught.value)


def test_without_a_config_file_the_logging_is_left_to_the_caller(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger = logging.getLogger("alembic")
    monkeypatch.setattr(logger, "level", logging.CRITICAL)
    history.config.config_file_name = None
    history.upgrade("1a01c7ea7e5d")
    assert logger.level == logging.CRITICAL
