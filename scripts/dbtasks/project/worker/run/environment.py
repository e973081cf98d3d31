"""Alembic's environment with what every migration needs, whatever the project's env.py leaves out.

env.py hands its connection to `context.configure()`, a public method of a public class, and that is
where a transaction per revision, SQLite's transactional DDL and PostgreSQL's lock timeout come in.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event

from ...messages.failures import WorkerError
from ...messages.values import Step
from .additive_run import require_transaction


@dataclass
class Attempt:
    """What is known of a run while it goes on.

    Args:
        lock_timeout: seconds that a statement on PostgreSQL may wait for a lock; 0 is for ever.
        step: the one being run.
        partly_committed: the step has committed something by an autocommit block, so it cannot be repeated.
        heads: where the database stands, as Alembic has written it; None before env.py has run any migrations.
        only_additions: what is run has no way back but its transaction.
        server_process: of the migrating session, on PostgreSQL.
        broken_rows: rows of a SQLite database that pointed to nothing before the run, by (table, parent).
    """

    lock_timeout: float
    only_additions: bool = False
    step: Step | None = None
    partly_committed: bool = False
    heads: tuple[str, ...] | None = None
    server_process: int = 0
    broken_rows: dict[tuple[str, str], int] = field(default_factory=dict)
    listeners: list[tuple[Engine, Callable[[Connection], None]]] = field(default_factory=list)


def safe_environment(config: Config, script: ScriptDirectory, attempt: Attempt, **options: Any) -> EnvironmentContext:
    """An environment that makes the connection of any env.py safe to migrate on."""
    environment = EnvironmentContext(config, script, **options)
    plain = environment.configure

    def check(*, ctx: Any, heads: set[str], **_rest: Any) -> None:
        """Inside a revision's transaction, after its last statement."""
        attempt.heads = tuple(sorted(heads))
        if not ctx.as_sql:
            _check_versions(ctx, attempt)
        if ctx.dialect.name == "sqlite" and not ctx.as_sql:
            _check_foreign_keys(ctx.connection, attempt)

    def configure(connection: Connection | None = None, *arguments: Any, **wanted: Any) -> None:
        wanted["transaction_per_migration"] = True
        if connection is not None:
            if attempt.only_additions:
                require_transaction(connection)
            wanted["transactional_ddl"] = True
            make_safe = _ENGINES.get(connection.dialect.name)
            if make_safe is not None:
                make_safe(connection, attempt)
        theirs = wanted.get("on_version_apply") or ()
        wanted["on_version_apply"] = (*(theirs if isinstance(theirs, list | tuple) else (theirs,)), check)
        plain(connection, *arguments, **wanted)

    # Not a subclass: `alembic.context` knows only the attributes of the class that it was made from.
    environment.configure = configure  # type: ignore[method-assign]
    return environment


@contextmanager
def listening(attempt: Attempt) -> Iterator[None]:
    """Take our listeners from the engines afterwards: an env.py may use the application's own."""
    try:
        yield
    finally:
        for engine, listener in attempt.listeners:
            event.remove(engine, "begin", listener)
        attempt.listeners.clear()


def _sqlite(connection: Connection, attempt: Attempt) -> None:
    raw: Any = connection.connection.dbapi_connection
    if raw.in_transaction:
        raw.commit()  # env.py has begun one; the next statement does nothing inside a transaction
    # A batch operation replaces the table; with foreign keys enforced, that deletes the rows that point to it.
    _execute(raw, "PRAGMA foreign_keys = OFF")

    def begin(begun: Connection) -> None:
        if begun is not connection:
            return
        if _in_autocommit(begun):
            attempt.partly_committed = True
            return
        raw.isolation_level = None  # else sqlite3 begins only at the first INSERT, and a failed CREATE would stay
        if not raw.in_transaction:  # an env.py that knows all this has begun it itself
            _execute(raw, "BEGIN IMMEDIATE")

    _listen(connection, begin, attempt)
    attempt.broken_rows = _broken_rows(connection)


def _postgres(connection: Connection, attempt: Attempt) -> None:
    timeout = f"{attempt.lock_timeout * 1000:.0f}ms"
    is_set = False

    def begin(begun: Connection) -> None:
        nonlocal is_set
        if begun is not connection:
            return
        if _in_autocommit(begun):
            attempt.partly_committed = True
            # Without its lock timeout, CREATE INDEX CONCURRENTLY would leave half an index behind; nor may it have
            # one of the role or of env.py.
            begun.exec_driver_sql("SET lock_timeout = 0")
            is_set = False
        elif not is_set:
            found = begun.exec_driver_sql(
                "SELECT pg_backend_pid(), set_config('application_name', 'dbtasks migrate', false), "
                f"set_config('lock_timeout', '{timeout}', false)"
            )
            attempt.server_process = found.one()[0]
            is_set = True

    _listen(connection, begin, attempt)


_ENGINES: dict[str, Callable[[Connection, Attempt], None]] = {"sqlite": _sqlite, "postgresql": _postgres}


def _listen(connection: Connection, begin: Callable[[Connection], None], attempt: Attempt) -> None:
    """Listen on the engine and not on the connection: only there do we come after env.py's own listeners."""
    event.listen(connection.engine, "begin", begin)
    attempt.listeners.append((connection.engine, begin))
    if connection.in_transaction():  # env.py has begun one that goes round all revisions
        begin(connection)


def _execute(raw: Any, statement: str) -> None:
    """Run a statement on the driver's connection: SQLAlchemy's would begin a transaction for it."""
    cursor = raw.cursor()
    cursor.execute(statement)
    cursor.close()


def _in_autocommit(connection: Connection) -> bool:
    return connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"


def _broken_rows(connection: Connection) -> dict[tuple[str, str], int]:
    """How many rows of each table point to a parent that is not there."""
    raw: Any = connection.connection.dbapi_connection
    cursor = raw.cursor()
    counts: dict[tuple[str, str], int] = {}
    try:
        cursor.execute("PRAGMA foreign_key_check")
        for table, _row, parent, _key in cursor.fetchall():
            counts[table, parent] = counts.get((table, parent), 0) + 1
    except connection.dialect.loaded_dbapi.Error as error:  # a foreign key to something that cannot be one's target
        counts["a foreign key that SQLite cannot check", str(error)] = 1
    finally:
        cursor.close()
    return counts


def _check_versions(context: Any, attempt: Attempt) -> None:
    """Refuse a revision that writes alembic_version itself.

    Raises:
        MigrationError: another revision stands in it than Alembic has written; the revision is rolled back.
    """
    written = tuple(sorted(context.get_current_heads()))
    if written != attempt.heads:
        raise WorkerError(
            "migration",
            f"it leaves {', '.join(written) or 'nothing'} in {context.version_table}, "
            f"where Alembic has written {', '.join(attempt.heads or ()) or 'nothing'}",
        )


def _check_foreign_keys(connection: Connection, attempt: Attempt) -> None:
    """Refuse a revision that leaves rows which point to nothing; those that did before are not its fault.

    Raises:
        MigrationError: there are more of them than before; the revision is rolled back.
    """
    found = _broken_rows(connection)
    more = {pair: count - attempt.broken_rows.get(pair, 0) for pair, count in found.items()}
    if sum(found.values()) <= sum(attempt.broken_rows.values()):
        return
    tables = [f"{table}: {count} row(s) to {parent}" for (table, parent), count in more.items() if count > 0]
    raise WorkerError(
        "migration",
        f"it leaves {sum(found.values()) - sum(attempt.broken_rows.values())} row(s) that point to nothing",
        checked=[f"PRAGMA foreign_key_check: {line}" for line in tables],
    )
