"""Which databases the server has, and what they say of themselves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dbtasks.databases.postgres import notes
from dbtasks.databases.postgres.connection import Server

_HALF_DROPPED = -2  # datconnlimit of a database whose DROP was cut short (PostgreSQL 14.9, 15.4 and newer)

# As JSON the row keeps the columns that only some versions have.
_ENTRIES = """SELECT d.datname, to_jsonb(d) - 'datacl', shobj_description(d.oid, 'pg_database'), t.spcname,
    pg_get_userbyid(d.datdba), CASE WHEN %(size)s THEN pg_database_size(d.oid) ELSE 0 END
    FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace"""
_BY_NAME = f"{_ENTRIES} WHERE d.datname = ANY(%(names)s)"
_RELATIVES = f"{_ENTRIES} WHERE starts_with(d.datname, 'dbtasks_')"


@dataclass(frozen=True)
class Entry:
    """One database of the server.

    Args:
        name: as the server spells it.
        columns: its row in pg_database.
        note: what it says of itself.
        tablespace: where its files are.
        owner: the role it belongs to.
        size: in bytes, where that was asked for; of a kept relative as it was measured when it was put away.
    """

    name: str
    columns: Mapping[str, Any]
    note: notes.Note
    tablespace: str
    owner: str
    size: int

    @property
    def usable(self) -> bool:
        """False for what is left of an interrupted DROP DATABASE."""
        return bool(self.columns["datconnlimit"] != _HALF_DROPPED)


def find(server: Server, names: Iterable[str], *, size: bool = False) -> dict[str, Entry]:
    """The databases of these names that exist.

    Args:
        server: where.
        names: of the databases.
        size: measure them as well, which takes the server longer the bigger they are.
    """
    rows = server.query(_BY_NAME, {"names": list(names), "size": size})
    return {row[0]: _entry(row) for row in rows}


def relatives(server: Server) -> list[Entry]:
    """Every database under a name that we reserve, whoever's relative it is."""
    return [_entry(row) for row in server.query(_RELATIVES, {"size": False})]


def _entry(row: tuple[Any, ...]) -> Entry:
    name, columns, comment, tablespace, owner, size = row
    note = notes.read(comment)
    return Entry(name, columns, note, tablespace, owner, size or note.size)
