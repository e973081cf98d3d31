"""psql, pg_dump and pg_restore: found, new enough, and given no secret where others can read it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dbtasks.databases.postgres import PostgresDatabase
from dbtasks.errors import DatabaseError
from tests.databases.postgres.conftest import LABEL


def test_dump_and_load(database: PostgresDatabase, named: Callable[[str], PostgresDatabase], tmp_path: Path) -> None:
    file = tmp_path / "books.dump"
    other = named(database.url.name + "_loaded")
    other.create(LABEL)

    database.dump(file)
    other.load(file)

    assert other.rows() == database.rows()
    with pytest.raises(DatabaseError, match="pg_restore failed"):
        other.load(file)


def test_an_old_pg_dump_is_refused(database: PostgresDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    with pytest.raises(DatabaseError, match="older than the server") as caught:
        database.dump(tmp_path / "x")
    assert "postgresql-client-" in caught.value.hint

    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    with pytest.raises(DatabaseError, match="not installed"):
        database.dump(tmp_path / "x")


def test_the_shell_has_no_secret_in_its_arguments(database: PostgresDatabase) -> None:
    words = " ".join(database.shell())

    assert database.url.password not in words.replace("postgres", "")
    assert database.url.name in words
    assert database.client_environment() == {"PGPASSWORD": database.url.password}
