"""The rows, sequence values and large objects of a database, as numbers that do not depend on their order."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 (a class in all but its spelling)

from dbtasks.databases.postgres.system_catalogs import FIRST_USER_OID

Line = tuple[str, int, str]  # what, how many, the sum of their hashes

_AT_ONCE = 100  # relations in one query
# A partitioned table has its rows in its partitions. A materialized view without data cannot be read.
_RELATIONS = f"""SELECT n.nspname, c.relname, c.relkind::text,
    ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid >= {FIRST_USER_OID} AND c.relkind IN ('r', 'm', 'S') AND c.relpersistence <> 't' AND c.relispopulated
    ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C" """  # noqa: S608 (made of constants and names of catalogs)
_LARGE_OBJECTS = (
    "SELECT count(*), sum(hashtextextended((loid, pageno, data)::text, 0)::numeric)::text FROM pg_largeobject"
)
# For a role that may not read the catalog, each object is read as a whole.
_OWN_OBJECTS = """SELECT count(*), sum(hashtextextended((oid, lo_get(oid))::text, 0)::numeric)::text
    FROM pg_largeobject_metadata"""
_MAY_READ = "SELECT has_table_privilege('pg_largeobject', 'SELECT')"


@dataclass(frozen=True)
class Relation:
    """Something with rows; the kind is that of pg_class, and dropped columns count."""

    schema: str
    name: str
    kind: str
    columns: tuple[str, ...]


def find_relations(connection: Connection) -> list[Relation]:
    """Everything of the database that has rows or a value, its session pinned."""
    with connection.cursor() as cursor:
        cursor.execute(_RELATIONS)
        return [Relation(schema, name, kind, tuple(columns)) for schema, name, kind, columns in cursor.fetchall()]


def lock(connection: Connection, wanted: Sequence[Relation]) -> None:
    """Keep tables from being truncated or altered, which a snapshot does not hide, until the transaction ends."""
    names = [sql.Identifier(one.schema, one.name) for one in wanted if one.kind == "r"]
    if names:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("LOCK TABLE ONLY {} IN ACCESS SHARE MODE").format(sql.SQL(", ONLY ").join(names)))


def hash_rows(connection: Connection, wanted: Sequence[Relation]) -> list[Line]:
    """One line for each relation, and one for the large objects."""
    found: list[Line] = []
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), _AT_ONCE):
            queries = [_hashed(relation) for relation in wanted[start : start + _AT_ONCE]]
            cursor.execute(sql.SQL(" UNION ALL ").join(queries))
            found += cursor.fetchall()
        cursor.execute(_MAY_READ)
        (may_read,) = cursor.fetchone() or (False,)
        cursor.execute(_LARGE_OBJECTS if may_read else _OWN_OBJECTS)
        found += [("large objects", *row) for row in cursor.fetchall()]
    return sorted(found)


def _hashed(relation: Relation) -> sql.Composable:
    """A sum, for a column named like the alias would be hashed in place of the row, and equal rows must count."""
    alias = "zz"
    while alias in relation.columns:
        alias += "z"
    row = sql.SQL("(zz.last_value, zz.is_called)") if relation.kind == "S" else sql.Identifier(alias)
    return sql.SQL(
        'SELECT {what}, count(*), sum(hashtextextended({row}::text COLLATE "C", 0)::numeric)::text '
        "FROM {only} {name} {alias}"
    ).format(
        what=sql.Literal(f"{relation.schema}.{relation.name}"),
        row=row,
        only=sql.SQL("ONLY" if relation.kind == "r" else ""),
        name=sql.Identifier(relation.schema, relation.name),
        alias=sql.Identifier(alias),
    )
