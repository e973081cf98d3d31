"""What PostgreSQL's catalogue says of the tables that are copied."""

from dataclasses import dataclass

from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 (a class in all but its spelling)

from dbtasks.databases.postgres.contents import TABLES
from dbtasks.databases.row_copy.tables import Column, Described

_COLUMNS = f"""WITH wanted AS ({TABLES})
    SELECT w.nspname, w.relname, w.is_default, a.attname, t.typname, t.typtype = 'e',
        CASE WHEN t.typname = 'numeric' AND m.typmod >= 4 THEN (m.typmod - 4) & 2047 END
    FROM wanted w JOIN pg_attribute a ON a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type own ON own.oid = a.atttypid
    JOIN pg_type t ON t.oid = CASE own.typtype WHEN 'd' THEN own.typbasetype ELSE own.oid END
    CROSS JOIN LATERAL (SELECT CASE own.typtype WHEN 'd' THEN own.typtypmod ELSE a.atttypmod END AS typmod) m
    WHERE a.attgenerated = '' ORDER BY w.nspname, w.relname, a.attnum"""  # noqa: S608 (a constant)

# Sequences that belong to a column (serial, identity), and those that its default merely uses.
_SEQUENCES = f"""WITH wanted AS ({TABLES}), used AS (
        SELECT d.objid AS sequence, d.refobjid AS relation, d.refobjsubid AS number FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
        UNION
        SELECT d.refobjid, f.adrelid, f.adnum FROM pg_depend d JOIN pg_attrdef f ON f.oid = d.objid
        WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'n')
    SELECT w.nspname, w.relname, w.is_default, a.attname, n.nspname, s.relname
    FROM used u JOIN pg_class s ON s.oid = u.sequence AND s.relkind = 'S' JOIN pg_namespace n ON n.oid = s.relnamespace
    JOIN wanted w ON w.oid = u.relation JOIN pg_attribute a ON a.attrelid = u.relation AND a.attnum = u.number
    ORDER BY 1, 2, 4, 5, 6"""  # noqa: S608 (a constant)


@dataclass(frozen=True)
class Sequence:
    """A sequence and the column that takes its numbers."""

    table: str
    column: str
    table_place: sql.Composable
    place: sql.Composable


def find_tables(connection: Connection) -> dict[str, Described]:
    """The project's tables by name; one outside the default schema is named with its schema."""
    found: dict[str, tuple[str, dict[str, Column]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        for schema, table, is_default, column, type_name, is_enum, scale in cursor:
            _, columns = found.setdefault(_name(schema, table, is_default=is_default), (schema, {}))
            columns[column] = Column(type_name, is_enum, scale)
    return {name: Described(name, schema, columns, is_postgres=True) for name, (schema, columns) in found.items()}


def find_sequences(connection: Connection) -> list[Sequence]:
    """The sequences that give numbers to columns of the project's tables."""
    with connection.cursor() as cursor:
        cursor.execute(_SEQUENCES)
        return [
            Sequence(
                _name(schema, table, is_default=is_default),
                column,
                sql.Identifier(schema, table),
                sql.Identifier(sequence_schema, sequence),
            )
            for schema, table, is_default, column, sequence_schema, sequence in cursor
        ]


def _name(schema: str, table: str, *, is_default: bool) -> str:
    return table if is_default else f"{schema}.{table}"
