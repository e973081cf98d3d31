"""Rows as a file in PostgreSQL's CSV format, made while it is read."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any

from dbtasks.databases.row_copy.kinds import Kind
from dbtasks.databases.row_copy.tables import Batch

OPTIONS = r"FORMAT csv, NULL '\N'"


class _Null:
    """Written without quotes, as csv writes only numbers; all text is quoted, so nothing else can look like it."""

    def __float__(self) -> float:
        raise TypeError

    def __str__(self) -> str:
        return r"\N"


_NULL = _Null()


class CsvStream:
    """What COPY ... FROM STDIN reads."""

    def __init__(self, batches: Iterable[Batch], kinds: Sequence[Kind]) -> None:
        self._batches = iter(batches)
        self._special = {place: kind.text for place, kind in enumerate(kinds) if kind.text is not None}

    def read(self, _size: int = -1) -> bytes:
        """The next batch, however large: psycopg2 sends whatever it is given; empty at the end."""
        batch = next(self._batches, None)
        if batch is None:
            return b""
        out = StringIO()
        # \r\n makes the writer quote both characters.
        csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerows(self._lines(batch))
        return out.getvalue().encode("utf-8")

    def _lines(self, batch: Batch) -> Iterator[list[Any]]:
        if not self._special:
            for row in batch:
                yield [_NULL if value is None else value for value in row]
            return
        for row in batch:
            line = [_NULL if value is None else value for value in row]
            for place, text in self._special.items():
                if row[place] is not None:
                    line[place] = text(row[place])
            yield line
