"""Refuse every connection that is not to the database which the project's code was aimed at.

An env.py may take its URL from anywhere: settings read at import, other variables, another key of the ini
file, the application's own engine. So each connection is asked where it is, before its first statement.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.runtime.environment import EnvironmentContext
from sqlalchemy import Connection, event
from sqlalchemy.pool import Pool

from ...messages.failures import WorkerError
from ...messages.values import AimedDatabase

_SEEN = "dbtasks aimed database"
_WORD = 32  # bits of one half of an advisory lock's key in pg_locks
_WHERE = """SELECT current_database(), host(inet_server_addr()), inet_server_port(), EXISTS (
    SELECT FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND classid = {high} AND objid = {low}
    AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))"""


class Refusal(BaseException):
    """The connection is to another database; no `except Exception` of the project may hide that."""


# What ends a task that is no fault of the code that was running.
NOT_A_FAILURE = (KeyboardInterrupt, GeneratorExit, Refusal)


@dataclass(frozen=True)
class _Reached:
    """Where a connection is: in words, whether that is where it was aimed, and whether it could harm anything."""

    place: str
    is_aimed: bool
    is_memory: bool = False


@contextmanager
def only(database: AimedDatabase) -> Iterator[None]:
    """Let no connection be used that is not to this database, whoever opens it through SQLAlchemy.

    Raises:
        WrongDatabaseError: the project's code connected to another one, or gave Alembic no connection.
    """
    proof = _Proof(database)
    try:
        with _listening(proof):
            yield
    except BaseException as error:
        if proof.refused and not isinstance(error, KeyboardInterrupt):
            raise proof.error() from error
        raise
    if proof.refused:  # a bare `except:` of the project has swallowed it
        raise proof.error()


class _Proof:
    """Asks each connection where it is, and refuses those that are not in the database."""

    def __init__(self, database: AimedDatabase) -> None:
        self.refused = ""
        self._database = database

    def verify(self, connection: Any, record: Any, *_: Any) -> None:
        """A connection of a pool is opened, or taken from it for the first time since the aim was set."""
        if record.info.get(_SEEN) == self._database:
            return
        found = _reached(connection, self._database)
        connection.rollback()  # the question may have begun a transaction, inside which some settings cannot be made
        if not found.is_aimed and not found.is_memory:
            self._refuse_place(found.place)
        record.info[_SEEN] = self._database

    def before_configure(self, environment: EnvironmentContext, connection: Connection | None) -> None:
        """env.py hands Alembic a connection, which may have been taken from its pool before anybody listened."""
        if connection is None:
            if not environment.is_offline_mode():
                self._refuse("env.py gave Alembic no connection, so that nothing would be run on the database.")
            return
        is_within = connection.in_transaction()
        raw: Any = connection.connection.dbapi_connection
        found = _reached(raw, self._database)
        if not is_within:
            raw.rollback()
        if not found.is_aimed:
            self._refuse_place(found.place)

    def error(self) -> WorkerError:
        """The refusal as the user reads it."""
        return WorkerError(
            "wrong database",
            self.refused,
            checked=[
                f"it was to connect to {self._database.place}",
                "it was stopped before the first statement of that connection: nothing was changed by it",
            ],
            hint='Let env.py connect to config.get_main_option("sqlalchemy.url"), or to the variable that dbtasks '
            "sets; then: nox -s db_status",
        )

    def _refuse_place(self, place: str) -> None:
        self._refuse(f"The project's code connected to {place}, and not to the database that this task works on.")

    def _refuse(self, reason: str) -> None:
        self.refused = self.refused or reason
        raise Refusal(reason)


@contextmanager
def _listening(proof: _Proof) -> Iterator[None]:
    """Listen on the classes, which covers engines and environments whoever makes them, and whenever."""
    plain = EnvironmentContext.configure

    def configure(self: EnvironmentContext, connection: Connection | None = None, *rest: Any, **wanted: Any) -> None:
        proof.before_configure(self, connection)
        plain(self, connection, *rest, **wanted)

    for name in ("connect", "checkout"):
        event.listen(Pool, name, proof.verify)
    EnvironmentContext.configure = configure  # type: ignore[method-assign]
    try:
        yield
    finally:
        EnvironmentContext.configure = plain  # type: ignore[method-assign]
        for name in ("connect", "checkout"):
            event.remove(Pool, name, proof.verify)


def _reached(connection: Any, database: AimedDatabase) -> _Reached:
    """Ask a driver's connection; one of another engine does not understand the question."""
    questions = [_sqlite, _postgres] if database.engine == "sqlite" else [_postgres, _sqlite]
    for question in questions:
        found = question(connection, database)
        if found is not None:
            return found
    return _Reached("a database that is neither SQLite nor PostgreSQL", is_aimed=False)


def _sqlite(connection: Any, database: AimedDatabase) -> _Reached | None:
    rows = _asked(connection, "PRAGMA database_list")
    files = [row[2] for row in rows or () if row[1] == "main"]
    if not files:
        return None
    if not files[0]:
        return _Reached("a SQLite database in memory", is_aimed=False, is_memory=True)
    try:
        state = Path(files[0]).stat()
    except OSError:  # gone since it was opened, so it is not the one that is there
        return _Reached(f"the file {files[0]}", is_aimed=False)
    is_aimed = database.engine == "sqlite" and (state.st_dev, state.st_ino) == (database.device, database.inode)
    return _Reached(f"the file {files[0]}", is_aimed)


def _postgres(connection: Any, database: AimedDatabase) -> _Reached | None:
    high, low = database.key >> _WORD, database.key & (2**_WORD - 1)
    rows = _asked(connection, _WHERE.format(high=high, low=low))
    if not rows:
        return None
    name, host, port, has_key = rows[0]
    server = f"{host}:{port}" if host else "a socket of this machine"
    return _Reached(f"the database {name} on {server}", database.engine == "postgres" and bool(has_key))


def _asked(connection: Any, question: str) -> Sequence[Any] | None:
    """The rows; None where the server does not understand the question."""
    cursor = connection.cursor()
    try:
        cursor.execute(question)
        return list(cursor.fetchall())
    except Exception:  # noqa: BLE001 (of a driver that is not known here; a connection that does not answer is refused)
        connection.rollback()
        return None
    finally:
        cursor.close()
