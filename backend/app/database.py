"""The database as the API sees it: conventions for every table, the engine, a session per request.

Imported by the models before the first table is defined, so that the conventions reach all of them.
Must stay free of FastAPI: Alembic imports this module on every command.
"""

from collections.abc import Iterator
from functools import lru_cache
from sqlite3 import Connection as SqliteConnection
from urllib.parse import quote

from sqlalchemy import URL, Engine, Enum, MetaData, Table, create_engine, event
from sqlalchemy.pool import NullPool
from sqlmodel import Session, SQLModel

from app.config import database_url

# A constraint without a name cannot be dropped in a batch on SQLite, and is named differently by each engine.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING_CONVENTION

_CONNECT_SECONDS = 5  # a server that does not answer becomes a 503 while the client is still listening


@event.listens_for(Table, "after_parent_attach")
def _store_enums_as_text(table: Table, metadata: MetaData) -> None:
    """Make every enum of this project's tables a VARCHAR.

    PostgreSQL's own enum types outlive their table: a generated revision would not run a second time
    after its downgrade, and no new value is ever noticed by autogenerate.
    """
    if metadata is SQLModel.metadata:
        for column in table.columns:
            if isinstance(column.type, Enum):
                column.type.native_enum = False


def engine() -> Engine:
    """Return the engine of the database that `DATABASE_URL` names now.

    Raises:
        ConfigError: `DATABASE_URL` is missing or malformed.
    """
    return engine_for(database_url())


@lru_cache
def engine_for(url: URL) -> Engine:
    """Make the engine of one database, once; nothing connects before the first use."""
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    # pre_ping: a reset swaps the database under the pool, whose connections are then gone
    wait = {} if "connect_timeout" in url.query else {"connect_timeout": _CONNECT_SECONDS}
    return create_engine(url, pool_pre_ping=True, connect_args=wait)


def session() -> Iterator[Session]:
    """Give one request its session.

    Yields:
        A session on the current database.
    """
    with Session(engine()) as opened:
        yield opened


def _sqlite_engine(url: URL) -> Engine:
    # mode=rw: asking a missing database a question must not create an empty one.
    # NullPool: a reset replaces the file, and a kept connection would go on serving the old one.
    file = f"file:{quote(url.database or '')}"
    existing = url.set(database=file, query={"mode": "rw", **url.query, "uri": "true"})
    made = create_engine(existing, poolclass=NullPool)
    event.listen(made, "connect", _prepare_sqlite)
    return made


def _prepare_sqlite(connection: SqliteConnection, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys=ON")
    # SQLite's own lower() knows ASCII only, so a search for "josé" would miss "JOSÉ".
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(text: object) -> str | None:
    return None if text is None else str(text).lower()
