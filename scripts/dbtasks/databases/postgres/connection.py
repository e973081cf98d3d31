"""Connections to a PostgreSQL server, and the one to its maintenance database that most tasks need."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 (a class in all but its spelling)

from dbtasks.databases.postgres.failures import HopelessError, explain_errors, explain_login
from dbtasks.errors import DatabaseError
from dbtasks.urls import DatabaseUrl

OLDEST = 140000
_DEFAULTS: Mapping[str, str | int] = {
    "connect_timeout": 10,
    "client_encoding": "UTF8",
    # A peer that is gone without a word is noticed within half a minute.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
}
# What a role or a server may have set for its applications must not end a long clone or an idle lock.
# A statement whose client is gone is ended after two seconds (a server on Windows cannot tell).
SESSION = """SELECT set_config('statement_timeout', '0', false), set_config('lock_timeout', '0', false),
    set_config('idle_session_timeout', '0', false), set_config('idle_in_transaction_session_timeout', '0', false),
    set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
    set_config('tcp_keepalives_count', '4', false), set_config('search_path', 'pg_catalog', false),
    CASE WHEN version() !~* 'mingw|visual|msvc' THEN set_config('client_connection_check_interval', '2s', false) END"""


def connect(url: DatabaseUrl) -> Connection:
    """Log in, in autocommit mode.

    Raises:
        DatabaseError: no server, wrong password, no such database, or a server older than PostgreSQL 14.
    """
    attempts: list[Connection] = []

    def made(*arguments: Any, **keywords: Any) -> Connection:
        # A failed connection still knows how far it got, but psycopg2 hands it to nobody else.
        attempt = Connection.__new__(Connection)
        attempts.append(attempt)
        attempt.__init__(*arguments, **keywords)  # type: ignore[misc]  # the only way to keep hold of a failed one
        return attempt

    arguments: dict[str, Any] = {**_DEFAULTS, **url.connect_arguments(), "application_name": "dbtasks"}
    try:
        connection: Connection = psycopg2.connect(connection_factory=made, **arguments)
    except psycopg2.Error as error:
        raise explain_login(url, error, attempts[-1] if attempts else None) from error
    connection.autocommit = True
    if connection.server_version < OLDEST:
        version = connection.get_parameter_status("server_version")
        connection.close()
        raise DatabaseError(
            f"The server is PostgreSQL {version}; dbtasks needs PostgreSQL 14 or newer.",
            checked=[f"server {url}"],
            hint="Point DATABASE_URL at a newer server, or: nox -s db_up",
        )
    return connection


@contextmanager
def open_connection(url: DatabaseUrl) -> Iterator[Connection]:
    """A connection for a moment, in autocommit mode; the driver's errors are explained."""
    with explain_errors(url), closing(connect(url)) as connection:
        yield connection


class Server:
    """The server of a URL, through one connection to its maintenance database.

    That is `postgres`; `template1` where there is none, and the URL's own database where a hosting
    service lets nobody into either. It is opened when first needed, and again after it was lost.
    """

    def __init__(self, url: DatabaseUrl) -> None:
        self.url = url
        self.held: set[int] = set()  # the advisory locks of the connection
        self.own: set[int] = set()  # server processes of further connections that a task holds
        self._connection: Connection | None = None
        self._place = ""

    @property
    def connection(self) -> Connection:
        """The connection, opened if need be.

        Raises:
            DatabaseError: it was lost in the middle of a task, and the task's lock with it.
        """
        if self._connection is None or not self.is_open:
            if self.held:
                raise DatabaseError(
                    "The connection to the server was lost in the middle of the task.",
                    checked=[f"server {self.url}"],
                    hint="nox -s db_status, then run the same command again: it finishes or tidies up",
                )
            self._connection = self.session()
        return self._connection

    @property
    def is_open(self) -> bool:
        """Is there a connection, as far as this side knows?"""
        return self._connection is not None and not self._connection.closed

    @property
    def place(self) -> str:
        """The name of the maintenance database."""
        if not self._place:
            self._connection = self.session()
        return self._place

    def session(self) -> Connection:
        """One more connection to the maintenance database.

        Raises:
            DatabaseError: the first candidate's reason, when none lets us in.
        """
        first: DatabaseError | None = None
        for place in (self._place,) if self._place else dict.fromkeys(("postgres", "template1", self.url.name)):
            try:
                connection = connect(self.url.with_name(place))
            except HopelessError:
                raise
            except DatabaseError as error:
                first = first or error
                continue
            self._place = place
            with explain_errors(self.url), connection.cursor() as cursor:
                cursor.execute(SESSION)
            return connection
        raise first or DatabaseError("There is no database to connect to.")

    def query(self, statement: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a query; its rows.

        Raises:
            DatabaseError: for whatever the server says.
        """
        with explain_errors(self.url), self.connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def execute(self, *statements: sql.Composable | str) -> None:
        """Run statements in one step: the server takes a string of several as one transaction.

        Raises:
            DatabaseError: for whatever the server says.
        """
        with explain_errors(self.url), self.connection.cursor() as cursor:
            cursor.execute(self.text(statements))

    def text(self, statements: Sequence[sql.Composable | str]) -> str:
        """Statements as one string, quoted for this connection."""
        parts = (part if isinstance(part, str) else part.as_string(self.connection) for part in statements)
        return "; ".join(parts)
