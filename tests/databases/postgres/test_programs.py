"""psql, pg_dump and pg_restore: found, new enough, and given no secret where others can read it."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dbtasks.databases.postgres import PostgresDatabase, programs
from dbtasks.errors import DatabaseError
from dbtasks.urls import DatabaseUrl
from tests.fixtures.checkouts import Checkout


def test_dump_and_load(database: PostgresDatabase, named: Callable[[str], PostgresDatabase], tmp_path: Path) -> None:
    file = tmp_path / "books.dump"
    database.dump(file)

    with named(database.url.name + "_loaded").draft() as draft:
        draft.load(file)

        assert draft.rows() == database.rows() == {"book": 1}
        with pytest.raises(DatabaseError, match="could not be restored"):
            programs.load(draft.url, file, draft.server.connection.server_version // 10000)


def path_without_clients(folder: Path, *, docker: bool) -> str:
    """A PATH on which an old pg_dump is the only program of PostgreSQL."""
    folder.mkdir()
    program = folder / "pg_dump"
    program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    program.chmod(0o755)
    found = shutil.which("docker")
    if docker and found:
        (folder / "docker").symlink_to(found)
    return str(folder)


def test_without_client_programs_those_in_the_server_s_container_do(
    database: PostgresDatabase,
    named: Callable[[str], PostgresDatabase],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", path_without_clients(tmp_path / "bin", docker=True))
    database.dump(tmp_path / "books.dump")

    with named(database.url.name + "_loaded").draft() as draft:
        draft.load(tmp_path / "books.dump")

        assert draft.rows() == database.rows() == {"book": 1}


def test_the_programs_in_the_container_take_no_address_from_the_url(  # G1
    database: PostgresDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", path_without_clients(tmp_path / "bin", docker=True))
    url = replace(database.url, query=(("hostaddr", "127.0.0.1"), ("port", str(database.url.port))))

    PostgresDatabase(url).dump(tmp_path / "books.dump")

    assert (tmp_path / "books.dump").stat().st_size > 0


def test_a_container_at_the_port_of_the_url_that_is_another_server_is_left_alone(  # G1
    checkout: Checkout, postgres_server: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.up()
    url = replace(checkout.url, port=postgres_server.port, query=(("port", str(checkout.url.port)),))
    monkeypatch.setenv("PATH", path_without_clients(tmp_path / "bin", docker=True))

    with pytest.raises(DatabaseError, match="no pg_dump here"):
        PostgresDatabase(url).dump(tmp_path / "x")


def test_where_there_are_none_at_all_it_is_said(
    database: PostgresDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", path_without_clients(tmp_path / "bin", docker=False))

    with pytest.raises(DatabaseError, match="no pg_dump here that is new enough") as caught:
        database.dump(tmp_path / "x")

    assert "pg_dump: pg_dump (PostgreSQL) 9.6.24" in caught.value.checked
    assert "postgresql-client-" in caught.value.hint


def test_the_shell_has_no_secret_in_its_arguments(database: PostgresDatabase) -> None:
    words = " ".join(database.shell())

    assert database.url.password not in words.replace("postgres", "")
    assert database.url.name in words
    assert database.client_environment() == {"PGPASSWORD": database.url.password}
