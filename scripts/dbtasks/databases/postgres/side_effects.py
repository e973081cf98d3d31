"""Code in a database that runs by itself when something is added to it."""

from collections.abc import Sequence

from dbtasks.databases.postgres.connection import open_connection
from dbtasks.databases.postgres.system_catalogs import FIRST_USER_OID
from dbtasks.urls import DatabaseUrl

# What people wrote: the functions and operators of extensions are trusted to do nothing but their own work.
_WRITTEN_HERE = f"""d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass) AND d.refobjid >= {FIRST_USER_OID}
    AND NOT EXISTS (SELECT FROM pg_depend e
    WHERE e.classid = d.refclassid AND e.objid = d.refobjid AND e.deptype = 'e')"""
_CALLERS = f"""SELECT pg_describe_object(d.classid, d.objid, 0) || ' uses '
    || pg_describe_object(d.refclassid, d.refobjid, 0) FROM pg_depend d WHERE {_WRITTEN_HERE} AND {{where}}"""  # noqa: S608 (made of constants)
_OF_DOMAINS = """(d.classid = 'pg_type'::regclass AND EXISTS (SELECT FROM pg_type t
    WHERE t.oid = d.objid AND t.typtype = 'd') OR d.classid = 'pg_constraint'::regclass AND EXISTS
    (SELECT FROM pg_constraint c WHERE c.oid = d.objid AND c.contypid <> 0))"""
_OF_TABLES = """d.classid IN ('pg_attrdef'::regclass, 'pg_constraint'::regclass, 'pg_class'::regclass,
    'pg_rewrite'::regclass, 'pg_policy'::regclass)"""

# Whatever is defined in it.
_BY_DEFINITIONS = f"""SELECT 'event trigger ' || evtname FROM pg_event_trigger
    WHERE evtenabled <> 'D' AND evtevent <> 'login' UNION {_CALLERS.format(where=_OF_DOMAINS)}"""  # noqa: S608 (made of constants)
# Rows that are put into it or read from it; tgtype & 4 and ev_type 3 stand for INSERT.
_BY_ROWS = f"""SELECT 'trigger ' || tgname || ' on ' || tgrelid::regclass FROM pg_trigger
    WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgtype & 4 <> 0
    UNION SELECT 'rule ' || rulename || ' on ' || ev_class::regclass FROM pg_rewrite
    WHERE ev_type = '3' AND ev_enabled <> 'D'
    UNION SELECT 'foreign table ' || oid::regclass FROM pg_class WHERE relkind = 'f'
    UNION SELECT 'operator ' || o.oid::regoperator FROM pg_operator o WHERE o.oid >= {FIRST_USER_OID}
    AND NOT EXISTS (SELECT FROM pg_depend e
    WHERE e.classid = 'pg_operator'::regclass AND e.objid = o.oid AND e.deptype = 'e')
    UNION {_CALLERS.format(where=_OF_TABLES)}"""  # noqa: S608 (made of constants)


def find_side_effects(url: DatabaseUrl, *, rows: bool) -> Sequence[str]:
    """What of the people's own code runs when something is added, in words.

    Args:
        url: of the database.
        rows: whether rows are added or read too, and not only definitions.

    Raises:
        DatabaseError: it cannot be read.
    """
    query = f"{_BY_DEFINITIONS} UNION {_BY_ROWS}" if rows else _BY_DEFINITIONS
    with open_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute(f"{query} ORDER BY 1")
        return [words for (words,) in cursor.fetchall()]
