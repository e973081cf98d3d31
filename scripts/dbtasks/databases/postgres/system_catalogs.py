"""The system catalogs of this very server: their columns, and which of them refer to which catalog.

The server tells it itself (`pg_get_catalog_foreign_keys`), so that whatever a newer PostgreSQL stores is
seen without a change here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from psycopg2.extensions import connection as Connection  # noqa: N812 (a class in all but its spelling)

FIRST_USER_OID = 16384
# A reader under RLS would see fewer rows without a word; it gets an error instead.
PINNED = """SELECT set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO, MDY', false),
    set_config('IntervalStyle', 'postgres', false), set_config('bytea_output', 'hex', false),
    set_config('extra_float_digits', '1', false), set_config('lc_monetary', 'C', false),
    set_config('xmlbinary', 'base64', false), set_config('quote_all_identifiers', 'off', false),
    set_config('search_path', 'pg_catalog, pg_temp', false), set_config('row_security', 'off', false),
    set_config('statement_timeout', '0', false), set_config('idle_in_transaction_session_timeout', '0', false),
    set_config('lock_timeout', '30s', false), set_config('jit', 'off', false)"""

# Statistics, what is read elsewhere, and the progress of a replication.
_LEFT_OUT = ("pg_statistic", "pg_statistic_ext_data", "pg_largeobject", "pg_depend", "pg_user_mapping",
    "pg_subscription_rel")  # fmt: skip
_COLUMNS = """SELECT c.relname, a.attname, format_type(a.atttypid, NULL), k.pktable::regclass::text, k.is_array
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    LEFT JOIN pg_get_catalog_foreign_keys() k ON k.fktable = c.oid AND k.fkcols = ARRAY[a.attname::text]
    WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    AND (NOT c.relisshared OR c.relname = 'pg_subscription') AND c.relname <> ALL(%s)
    AND has_column_privilege(c.oid, a.attnum, 'SELECT') ORDER BY c.relname, a.attnum"""
_TEMPORARY = "SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_(toast_)?temp_'"
# TOAST tables are part of their tables, temporary ones part of a session.
_HIDDEN = f"SELECT oid FROM pg_class WHERE relnamespace IN (SELECT 99 UNION ALL {_TEMPORARY})"  # noqa: S608 (made of constants and names of catalogs)


@dataclass(frozen=True)
class Column:
    """A column of a catalog.

    Args:
        name: its name.
        kind: its type.
        refers: the catalog whose rows it names by oid; empty where it names none.
        several: whether it is an array of oids.
    """

    name: str
    kind: str
    refers: str
    several: bool


@dataclass(frozen=True)
class Catalog:
    """A catalog and the columns of it that may be read."""

    name: str
    columns: list[Column] = field(default_factory=list)

    @property
    def has_oid(self) -> bool:
        """Do its rows have an oid of their own?"""
        return any(column.name == "oid" for column in self.columns)

    @property
    def key(self) -> str:
        """The column whose oid tells the system's rows from others."""
        return "oid" if self.has_oid else next(
            column.name for column in self.columns if column.name not in {"classoid", "classid"}
        )  # fmt: skip

    @property
    def visible(self) -> str:
        """The condition that leaves out what belongs to sessions, to other tables, or to other databases."""
        hidden = {"pg_namespace": _TEMPORARY, "pg_class": _HIDDEN}
        parts = [f"c.oid NOT IN ({hidden[self.name]})"] if self.name in hidden else []
        parts += [
            f"c.{column.name} NOT IN ({hidden[column.refers]})"
            for column in self.columns
            if column.refers in hidden and not column.several and column.name != "reltoastrelid"
        ]
        if self.name == "pg_subscription":
            parts.append("c.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())")
        return " AND ".join(parts) or "true"


def read(connection: Connection) -> Sequence[Catalog]:
    """The catalogs that describe what is in a database; its session should be pinned."""
    found: dict[str, Catalog] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, (list(_LEFT_OUT),))
        for catalog, name, kind, refers, several in cursor.fetchall():
            found.setdefault(catalog, Catalog(catalog)).columns.append(Column(name, kind, refers or "", bool(several)))
    return list(found.values())
