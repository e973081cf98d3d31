"""What is in a database, read by the drivers alone: nothing here has heard of dbtasks.

Rows of the writer, who works while tasks do, are kept apart: they come at any time, so they are no part of
the hash, and each that was acknowledged has to be somewhere.
"""

import hashlib
import re
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg2

_WRITTEN = re.compile(r"w(\d+)([ab])", re.IGNORECASE)
_VERSION = "alembic_version"
Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """One table.

    Args:
        columns: their names in order.
        rows: their values, sorted, without the writer's.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Content:
    """Everything in a database; a database that is not there has none.

    Args:
        present: is there such a database?
        tables: by name.
        definitions: tables, indexes, views and constraints as the engine words them.
        written: the numbers of the writer's transactions, both rows of each.
    """

    present: bool
    tables: Mapping[str, Table] = field(default_factory=dict)
    definitions: tuple[str, ...] = ()
    written: frozenset[int] = frozenset()

    @cached_property
    def hash(self) -> str:
        """Equal for equal content, the writer's rows apart."""
        text = repr(
            (self.present, sorted((name, repr(table)) for name, table in self.tables.items()), self.definitions)
        )
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def revision(self) -> str:
        """What alembic_version says; empty before the first revision."""
        return ",".join(row[0].strip("'") for row in self.rows(_VERSION))

    def rows(self, table: str) -> tuple[Row, ...]:
        """The rows of a table, none where it is missing."""
        return self.tables[table].rows if table in self.tables else ()

    @property
    def is_empty(self) -> bool:
        """Nothing is stored but an empty alembic_version, or there is no database: no state to go back to."""
        return not any(name != _VERSION or table.rows for name, table in self.tables.items()) and not any(
            _VERSION not in definition for definition in self.definitions
        )

    def __str__(self) -> str:
        tables = ", ".join(f"{name} {list(map(','.join, table.rows))}" for name, table in sorted(self.tables.items()))
        return f"{self.hash} [{tables if self.present else 'absent'}] +{len(self.written)} written"


ABSENT = Content(present=False)


def loses(old: Content, new: Content) -> bool:
    """Is a table, a column, a definition or a row of the old one missing or different in the new one?"""
    if not set(_apart_from_tables(old)) <= set(_apart_from_tables(new)) or not old.written <= new.written:
        return True
    for name, table in old.tables.items():
        if name == _VERSION:
            continue
        other = new.tables.get(name)
        if other is None or not set(table.columns) <= set(other.columns):
            return True
        places = [other.columns.index(column) for column in table.columns]
        if not set(table.rows) <= {tuple(row[place] for place in places) for row in other.rows}:
            return True
    return False


def _apart_from_tables(content: Content) -> Iterable[str]:
    """Indexes, views and constraints; those of tables and columns are compared one by one."""
    return (text for text in content.definitions if not text.startswith("table"))


def read_sqlite(file: Path) -> Content:
    """Read a file at one moment."""
    if not file.exists():
        return ABSENT
    with closing(sqlite3.connect(file, timeout=20, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        found = connection.execute("PRAGMA integrity_check").fetchall()
        if found != [("ok",)]:
            raise AssertionError(f"{file} is corrupt: {found}")
        schema = connection.execute(
            "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        ).fetchall()
        tables = {}
        for kind, name, _ in schema:
            if kind == "table":
                cursor = connection.execute(f'SELECT * FROM "{name}"')
                tables[name] = (tuple(column[0] for column in cursor.description), cursor.fetchall())
        return _content(tables, (f"{kind} {name} {sql}" for kind, name, sql in schema))


_TABLES = """
SELECT format('%I.%I', n.nspname, c.relname), c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dbtasks')
"""
_DEFINITIONS = """
WITH ours AS (SELECT c.oid, c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'dbtasks'))
SELECT format('table %s %s %s %s %s', relname, attname, format_type(atttypid, atttypmod), attnotnull,
    pg_get_expr(adbin, adrelid)) FROM ours JOIN pg_attribute ON attrelid = ours.oid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = ours.oid AND adnum = attnum WHERE relkind = 'r'
UNION ALL SELECT format('index %s %s', pg_get_indexdef(indexrelid), indisvalid) FROM pg_index
    JOIN ours ON ours.oid = indrelid
UNION ALL SELECT format('constraint %s %s', conname, pg_get_constraintdef(c.oid)) FROM pg_constraint c
    JOIN ours ON ours.oid = conrelid
UNION ALL SELECT format('view %s %s', relname, pg_get_viewdef(oid)) FROM ours WHERE relkind IN ('v', 'm')
UNION ALL SELECT format('sequence %s', relname) FROM ours WHERE relkind = 'S'
"""


def read_postgres(address: Mapping[str, Any], name: str) -> Content:
    """Read a database at one moment; its name was found in pg_database."""
    with closing(psycopg2.connect(**address, dbname=name)) as connection, connection.cursor() as cursor:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        cursor.execute(_TABLES)
        tables = {}
        for quoted, table in cursor.fetchall():
            cursor.execute(f"SELECT * FROM {quoted}")
            tables[table] = (tuple(column[0] for column in cursor.description or ()), cursor.fetchall())
        cursor.execute(_DEFINITIONS)
        return _content(tables, (row[0] for row in cursor.fetchall()))


def _content(tables: Mapping[str, tuple[tuple[str, ...], list[Any]]], definitions: Iterable[str]) -> Content:
    kept, halves = {}, set()
    for name, (columns, rows) in tables.items():
        mine = []
        for row in rows:
            found = _WRITTEN.fullmatch(str(row[1])) if name == "book" else None
            if found:
                halves.add((int(found[1]), found[2].lower()))
            else:
                mine.append(tuple(map(repr, row)))
        kept[name] = Table(columns, tuple(sorted(mine)))
    numbers = frozenset(number for number, _ in halves)
    torn = [number for number in numbers if not {(number, "a"), (number, "b")} <= halves]
    if torn:
        raise AssertionError(f"half a transaction is there: {torn}")
    return Content(present=True, tables=kept, definitions=tuple(sorted(definitions)), written=numbers)
