"""Alembic's environment: which database, which models, and how each engine is made safe to migrate."""

import logging
from sqlite3 import Connection as SqliteConnection
from typing import TYPE_CHECKING, Any, Literal

from alembic import context
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, TypeDecorator, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

import app.models  # noqa: F401 - puts every table into SQLModel.metadata
from app.config import ConfigError, database_url

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.runtime.migration import MigrationContext, MigrationInfo


def migrate() -> None:
    """Run the command that Alembic was asked for, on the database that `DATABASE_URL` names."""
    if context.config.config_file_name is not None:  # without a file the caller does its own logging
        logging.basicConfig(format="%(levelname)-5.5s [%(name)s] %(message)s")
        logging.getLogger("alembic").setLevel(logging.INFO)
        logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)
    try:
        url = database_url()
    except ConfigError as error:
        raise CommandError(str(error)) from error
    if context.is_offline_mode():
        migrate_offline(url)
    else:
        migrate_online(url)


def migrate_online(url: URL) -> None:
    """Connect and run."""
    engine = sqlite_engine(url) if url.get_backend_name() == "sqlite" else postgres_engine(url)
    try:
        with connect(engine) as connection:
            configure(connection=connection)
            with context.begin_transaction():
                context.run_migrations()
    finally:
        engine.dispose()


def migrate_offline(url: URL) -> None:
    """Print SQL instead of running it (`--sql`); no server is needed."""
    if url.get_backend_name() == "sqlite":  # a batch copies the table it finds, and offline there is none
        raise CommandError(
            "--sql is for PostgreSQL; on SQLite a change of a table depends on what is in the database. "
            "Next: DATABASE_URL=postgresql:///preview alembic upgrade head --sql"
        )
    configure(url=url, literal_binds=True, dialect_opts={"paramstyle": "named"})
    with context.begin_transaction():
        context.run_migrations()


def configure(**where: Any) -> None:
    """Tell Alembic what to compare, how to write it down, and what a transaction is."""
    context.configure(
        **where,
        target_metadata=SQLModel.metadata,
        compare_server_default=True,
        autogenerate_plugins=["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"],
        render_as_batch=True,  # SQLite has no ALTER for most changes; PostgreSQL gets its plain ALTER
        render_item=render_item,
        transaction_per_migration=True,  # a failure takes back its own revision, not its predecessors
        transactional_ddl=True,  # true for SQLite as well, thanks to the events below
        on_version_apply=check_foreign_keys,
    )


def connect(engine: Engine) -> Connection:
    """Open a connection, or say in one line why there is none."""
    try:
        return engine.connect()
    except DBAPIError as error:
        raise CommandError(f"Cannot connect to {engine.url}: {error.orig}") from error


def postgres_engine(url: URL) -> Engine:
    """Make an engine whose sessions can be told from the API's in pg_stat_activity."""
    return create_engine(url, poolclass=NullPool, connect_args={"fallback_application_name": "alembic"})


def sqlite_engine(url: URL) -> Engine:
    """Make an engine of the migrations' own, whose transactions hold DDL and whose batches lose no rows."""
    engine = create_engine(url, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _take_over_transactions(connection: SqliteConnection, _record: object) -> None:
        connection.isolation_level = None  # sqlite3 shall begin and commit nothing by itself; _begin does
        # A batch drops and replaces the table; enforced, that deletes the rows that point to it. Inside a
        # transaction this PRAGMA does nothing, so it stands here, and check_foreign_keys looks afterwards.
        connection.execute("PRAGMA foreign_keys=OFF")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":  # autocommit_block()
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # at once the only writer, so no upgrade can deadlock

    return engine


def check_foreign_keys(ctx: "MigrationContext", step: "MigrationInfo", *_args: Any, **_kwargs: Any) -> None:
    """After each revision on SQLite: roll it back if it leaves rows that point nowhere."""
    if ctx.connection is None or ctx.dialect.name != "sqlite":
        return
    broken = {(row[0], row[2]) for row in ctx.connection.exec_driver_sql("PRAGMA foreign_key_check")}
    if broken:
        tables = ", ".join(f"{table} (to {parent})" for table, parent in sorted(broken))
        raise CommandError(
            f"{step.up_revision_id}: rows would point to nothing in {tables}; the revision was rolled back. "
            "Next: mend the revision, or find rows that were broken before it with PRAGMA foreign_key_check"
        )


def render_item(kind: str, item: Any, _context: "AutogenContext") -> str | Literal[False]:
    """Write SQLModel's column types as the SQLAlchemy types they wrap: a revision needs no `import sqlmodel`."""
    if kind == "type" and isinstance(item, TypeDecorator) and type(item).__module__.startswith("sqlmodel."):
        return f"sa.{item.impl_instance!r}"
    return False


migrate()
