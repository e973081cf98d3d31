"""What a swap cannot carry over to the new content, and what stays with the old: named, for nobody may miss it."""

from collections.abc import Sequence

from psycopg2 import errors, sql

from dbtasks.databases.postgres import catalogue
from dbtasks.databases.postgres.catalogue import Entry
from dbtasks.databases.postgres.connection import Server
from dbtasks.databases.postgres.database_properties import Setting
from dbtasks.databases.postgres.sessions import run_alone
from dbtasks.errors import DatabaseError

_SLOTS = "SELECT slot_name::text FROM pg_replication_slots WHERE database = %(name)s AND NOT temporary ORDER BY 1"
_IF_ALLOWED = "BEGIN EXECUTE {}; EXCEPTION WHEN insufficient_privilege THEN NULL; END"


def run_with_settings(server: Server, statements: Sequence[sql.Composable], databases: Sequence[str]) -> None:
    """Run statements that need databases to themselves; settings that this role may not make are left out.

    Raises:
        DatabaseError: another statement failed; nothing was changed.
    """
    try:
        run_alone(server, server.text(statements), databases)
    except DatabaseError as error:
        if not isinstance(error.__cause__, errors.InsufficientPrivilege):
            raise
        tolerant = [_if_allowed(server, one) if isinstance(one, Setting) else one for one in statements]
        run_alone(server, server.text(tolerant), databases)


def name_what_was_left_out(server: Server, old: Entry) -> list[str]:
    """The settings that the name had and has no more, in words."""
    new = catalogue.find(server, [old.name], belongings=True).get(old.name)
    has = _settings(new) if new else set()
    return [
        f"The setting {setting!r}{f' of the role {role!r}' if role else ''} in {old.name} was made by an "
        "administrator and could not be carried over; let one make it again"
        for role, setting in sorted(_settings(old) - has, key=str)
    ]


def name_what_moved(server: Server, old: Entry) -> list[str]:
    """What the server binds to the database itself, so that it goes with the former state, in words."""
    slots = [name for (name,) in server.query(_SLOTS, {"name": old.name})]
    kinds = (("subscription", old.subscriptions), ("replication slot", slots))
    things = [f"{kind} {name!r}" for kind, names in kinds for name in names]
    if not things:
        return []
    return [f"With the former state of {old.name} moved, and the new database lacks: {', '.join(things)}"]


def _settings(entry: Entry) -> set[tuple[str | None, str]]:
    return {(role, value) for role, values in entry.settings for value in values}


def _if_allowed(server: Server, statement: sql.Composable) -> sql.Composable:
    inner = sql.Literal(statement.as_string(server.connection))
    body = sql.SQL(_IF_ALLOWED).format(inner).as_string(server.connection)
    return sql.SQL("DO {}").format(sql.Literal(body))
