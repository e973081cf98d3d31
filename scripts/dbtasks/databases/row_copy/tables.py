"""Tables of the two sides, brought together; and fingerprints of their rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from dbtasks.databases.row_copy.kinds import PLAIN, Kind, kind_of
from dbtasks.errors import DatabaseError

Row = tuple[Any, ...]
Batch = Sequence[Row]
Report = Callable[[str, int], None]
Counters = Mapping[tuple[str, str], int]  # (table, column) -> the last number given out; "" for SQLite's one

BATCH = 10_000
_MASK = 2**64 - 1


@dataclass(frozen=True)
class Column:
    """A column as its own side describes it.

    Args:
        declared: the type as it was written (SQLite), or its name in the catalogue (PostgreSQL).
        is_enum: of a PostgreSQL enum.
        scale: of a PostgreSQL numeric that declares one.
    """

    declared: str
    is_enum: bool = False
    scale: int | None = None


@dataclass(frozen=True)
class Described:
    """A table as its own side describes it, generated columns left out."""

    name: str
    schema: str
    columns: Mapping[str, Column]
    is_postgres: bool


@dataclass(frozen=True)
class Table:
    """A table to be copied: the same columns in the same order on both sides."""

    name: str
    schema: str
    columns: tuple[str, ...]
    kinds: tuple[Kind, ...]


class Side(Protocol):
    """One of the two databases, open for as long as the copy takes."""

    def tables(self) -> dict[str, Described]:
        """The project's tables, without alembic_version."""

    def check(self, table: Table) -> None:
        """Refuse values that the other side cannot hold, by naming one."""

    def read(self, table: Table) -> Iterator[Batch]:
        """The rows in the normal form."""

    def filling(self, tables: Sequence[Table]) -> AbstractContextManager[None]:
        """Empty the tables and let rows come in any order; whole again, and checked, at the end."""

    def write(self, table: Table, batches: Iterable[Batch], source: "Side") -> None:
        """Take rows in the normal form; the source is asked about a row that does not fit."""

    def blame(self, table: Table) -> str:
        """The first text with a NUL character, in words; empty when there is none."""

    def counters(self) -> Counters:
        """How far the numbers of automatic keys have come."""

    def count_on(self, counters: Counters) -> None:
        """Let automatic keys go on after the highest in use, and after those given out before."""


def pair(source: Mapping[str, Described], target: Mapping[str, Described]) -> list[tuple[Table, Table]]:
    """Bring the tables of both sides together.

    Raises:
        DatabaseError: a table or column is on one side only, or of a type that SQLite cannot hold.
    """
    problems = [f"table {name} is on one side only" for name in sorted(set(source) ^ set(target))]
    pairs = []
    for name in sorted(set(source) & set(target)):
        have, wanted = source[name], target[name]
        lone = sorted(set(have.columns) ^ set(wanted.columns))
        problems += [f"column {name}.{column} is on one side only" for column in lone]
        if not lone:
            kinds = tuple(_kind(name, column, have, wanted, problems) for column in have.columns)
            columns = tuple(have.columns)
            pairs.append((Table(name, have.schema, columns, kinds), Table(name, wanted.schema, columns, kinds)))
    if problems:
        raise DatabaseError(
            f"The rows cannot be copied: {len(problems)} thing(s) have no counterpart on the other side.",
            checked=problems,
            hint="Mend the migrations so that both engines get the same tables, or switch without --copy-data",
        )
    return pairs


def _kind(table: str, column: str, have: Described, wanted: Described, problems: list[str]) -> Kind:
    if have.is_postgres == wanted.is_postgres:
        return PLAIN
    postgres, sqlite = (have, wanted) if have.is_postgres else (wanted, have)
    typed = postgres.columns[column]
    declared = sqlite.columns[column].declared
    kind = kind_of(typed.declared, is_enum=typed.is_enum, scale=typed.scale, declared=declared)
    if kind is None:
        problems.append(f"column {table}.{column} is of type {typed.declared}, which SQLite cannot hold")
        return PLAIN
    return kind


@dataclass
class Fingerprint:
    """The number of rows and a checksum that does not depend on their order.

    Python's hash is the checksum: equal numbers hash alike whatever their type, and both sides are
    hashed by this one process. That -1 and -2 share a hash is the price.
    """

    kinds: Sequence[Kind] = field(compare=False, repr=False)
    count: int = 0
    total: int = 0
    mixed: int = 0

    def of(self, batches: Iterable[Batch]) -> "Fingerprint":
        """Add all rows."""
        for batch in batches:
            self._add(batch)
        return self

    def watching(self, batches: Iterable[Batch], report: Callable[[int], None]) -> Iterator[Batch]:
        """Pass batches on, adding their rows and reporting their size."""
        for batch in batches:
            self._add(batch)
            yield batch
            report(len(batch))

    def _add(self, batch: Batch) -> None:
        special = [(place, kind.canonical) for place, kind in enumerate(self.kinds) if kind.canonical]
        for row in _canonical(batch, special) if special else batch:
            number = hash(row)
            self.total += number
            self.mixed ^= number
        self.total &= _MASK
        self.count += len(batch)

    def __str__(self) -> str:
        return f"{self.count} rows, checksum {self.total:016x}{self.mixed & _MASK:016x}"


def _canonical(batch: Batch, special: Sequence[tuple[int, Callable[[Any], Any]]]) -> Iterator[Row]:
    for row in batch:
        values = list(row)
        for place, canonical in special:
            if values[place] is not None:
                values[place] = canonical(values[place])
        yield tuple(values)
