"""Drop databases of ours, and say what keeps one from being dropped."""

from psycopg2 import errors, sql

from dbtasks.databases.postgres.catalogue import Entry
from dbtasks.databases.postgres.connection import Server
from dbtasks.databases.quotation import quote_name, quote_text
from dbtasks.errors import DatabaseError


def drop(name: str) -> sql.Composable:
    """The statement that drops a database, whoever is connected."""
    return sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))


def drop_ours(server: Server, name: str) -> None:
    """Drop a relative, one that a revision marked as a template as well.

    Raises:
        DatabaseError: a subscription or a prepared transaction keeps it.
    """
    try:
        server.execute(drop(name))
    except DatabaseError as error:
        if not isinstance(error.__cause__, errors.WrongObjectType):
            raise
        server.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(sql.Identifier(name)))
        server.execute(drop(name))


def refuse_prepared(entry: Entry) -> None:
    """Refuse to copy or rename a database with prepared transactions: the server would wait, and then refuse.

    Raises:
        DatabaseError: it names them.
    """
    if entry.prepared:
        raise DatabaseError(
            f"{entry.name} has prepared transactions, so it can be neither copied nor replaced.",
            checked=[f"prepared transaction {gid!r}" for gid in entry.prepared],
            hint=f"nox -s db_shell, then: ROLLBACK PREPARED {quote_text(entry.prepared[0])}",
        )


def refuse_held(entry: Entry) -> None:
    """Refuse to drop a database that the server would not drop.

    Raises:
        DatabaseError: it names the subscriptions or the prepared transactions.
    """
    refuse_prepared(entry)
    if entry.subscriptions:
        name = quote_name(entry.subscriptions[0])
        raise DatabaseError(
            f"{entry.name} has subscriptions, so it cannot be dropped; it stays as it is.",
            checked=[f"subscription {subscription!r}" for subscription in entry.subscriptions],
            hint=f"In {entry.name}: ALTER SUBSCRIPTION {name} DISABLE; ALTER SUBSCRIPTION {name} "
            f"SET (slot_name = NONE); DROP SUBSCRIPTION {name}",
        )
