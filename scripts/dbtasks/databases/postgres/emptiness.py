"""Is there anything in a database that a new one would not have?"""

from collections.abc import Sequence
from contextlib import suppress

from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 (a class in all but its spelling)

from dbtasks.databases.postgres import stored_rows, system_catalogs
from dbtasks.databases.postgres.connection import open_connection
from dbtasks.databases.postgres.definitions import VOLATILE
from dbtasks.databases.postgres.system_catalogs import FIRST_USER_OID, PINNED, Catalog
from dbtasks.errors import DatabaseError
from dbtasks.urls import DatabaseUrl

Thing = tuple[str, int, str]  # catalog, oid, identity
Definition = tuple[str, int, int]  # catalog, the oid by which its rows are told apart, a hash of the row

_VERSIONS = "alembic_version"
# An object that is part of another says nothing that the other does not say: columns' defaults, row types,
# indexes of constraints, members of extensions. The labels of an enum have no dependency at all. What a column
# depends on (objsubid) says nothing of its table: that of a partition key is part of the very table.
_PART_OF_OTHERS = f"""SELECT FROM pg_depend d WHERE d.classid = '{{name}}'::regclass AND d.objid = c.oid
    AND d.objsubid = 0 AND d.deptype IN ('i', 'a', 'e', 'P', 'S') AND d.refobjid >= {FIRST_USER_OID}"""
_THINGS = f"""SELECT '{{name}}', c.oid::bigint, {{identity}}
    FROM {{name}} c WHERE c.oid >= {{first}} AND {{visible}} AND NOT EXISTS ({_PART_OF_OTHERS})"""  # noqa: S608 (made of constants and names of catalogs)
_SECURITY_LABELS = "SELECT 'pg_seclabel', objoid::bigint, objsubid || provider || label FROM pg_seclabel"
_MORE_CONDITIONS = {
    "pg_namespace": "c.nspname <> 'public'",  # some servers make the schema anew
    "pg_class": f"NOT (c.relname = '{_VERSIONS}' AND c.relkind = 'r')",
}
# A new database is a copy of template1 with its very rows, so an inherited one is changed where they differ.
_DEFINITIONS = f"""SELECT '{{name}}', c.{{key}}::bigint, hashtextextended(ROW({{columns}})::text COLLATE "C", 0)
    FROM {{name}} c WHERE c.{{key}} >= {FIRST_USER_OID} AND {{visible}} AND c.{{key}} NOT IN (SELECT objid FROM ours)"""  # noqa: S608 (see above)
_OURS = f"""WITH RECURSIVE ours(classid, objid) AS (
    SELECT 'pg_class'::regclass::oid, oid FROM pg_class WHERE relname = '{_VERSIONS}' AND relkind = 'r'
    UNION SELECT d.classid, d.objid FROM pg_depend d JOIN ours o ON d.refclassid = o.classid AND d.refobjid = o.objid
        WHERE d.deptype IN ('i', 'a')) """  # noqa: S608 (see above)


def is_empty(url: DatabaseUrl) -> bool:
    """Has a database nothing but what `template1` gives to every new one, and an alembic_version without rows?

    Args:
        url: which one.

    Raises:
        DatabaseError: it cannot be read.
    """
    with open_connection(url) as connection:
        found = _things(connection)
        versions = [relation for relation in stored_rows.find_relations(connection) if relation.name == _VERSIONS]
        if any(_has_rows(connection, relation) for relation in versions):
            return False
        if not found:
            return True
        with suppress(DatabaseError):  # where nobody is let into template1, all of it counts as content
            return _is_like_template(url, found, connection)
        return False


def _is_like_template(url: DatabaseUrl, things: set[Thing], connection: Connection) -> bool:
    with open_connection(url.with_name("template1")) as other:
        return (
            things <= _things(other)
            and _definitions(connection) <= _definitions(other)
            and set(_rows(connection)) <= set(_rows(other))
        )


def _things(connection: Connection) -> set[Thing]:
    """All that is in a database besides what every one has, alembic_version apart."""
    with connection.cursor() as cursor:
        cursor.execute(PINNED)
        catalogs = [one for one in system_catalogs.read(connection) if one.has_oid and one.name != "pg_enum"]
        cursor.execute(" UNION ALL ".join((*(_query(catalog) for catalog in catalogs), _SECURITY_LABELS)))
        return set(cursor.fetchall())


def _query(catalog: Catalog) -> str:
    visible = f"{catalog.visible} AND {_MORE_CONDITIONS.get(catalog.name, 'true')}"
    # A large object has no identity but its number, and whoever makes it may choose that.
    is_object = catalog.name == "pg_largeobject_metadata"
    known = f"(pg_identify_object('{catalog.name}'::regclass, c.oid, 0)).identity"
    first, identity = (0, "c.oid::text") if is_object else (FIRST_USER_OID, known)
    return _THINGS.format(name=catalog.name, visible=visible, first=first, identity=identity)


def _definitions(connection: Connection) -> set[Definition]:
    """Every row of every catalog, as it is, besides the system's and those of alembic_version."""
    with connection.cursor() as cursor:
        cursor.execute(PINNED)
        queries = [
            _DEFINITIONS.format(
                name=catalog.name,
                key=catalog.key,
                columns=", ".join(f"c.{one.name}" for one in catalog.columns if one.name not in VOLATILE),
                visible=f"{catalog.visible} AND {_MORE_CONDITIONS.get(catalog.name, 'true')}",
            )
            for catalog in system_catalogs.read(connection)
        ]
        cursor.execute(_OURS + " UNION ALL ".join(queries))
        return set(cursor.fetchall())


def _rows(connection: Connection) -> Sequence[stored_rows.Line]:
    wanted = [relation for relation in stored_rows.find_relations(connection) if relation.name != _VERSIONS]
    return stored_rows.hash_rows(connection, wanted)


def _has_rows(connection: Connection, relation: stored_rows.Relation) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT FROM {} LIMIT 1").format(sql.Identifier(relation.schema, relation.name)))
        return cursor.fetchone() is not None
