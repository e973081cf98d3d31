"""The PostgreSQL side of a copy."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import psycopg2
from psycopg2 import sql

from dbtasks.databases.postgres.connection import open_connection
from dbtasks.databases.postgres.failures import explain, explain_errors
from dbtasks.databases.row_copy import catalogue, constraints
from dbtasks.databases.row_copy.stream import OPTIONS, CsvStream
from dbtasks.databases.row_copy.tables import BATCH, Batch, Counters, Described, Row, Side, Table
from dbtasks.errors import DatabaseError
from dbtasks.urls import DatabaseUrl

if TYPE_CHECKING:
    from typing import TextIO

    from psycopg2.extensions import connection as Connection  # noqa: N812 (a class in all but its spelling)

# Text in and out of the normal form depends on these; a database or role may have set others.
_SESSION = """SELECT set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO, YMD', false),
    set_config('intervalstyle', 'postgres', false), set_config('extra_float_digits', '1', false),
    set_config('statement_timeout', '0', false), set_config('idle_in_transaction_session_timeout', '0', false)"""


@contextmanager
def open_postgres(url: DatabaseUrl, *, writes: bool) -> Iterator["PostgresSide"]:
    """One PostgreSQL database, read in one snapshot or written in one transaction."""
    with open_connection(url) as connection:
        side = PostgresSide(url, connection)
        side.run(_SESSION)
        if not writes:
            connection.set_session(isolation_level="REPEATABLE READ", readonly=True, autocommit=False)
        yield side


class PostgresSide:
    """The protocol Side."""

    def __init__(self, url: DatabaseUrl, connection: "Connection") -> None:
        self._url = url
        self.connection = connection

    def tables(self) -> dict[str, Described]:
        """The project's tables, with their types from the catalogue."""
        return catalogue.find_tables(self.connection)

    def check(self, table: Table) -> None:
        """Look for values that SQLite cannot hold."""
        for column, kind in zip(table.columns, table.kinds, strict=True):
            if not kind.unfit:
                continue
            name = sql.Identifier(column)
            condition = kind.unfit.format(name.as_string(self.connection))
            query = sql.SQL("SELECT {}::text FROM {} WHERE {} LIMIT 1").format(
                name, quote_place(table), sql.SQL(condition)
            )
            for (value,) in self.run(query):
                raise DatabaseError(
                    f"{table.name}.{column} holds a value that SQLite cannot hold: {kind.why}.",
                    checked=[f"the value {value}"],
                    hint="Mend the row, or switch without --copy-data",
                )

    def read(self, table: Table) -> Iterator[Batch]:
        """The rows, as SQL brings them into the normal form, by a cursor on the server."""
        special = [(place, kind.python) for place, kind in enumerate(table.kinds) if kind.python is not None]
        with explain_errors(self._url), self.connection.cursor("dbtasks_copy") as cursor:
            cursor.itersize = BATCH
            cursor.execute(sql.SQL("SELECT {} FROM {}").format(self._expressions(table), quote_place(table)))
            while batch := cursor.fetchmany(BATCH):
                yield [_converted(row, special) for row in batch] if special else batch

    @contextmanager
    def filling(self, tables: Sequence[Table]) -> Iterator[None]:
        """One transaction, with foreign keys and triggers put aside; adding the keys again checks every row."""
        if not tables:
            yield
            return
        with explain_errors(self._url):
            self.connection.autocommit = False
            aside = constraints.put_aside(self.connection, [quote_place(table) for table in tables])
            every = sql.SQL(", ").join(quote_place(table) for table in tables)
            self.run(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(every))
        yield
        with explain_errors(self._url):
            constraints.bring_back(self.connection, aside)
            self.connection.commit()
            self.run("ANALYZE")

    def write(self, table: Table, batches: Iterable[Batch], source: Side) -> None:
        """Stream them into COPY."""
        copy = sql.SQL("COPY {} ({}) FROM STDIN ({})").format(
            quote_place(table), quote_columns(table), sql.SQL(OPTIONS)
        )
        try:
            with self.connection.cursor() as cursor:
                stream = cast("TextIO", CsvStream(batches, table.kinds))  # of a file only read() is used
                cursor.copy_expert(copy, stream, size=2**16)
        except (psycopg2.DataError, psycopg2.IntegrityError) as error:
            blamed = source.blame(table)
            if not blamed:
                raise explain(self._url, error) from error
            raise DatabaseError(
                f"{blamed}, which PostgreSQL cannot store in text.",
                checked=[f"table {table.name} of the source"],
                hint="Take it out of that row, then try again",
            ) from error

    def blame(self, table: Table) -> str:  # noqa: ARG002 (a text of PostgreSQL holds no NUL)
        """Nothing to find."""
        return ""

    def counters(self) -> Counters:
        """How far the sequences of columns have come."""
        return {
            (owned.table, owned.column): value
            for owned in catalogue.find_sequences(self.connection)
            for (value,) in self.run(sql.SQL("SELECT last_value FROM {} WHERE is_called").format(owned.place))
        }

    def count_on(self, counters: Counters) -> None:
        """Set the sequences of columns."""
        for owned in catalogue.find_sequences(self.connection):
            query = sql.SQL("SELECT max({}) FROM {}").format(sql.Identifier(owned.column), owned.table_place)
            known = [counters.get((owned.table, owned.column)), counters.get((owned.table, ""))]
            used = [number for number in (*known, *(row[0] for row in self.run(query))) if number is not None]
            if used and max(used) > 0:
                name = owned.place.as_string(self.connection)
                self.run(sql.SQL("SELECT setval({}, {})").format(sql.Literal(name), sql.Literal(max(used))))

    def _expressions(self, table: Table) -> sql.Composable:
        pairs = zip(table.columns, table.kinds, strict=True)
        quoted = ((sql.Identifier(column).as_string(self.connection), kind) for column, kind in pairs)
        return sql.SQL(", ".join(kind.postgres.format(name) for name, kind in quoted))

    def run(self, statement: sql.Composable | str) -> list[tuple[Any, ...]]:
        """Run a statement; its rows, if it gives any."""
        with explain_errors(self._url), self.connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def quote_place(table: Table) -> sql.Composable:
    """The table, quoted, with its schema."""
    return sql.Identifier(table.schema, table.name.removeprefix(f"{table.schema}."))


def quote_columns(table: Table) -> sql.Composable:
    """Its columns, quoted."""
    return sql.SQL(", ").join(sql.Identifier(column) for column in table.columns)


def _converted(row: Row, special: Sequence[tuple[int, Any]]) -> Row:
    values = list(row)
    for place, python in special:
        if values[place] is not None:
            values[place] = python(values[place])
    return tuple(values)
