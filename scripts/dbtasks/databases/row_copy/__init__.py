"""Copy every row of one database into another that stands at the same revision (`db_switch --copy-data`).

The rows travel in one normal form, that of SQLAlchemy's own storage in SQLite: each side has SQL to
give its values in that form and takes values in it. Types are PostgreSQL's, since SQLite has none to
speak of. Between two databases of one engine the values go over as they are.
"""

from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING

from dbtasks.databases.row_copy.tables import Fingerprint, Report, Side, pair
from dbtasks.errors import DatabaseError

if TYPE_CHECKING:
    from dbtasks.databases.protocol import Reading

__all__ = ["Report", "copy_rows"]


def copy_rows(source: "Reading", target: "Reading", report: Report = lambda _table, _rows: None) -> dict[str, int]:
    """Empty the target's tables and fill them with the source's rows, then compare both.

    Args:
        source: is read in one snapshot, and not changed.
        target: a draft at the same revision; what it is like after a failure does not matter.
        report: called with the table and the number of rows, as they go over.

    Returns:
        The number of rows of each table.

    Raises:
        DatabaseError: the two differ in revision, tables or columns; a value cannot be held by the target;
            or the comparison found a difference.
    """
    here, there = source.current(), target.current()
    if here != there:
        raise DatabaseError(
            "The two databases stand at different revisions, so their tables may differ.",
            checked=[f"{source.place}: {', '.join(here) or 'none'}", f"{target.place}: {', '.join(there) or 'none'}"],
            hint="nox -s migrate, then try again",
        )
    if source.engine == target.engine == "postgres":
        from dbtasks.databases.row_copy.direct import copy_directly

        return copy_directly(source.url, target.url, report)
    return _copy(source, target, report)


def _copy(source: "Reading", target: "Reading", report: Report) -> dict[str, int]:
    counts: dict[str, int] = {}
    with _side(source) as reading, _side(target, writes=True) as writing:
        pairs = pair(reading.tables(), writing.tables())
        prints: dict[str, Fingerprint] = {}
        with writing.filling([wanted for _, wanted in pairs]):
            for have, wanted in pairs:
                reading.check(have)
                found = prints[have.name] = Fingerprint(have.kinds)
                batches = found.watching(reading.read(have), partial(report, have.name))
                writing.write(wanted, batches, reading)
                counts[have.name] = found.count
            writing.count_on(reading.counters())
        for _, wanted in pairs:
            _compare(wanted.name, prints[wanted.name], Fingerprint(wanted.kinds).of(writing.read(wanted)))
    return counts


def _compare(table: str, sent: Fingerprint, arrived: Fingerprint) -> None:
    if sent != arrived:
        raise DatabaseError(
            f"The rows of {table} arrived changed, so nothing was switched.",
            checked=[f"source: {sent}", f"target: {arrived}"],
            hint="Please report this with the types of the table's columns",
        )


def _side(database: "Reading", *, writes: bool = False) -> AbstractContextManager[Side]:
    if database.engine == "sqlite":
        from dbtasks.databases.row_copy.sqlite import open_sqlite

        return open_sqlite(database.url, writes=writes)
    from dbtasks.databases.row_copy.postgres import open_postgres

    return open_postgres(database.url, writes=writes)
