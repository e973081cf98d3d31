"""The SQLite side of a copy."""

import shlex
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dbtasks.databases.quotation import quote_name
from dbtasks.databases.row_copy.kinds import clock, moment
from dbtasks.databases.row_copy.tables import BATCH, Batch, Column, Counters, Described, Side, Table
from dbtasks.databases.sqlite.connection import open_connection
from dbtasks.errors import DatabaseError
from dbtasks.urls import DatabaseUrl

_GENERATED = {2, 3}  # what table_xinfo calls virtual and stored generated columns
_OURS = "name <> 'alembic_version' AND substr(name, 1, 7) <> 'sqlite_'"


@contextmanager
def open_sqlite(url: DatabaseUrl, *, writes: bool) -> Iterator["SqliteSide"]:
    """One SQLite file, read in one snapshot or written in one transaction."""
    with open_connection(url.path) as connection:
        connection.create_function("dbtasks_moment", 1, moment, deterministic=True)
        connection.create_function("dbtasks_clock", 1, clock, deterministic=True)
        connection.execute("PRAGMA foreign_keys = OFF")
        if not writes:
            connection.execute("BEGIN")
        yield SqliteSide(url.path, connection)


class SqliteSide:
    """The protocol Side."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection

    def tables(self) -> dict[str, Described]:
        """The ordinary tables; what virtual ones keep in shadow tables is made anew from them."""
        names = self._connection.execute(
            f"SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND {_OURS}"  # noqa: S608 (a constant)
        )
        return {name: Described(name, "", self._columns(name), is_postgres=False) for (name,) in names.fetchall()}

    def check(self, table: Table) -> None:
        """Refuse references to rows that are not there: foreign keys may have been off when they came."""
        for child, row, parent, _ in self._connection.execute(f"PRAGMA foreign_key_check({quote_name(table.name)})"):
            raise DatabaseError(
                f"A row of {child} refers to a row of {parent} that does not exist.",
                checked=[f"{self._path}: {child} where rowid = {row}"],
                hint=f"List them all: sqlite3 {shlex.quote(str(self._path))} 'PRAGMA foreign_key_check'",
            )

    def read(self, table: Table) -> Iterator[Batch]:
        """The rows, as SQL brings them into the normal form."""
        pairs = zip(table.columns, table.kinds, strict=True)
        columns = ", ".join(kind.sqlite.format(quote_name(column)) for column, kind in pairs)
        cursor = self._connection.execute(f"SELECT {columns} FROM {quote_name(table.name)}")  # noqa: S608 (quoted just above)
        while batch := cursor.fetchmany(BATCH):
            yield batch

    @contextmanager
    def filling(self, tables: Sequence[Table]) -> Iterator[None]:
        """One transaction, with triggers put aside: what they did is in the rows already."""
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        triggers = run("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            run(f"DROP TRIGGER {quote_name(name)}")
        for table in tables:
            run(f"DELETE FROM {quote_name(table.name)}")  # noqa: S608 (quoted)
        yield
        for _, statement in triggers:
            run(statement)
        broken = run("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise DatabaseError(f"A row of {broken[0]} refers to a row of {broken[2]} that did not arrive.")
        run("COMMIT")

    def write(self, table: Table, batches: Iterable[Batch], source: Side) -> None:  # noqa: ARG002 (SQLite takes any text)
        """Insert them."""
        columns = ", ".join(quote_name(column) for column in table.columns)
        marks = ", ".join("?" * len(table.columns))
        insert = f"INSERT INTO {quote_name(table.name)} ({columns}) VALUES ({marks})"  # noqa: S608 (quoted just above)
        for batch in batches:
            try:
                self._connection.executemany(insert, batch)
            except (sqlite3.IntegrityError, OverflowError) as error:
                raise DatabaseError(
                    f"A row of {table.name} does not fit: {error}.",
                    checked=[f"table {table.name} of {self._path}"],
                    hint="Mend the row in the source, or the constraint by a revision",
                ) from error

    def blame(self, table: Table) -> str:
        """Look through the text columns for a NUL character."""
        for column in table.columns:
            name = quote_name(column)
            found = self._connection.execute(
                f"SELECT * FROM {quote_name(table.name)} WHERE typeof({name}) = 'text' "  # noqa: S608 (quoted)
                f"AND instr(CAST({name} AS BLOB), x'00') LIMIT 1"
            )
            row = found.fetchone()
            if row is not None:
                keys = self._keys(table.name)
                values = {item[0]: value for item, value in zip(found.description, row, strict=True)}
                where = ", ".join(f"{key} = {values[key]!r}" for key in keys) or "a row without a key"
                return f"{table.name}.{column} where {where} holds a NUL character"
        return ""

    def counters(self) -> Counters:
        """The numbers of AUTOINCREMENT."""
        if not self._has_counters():
            return {}
        found = self._connection.execute("SELECT name, seq FROM sqlite_sequence")
        return {(name, ""): number for name, number in found if isinstance(number, int)}

    def count_on(self, counters: Counters) -> None:
        """Only AUTOINCREMENT remembers; other keys go on after the highest in use by themselves."""
        if not self._has_counters():
            return
        highest: dict[str, int] = {}
        for (table, _), number in counters.items():
            highest[table] = max(highest.get(table, 0), number)
        self._connection.executemany(
            "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?",
            [(number, table) for table, number in highest.items()],
        )

    def _columns(self, table: str) -> dict[str, Column]:
        found = self._connection.execute("SELECT name, type, hidden FROM pragma_table_xinfo(?)", (table,))
        return {name: Column(declared) for name, declared, hidden in found if hidden not in _GENERATED}

    def _keys(self, table: str) -> list[str]:
        found = self._connection.execute("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", (table,))
        return [name for (name,) in found]

    def _has_counters(self) -> bool:
        found = self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")
        return found.fetchone() is not None
