"""From PostgreSQL to PostgreSQL: COPY out of one into the other, any type, values untouched."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import psycopg2
from psycopg2 import sql

from dbtasks.databases.postgres.failures import explain_errors
from dbtasks.databases.row_copy.postgres import PostgresSide, open_postgres, quote_columns, quote_place
from dbtasks.databases.row_copy.tables import Report, Table, pair
from dbtasks.errors import DatabaseError
from dbtasks.urls import DatabaseUrl


def copy_directly(source: DatabaseUrl, target: DatabaseUrl, report: Report) -> dict[str, int]:
    """Empty the target's tables and copy all rows of one snapshot of the source.

    Returns:
        The number of rows of each table.

    Raises:
        DatabaseError: a row does not fit, or the comparison found a difference.
    """
    sent: dict[str, tuple[int, int]] = {}
    with open_postgres(source, writes=False) as reading, open_postgres(target, writes=True) as writing:
        pairs = pair(reading.tables(), writing.tables())
        with writing.filling([wanted for _, wanted in pairs]):
            for have, wanted in pairs:
                _pour(reading, writing, have, wanted, target)
                sent[have.name] = _sum(reading, have)
                report(have.name, sent[have.name][0])
            writing.count_on(reading.counters())
        for have, wanted in pairs:
            arrived = _sum(writing, wanted)
            if sent[have.name] != arrived:
                sides = (("source", sent[have.name]), ("target", arrived))
                raise DatabaseError(
                    f"The rows of {have.name} arrived changed, so nothing was switched.",
                    checked=[f"{side}: {count} rows, checksum {total}" for side, (count, total) in sides],
                )
    return {table: count for table, (count, _) in sent.items()}


def _pour(reading: PostgresSide, writing: PostgresSide, have: Table, wanted: Table, target: DatabaseUrl) -> None:
    out = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(quote_columns(have), quote_place(have))
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(quote_place(wanted), quote_columns(wanted))
    with _piped(reading, out) as stream, explain_errors(target), writing.connection.cursor() as cursor:
        cursor.copy_expert(into, stream, size=2**16)


@contextmanager
def _piped(reading: PostgresSide, statement: sql.Composable) -> Iterator[BinaryIO]:
    """What a COPY TO STDOUT gives, as a file to read from; the copy runs in a thread."""
    ends = os.pipe()
    failures: list[Exception] = []

    def work() -> None:
        try:
            with os.fdopen(ends[1], "wb") as sink, reading.connection.cursor() as cursor:
                cursor.copy_expert(statement, sink, size=2**16)
        except (psycopg2.Error, OSError) as error:  # told below, in the thread that reads
            failures.append(error)

    thread = threading.Thread(target=work, name="dbtasks-copy", daemon=True)
    with os.fdopen(ends[0], "rb") as stream:
        thread.start()
        try:
            yield stream
        finally:
            stream.close()  # a writer that still writes gets told
            thread.join()
    if failures:
        raise DatabaseError(f"The source could not be read to its end: {failures[0]}") from failures[0]


def _sum(side: PostgresSide, table: Table) -> tuple[int, int]:
    """The number of rows and a checksum of their text, both by the server."""
    query = sql.SQL("SELECT count(*), COALESCE(sum(hashtextextended(ROW({})::text, 0)::numeric), 0) FROM {}")
    (found,) = side.run(query.format(quote_columns(table), quote_place(table)))
    return found[0], int(found[1])
