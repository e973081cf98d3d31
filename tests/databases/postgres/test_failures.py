"""Every failure says what happened, what was looked at and what to type; no password is in it."""

import secrets
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest

from dbtasks.databases.postgres import PostgresDatabase, connection
from dbtasks.errors import DatabaseError
from dbtasks.urls import DatabaseUrl, parse_url
from tests.databases.postgres.conftest import LABEL, about

PASSWORD = "s3cr%t'\"é"


def failing(url: DatabaseUrl) -> DatabaseError:
    with pytest.raises(DatabaseError) as caught:
        PostgresDatabase(url).exists()
    said = f"{caught.value.message} {caught.value.checked} {caught.value.hint} {caught.value!r}"
    assert not url.password or url.password not in said.replace("postgres", "")
    assert caught.value.hint
    return caught.value


def test_a_wrong_password(postgres_server: DatabaseUrl) -> None:
    error = failing(replace(postgres_server, password=PASSWORD))

    assert "refuses the login" in error.message
    assert isinstance(error.__cause__, psycopg2.OperationalError)


def test_no_password(postgres_server: DatabaseUrl) -> None:
    assert "wants a password" in failing(replace(postgres_server, password="")).message


@pytest.mark.parametrize("address", ["127.0.0.1:1", "no-such-host.invalid:5432", "[::1]:1"])
def test_nobody_there(address: str) -> None:
    error = failing(parse_url(f"postgresql://u:{secrets.token_hex(8)}@{address}/books", base=Path.cwd()))

    assert "No PostgreSQL server answers" in error.message
    assert "nox -s db_up" in error.hint


@pytest.fixture
def talker() -> Iterator[tuple[int, list[bytes]]]:
    """A server that answers every connection with given bytes and hangs up."""
    answers: list[bytes] = [b""]
    with socket.create_server(("127.0.0.1", 0)) as server:

        def work() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    if client.recv(1024)[4:8] == b"\x04\xd2\x16\x2f":  # a request for TLS
                        client.sendall(b"N")
                        client.recv(1024)
                    client.sendall(answers[0])

        threading.Thread(target=work, daemon=True).start()
        yield server.getsockname()[1], answers
        server.shutdown(socket.SHUT_RDWR)


def refusal(code: str) -> bytes:
    body = f"SFATAL\0C{code}\0Mle serveur dit non\0\0".encode()
    return b"E" + (len(body) + 4).to_bytes(4, "big") + body


@pytest.mark.parametrize(
    ("code", "words"), [("57P03", "not ready"), ("28000", "refuses the login"), ("53300", "no more connections")]
)
def test_what_a_server_says_before_the_login_is_told_in_any_language(
    talker: tuple[int, list[bytes]], code: str, words: str
) -> None:
    port, answers = talker
    answers[0] = refusal(code)

    assert words in failing(DatabaseUrl("postgres", "books", "127.0.0.1", port, "u", "password1")).message


def test_a_proxy_with_nobody_behind_it(talker: tuple[int, list[bytes]]) -> None:
    assert (
        "No PostgreSQL" in failing(DatabaseUrl("postgres", "books", "127.0.0.1", talker[0], "u", "password1")).message
    )


def test_an_unknown_parameter(postgres_server: DatabaseUrl) -> None:
    assert "not understood" in failing(replace(postgres_server, query=(("pool_size", "5"),))).message


def test_a_database_that_is_not_there(postgres_server: DatabaseUrl) -> None:
    database = PostgresDatabase(postgres_server.with_name("no such database"))

    assert (database.exists(), database.label()) == (False, None)
    for ask in (database.size, database.current, database.rows, lambda: database.put_away(about())):
        with pytest.raises(DatabaseError, match=r"no (such )?database") as caught:
            ask()
        assert "db_create" in caught.value.hint
    with database.draft() as draft, pytest.raises(DatabaseError, match="no database"):
        draft.clone(database)


def test_an_old_server(postgres_server: DatabaseUrl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "OLDEST", 990000)

    assert "or newer" in failing(postgres_server).message


@pytest.fixture
def weak(database: PostgresDatabase) -> Iterator[DatabaseUrl]:
    """A role that may log in and nothing else."""
    role = f"weak_{secrets.token_hex(4)}"
    database.server.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'weak-password'")
    yield replace(database.url, user=role, password="weak-password")
    database.server.execute(f"DROP ROLE {role}")


def test_a_role_without_createdb_is_told_so(weak: DatabaseUrl) -> None:
    with pytest.raises(DatabaseError, match="permission") as caught:
        PostgresDatabase(weak.with_name("another")).create(LABEL)
    assert "CREATEDB" in caught.value.hint


def test_a_role_that_does_not_own_the_database_changes_nothing(database: PostgresDatabase, weak: DatabaseUrl) -> None:
    with pytest.raises(DatabaseError, match=r"must be owner|lacks a permission"):
        PostgresDatabase(weak).put_away(about())
    assert database.exists()
    assert database.tidy() == 0


@pytest.mark.drill  # the server itself waits five seconds
def test_somebody_who_cannot_be_made_to_leave_is_told_of(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dbtasks.databases.postgres.sessions._PATIENCE", 1.0)
    monkeypatch.setattr("dbtasks.databases.postgres.sessions._end", lambda *_, **__: 0)
    with connection.open_connection(database.url), pytest.raises(DatabaseError, match="Somebody holds") as caught:
        database.put_away(about())
    assert "1 other session" in " ".join(caught.value.checked)


def test_a_maintenance_connection_that_was_lost_comes_back(database: PostgresDatabase) -> None:
    pid = database.server.connection.info.backend_pid
    with pytest.raises(DatabaseError, match=r"ended the session|lost"):
        database.server.query(f"SELECT pg_terminate_backend({pid})")

    assert database.exists()
