"""The definitions in a database, as numbers that are equal for equal definitions.

Every row of every catalog counts. What a row names by oid is written out by name, and expressions as SQL,
so that no number that the server happened to give out is in it.
"""

from collections.abc import Iterator, Sequence

from psycopg2.extensions import connection as Connection  # noqa: N812 (a class in all but its spelling)

from dbtasks.databases.postgres import system_catalogs
from dbtasks.databases.postgres.stored_rows import Line
from dbtasks.databases.postgres.system_catalogs import FIRST_USER_OID, Catalog, Column

# What the server changes by itself: files, statistics, hints that it clears when it gets round to it.
VOLATILE = {
    "relfilenode", "relpages", "reltuples", "relallvisible", "relallfrozen", "relfrozenxid", "relminmxid",
    "reltoastrelid", "relrewrite", "relhasindex", "relhasrules", "relhastriggers", "relhassubclass",
    "indcheckxmin", "attcacheoff", "atthasmissing", "attmissingval", "tgparentid", "subdbid",
}  # fmt: skip
_NAMED_BY = {
    "pg_class": "regclass", "pg_type": "regtype", "pg_proc": "regprocedure", "pg_operator": "regoperator",
    "pg_authid": "regrole", "pg_namespace": "regnamespace", "pg_collation": "regcollation",
    "pg_ts_config": "regconfig", "pg_ts_dict": "regdictionary",
}  # fmt: skip
# Instead of the trees of nodes, and of the columns that only they explain.
AS_SQL = {
    "pg_attrdef": "pg_get_expr(c.adbin, c.adrelid)",
    "pg_class": "pg_get_expr(c.relpartbound, c.oid)",
    "pg_constraint": "pg_get_constraintdef(c.oid)",
    "pg_index": "pg_get_indexdef(c.indexrelid)",
    "pg_partitioned_table": "pg_get_partkeydef(c.partrelid)",
    "pg_policy": "pg_get_expr(c.polqual, c.polrelid), pg_get_expr(c.polwithcheck, c.polrelid)",
    "pg_proc": "CASE WHEN c.prokind <> 'a' THEN pg_get_functiondef(c.oid) END",
    "pg_publication_rel": "pg_get_expr(c.prqual, c.prrelid)",
    "pg_rewrite": "pg_get_ruledef(c.oid)",
    "pg_statistic_ext": "pg_get_statisticsobjdef(c.oid)",
    "pg_trigger": "CASE WHEN NOT c.tgisinternal THEN pg_get_triggerdef(c.oid) END",
    "pg_type": "c.typdefault",
}
# Their rows name an object of any catalog.
_ABOUT_ANY = {"pg_description", "pg_seclabel", "pg_init_privs"}
# What of the dependencies is not said by the definitions: members of extensions, sequences owned by columns.
_DEPENDENCIES = f"""SELECT 'pg_depend' AS what, ROW(
    (pg_identify_object(classid, objid, objsubid)).identity,
    (pg_identify_object(refclassid, refobjid, refobjsubid)).identity, deptype)::text AS line
    FROM pg_depend WHERE objid >= {FIRST_USER_OID} AND (deptype IN ('e', 'x')
    OR (deptype = 'a' AND classid = 'pg_class'::regclass AND refobjsubid > 0
        AND objid IN (SELECT oid FROM pg_class WHERE relkind = 'S' AND relpersistence <> 't')))"""  # noqa: S608 (made of constants and names of catalogs)
_SUMS = """SELECT what, count(*), sum(hashtextextended(line COLLATE "C", 0)::numeric)::text
    FROM ({}) found GROUP BY what ORDER BY what"""
_MAPPINGS = "SELECT 'pg_user_mappings', ROW(srvname, usename, umoptions)::text FROM pg_user_mappings"


def hash_definitions(connection: Connection) -> list[Line]:
    """For each kind of definition how many there are and the sum of their hashes, in the transaction's snapshot."""
    parts = [_DEPENDENCIES, _MAPPINGS]
    for catalog in system_catalogs.read(connection):
        parts += _rows(catalog)
    query = " UNION ALL ".join(parts)
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(query))
        return cursor.fetchall()


def _rows(catalog: Catalog) -> Iterator[str]:
    """The queries for the rows of a catalog: those of others by name, those of the system as they are."""
    if catalog.name in _ABOUT_ANY:
        texts: Sequence[str] = [column.name for column in catalog.columns if column.name not in {"objoid", "classoid"}]
        about = "(pg_identify_object(c.classoid, c.objoid, c.objsubid)).identity"
        yield _query(catalog, [about, *texts], f"c.{catalog.key} >= {FIRST_USER_OID}")
    else:
        named = [text for column in catalog.columns if (text := _by_name(catalog, column))]
        extra = [AS_SQL[catalog.name]] if catalog.name in AS_SQL else []
        yield _query(catalog, [*named, *extra], f"c.{catalog.key} >= {FIRST_USER_OID}")
    raw = [
        f"c.{column.name}::oid" if column.kind == "regproc" else f"c.{column.name}"  # a number is found faster
        for column in catalog.columns
        if column.name not in VOLATILE and column.kind != "pg_node_tree"
    ]
    yield _query(catalog, raw, f"c.{catalog.key} < {FIRST_USER_OID}")


def _query(catalog: Catalog, texts: Sequence[str], condition: str) -> str:
    return (
        f"SELECT '{catalog.name}', ROW({', '.join(texts)})::text FROM {catalog.name} c "  # noqa: S608 (names of catalogs)
        f"WHERE {condition} AND {catalog.visible}"
    )


def _by_name(catalog: Catalog, column: Column) -> str:
    """The column as text without numbers that the server gave out; empty where something else says it."""
    name = f"c.{column.name}"
    if column.name in VOLATILE or (column.kind == "pg_node_tree" and catalog.name in AS_SQL):
        return ""
    if column.name == "oid":  # a large object has no other name
        return name if catalog.name == "pg_largeobject_metadata" else ""
    if column.name == "tgname":
        return "CASE WHEN NOT c.tgisinternal THEN c.tgname END"
    return _as_name(name, column) if column.refers else name


def _as_name(name: str, column: Column) -> str:
    """What an oid refers to; empty for lists of operator classes, which an index's SQL says."""
    kind = _NAMED_BY.get(column.refers)
    if column.several:
        return f"{name}::oid[]::{kind}[]::text" if kind else ""
    if kind:
        return f"{name}::oid::{kind}::text"
    return f"(pg_identify_object('{column.refers}'::regclass, {name}, 0)).identity"
