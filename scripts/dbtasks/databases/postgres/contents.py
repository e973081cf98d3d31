"""Read what the suite wants to know of a database's content."""

from typing import Any

from psycopg2 import errors, sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812 (a class in all but its spelling)

from dbtasks.databases.postgres.connection import open_connection
from dbtasks.urls import DatabaseUrl

# Tables of the project: none of the system's, of extensions, of sessions; a partitioned one counts as a whole.
TABLES = """SELECT n.nspname, c.relname, n.nspname = current_schema() AS is_default, c.oid
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
    AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
    AND c.relname <> 'alembic_version'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass
                    AND d.deptype = 'e')
    ORDER BY NOT n.nspname = current_schema(), n.nspname, c.relname"""

COLUMNS = """SELECT attname FROM pg_attribute
    WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"""


def read_current(url: DatabaseUrl) -> tuple[str, ...]:
    """The revisions in alembic_version, which is looked for along the search path.

    Raises:
        DatabaseError: the database cannot be read.
    """
    with open_connection(url) as connection, connection.cursor() as cursor:
        try:
            cursor.execute("SELECT version_num FROM alembic_version ORDER BY 1")
        except errors.UndefinedTable:
            return ()
        return tuple(row[0] for row in cursor.fetchall())


def count_rows(url: DatabaseUrl) -> dict[str, int]:
    """The exact number of rows of each table; one outside the default schema is named with its schema.

    Raises:
        DatabaseError: the database cannot be read.
    """
    with open_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = cursor.fetchall()
        if not tables:
            return {}
        counts = (
            sql.SQL("(SELECT count(*) FROM {})").format(sql.Identifier(schema, table)) for schema, table, _, _ in tables
        )
        cursor.execute(sql.SQL("SELECT {}").format(sql.SQL(", ").join(counts)))
        return dict(zip(map(_name, tables), cursor.fetchall()[0], strict=True))


def count_values(url: DatabaseUrl) -> dict[str, dict[str, int]]:
    """The exact number of values in each column that is not generated, by table, named as in `count_rows`.

    Raises:
        DatabaseError: the database cannot be read.
    """
    with open_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(TABLES)
        return {_name(table): _count_in(cursor, table) for table in cursor.fetchall()}


def _count_in(cursor: Cursor, table: tuple[Any, ...]) -> dict[str, int]:
    schema, name, _, oid = table
    cursor.execute(COLUMNS, (oid,))
    columns = [column for (column,) in cursor.fetchall()]
    if not columns:
        return {}
    counts = sql.SQL(", ").join(sql.SQL("count({})").format(sql.Identifier(column)) for column in columns)
    cursor.execute(sql.SQL("SELECT {} FROM {}").format(counts, sql.Identifier(schema, name)))
    return dict(zip(columns, cursor.fetchall()[0], strict=True))


def _name(table: tuple[Any, ...]) -> str:
    schema, name, is_default, _ = table
    return name if is_default else f"{schema}.{name}"
