"""What is stored in a SQLite database: is it anything, and is it the same as elsewhere?"""

import hashlib
import os
import sqlite3

from dbtasks.databases.quotation import quote_name
from dbtasks.databases.sqlite.connection import find_code
from dbtasks.databases.sqlite.header_label import is_header_label

_VERSION_TABLE = "alembic_version"
_VIRTUAL_GENERATED = 2  # as table_xinfo calls a column that is computed and not stored
_BATCH = 1000
_MODULUS = 1 << 256


def is_empty(connection: sqlite3.Connection) -> bool:
    """Is there nothing in the schema but an alembic_version without rows?"""
    ours = "type = 'table' AND name = ?1 OR type = 'index' AND tbl_name = ?1 AND sql IS NULL"
    others = f"SELECT count(*) FROM sqlite_schema WHERE NOT ({ours})"  # noqa: S608 (a constant)
    if connection.execute(others, (_VERSION_TABLE,)).fetchone()[0]:
        return False
    if not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        return True
    return connection.execute(f"SELECT 1 FROM {quote_name(_VERSION_TABLE)} LIMIT 1").fetchone() is None  # noqa: S608 (a constant)


def hash_content(connection: sqlite3.Connection) -> str:
    """A hash of everything stored: definitions, rows, numbers in the header.

    Equal for a copy, whatever the order of rows; different after any committed change. Rows of a virtual
    table count by its shadow tables; those of a virtual table that stores nothing here do not count. A table
    that this SQLite cannot read (a WITHOUT ROWID key in a collation of another program) makes the hash unlike
    every other: in doubt nothing is equal. Other programs cannot commit while it is computed, unless the
    database is in write-ahead mode.

    Args:
        connection: in autocommit mode; its text factory is changed.
    """
    connection.text_factory = _text
    connection.execute("BEGIN")
    try:
        found = hashlib.sha256()
        version, encoding, application = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("user_version", "encoding", "application_id")
        )
        if is_header_label(application):
            application = 0
        found.update(ascii((version, encoding, application)).encode())
        found.update(_rows_hash(connection, "SELECT type, name, tbl_name, sql FROM sqlite_schema"))
        for name in _stored_tables(connection):
            found.update(ascii(name).encode())
            found.update(_table_hash(connection, name))
        return found.hexdigest()
    finally:
        connection.rollback()


def _stored_tables(connection: sqlite3.Connection) -> list[str]:
    """The tables that have pages of their own: views and virtual tables have none, shadow tables do."""
    tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name"
    return [name for (name,) in connection.execute(tables)]


def _table_hash(connection: sqlite3.Connection, name: str) -> bytes:
    columns = [
        quote_name(column)
        for column, hidden in connection.execute("SELECT name, hidden FROM pragma_table_xinfo(?)", (name,))
        if hidden != _VIRTUAL_GENERATED
    ]
    # NOT INDEXED: an index may be in a collation that only the program which made it knows.
    query = f"SELECT {', '.join(columns)} FROM {quote_name(name)} NOT INDEXED"  # noqa: S608 (quoted)
    try:
        return _rows_hash(connection, query)
    except sqlite3.OperationalError as error:
        if find_code(error) != sqlite3.SQLITE_ERROR:
            raise
        return os.urandom(32)


def _rows_hash(connection: sqlite3.Connection, query: str) -> bytes:
    """A hash in which the order of rows does not count: the sum of theirs, and how many there are."""
    total = count = 0
    cursor = connection.execute(query)
    while rows := cursor.fetchmany(_BATCH):
        count += len(rows)
        for row in rows:
            # ascii() keeps 1, 1.0, '1' and x'31' apart, and says the same in every version of Python.
            total += int.from_bytes(hashlib.sha256(ascii(row).encode()).digest(), "big")
    return (total % _MODULUS).to_bytes(32, "big") + count.to_bytes(8, "big")


def _text(stored: bytes) -> str:
    """Text as it is stored, even where it is no UTF-8."""
    return stored.decode("utf-8", "surrogateescape")
