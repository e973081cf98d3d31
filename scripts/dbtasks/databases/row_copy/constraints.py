"""Foreign keys and triggers, put aside while rows come in any order.

Dropping and adding the keys needs no superuser, as switching them off would, copes with circles, and
lets the server check all rows at once. It happens in one transaction, so a failure leaves them as they were.
"""

from collections.abc import Sequence

from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 (a class in all but its spelling)

_KEYS = """SELECT n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid), obj_description(k.oid, 'pg_constraint')
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE k.contype = 'f' AND k.conparentid = 0
    AND EXISTS (SELECT FROM unnest(%(places)s) place WHERE place IN (k.conrelid, k.confrelid))
    ORDER BY 1, 2, 3"""
_TRIGGERS = """SELECT n.nspname, c.relname, t.tgname, t.tgenabled
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgparentid = 0 AND t.tgrelid = ANY(%(places)s)"""
_ENABLE = {"O": "ENABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}


def put_aside(connection: Connection, tables: Sequence[sql.Composable]) -> list[sql.Composable]:
    """Drop the foreign keys from and to these tables, and switch their triggers off; what brings it back."""
    back: list[sql.Composable] = []
    with connection.cursor() as cursor:
        places = [_oid(connection, table) for table in tables]
        cursor.execute(_KEYS, {"places": places})
        for schema, table, key, definition, comment in cursor.fetchall():
            place, name = sql.Identifier(schema, table), sql.Identifier(key)
            cursor.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(place, name))
            back.append(sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(place, name, sql.SQL(definition)))
            if comment:
                words = sql.Literal(comment)
                back.append(sql.SQL("COMMENT ON CONSTRAINT {} ON {} IS {}").format(name, place, words))
        cursor.execute(_TRIGGERS, {"places": places})
        for schema, table, trigger, state in cursor.fetchall():
            place, name = sql.Identifier(schema, table), sql.Identifier(trigger)
            cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER {}").format(place, name))
            back.append(sql.SQL("ALTER TABLE {} {} TRIGGER {}").format(place, sql.SQL(_ENABLE[state]), name))
    return back


def bring_back(connection: Connection, statements: Sequence[sql.Composable]) -> None:
    """Add the keys, which checks every row, and switch the triggers on."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _oid(connection: Connection, table: sql.Composable) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %(name)s::regclass::oid::int8", {"name": table.as_string(connection)})
        return int(cursor.fetchall()[0][0])
