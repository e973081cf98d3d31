"""Which databases the server has, what belongs to them, and what they say of themselves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dbtasks.databases.postgres import notes
from dbtasks.databases.postgres.connection import Server

_HALF_DROPPED = -2  # datconnlimit of a database whose DROP was cut short (PostgreSQL 14.9, 15.4 and newer)
# The flags of pg_database that close or protect a database, and what they are where nobody has set them.
UNSET = {"datistemplate": 0, "datallowconn": 1, "datconnlimit": -1}

# As JSON the row keeps the columns that only some versions have.
_ENTRIES = """SELECT d.datname, to_jsonb(d) - 'datacl', shobj_description(d.oid, 'pg_database'), t.spcname,
    pg_get_userbyid(d.datdba), CASE WHEN %(size)s THEN pg_database_size(d.oid) ELSE 0 END,
    (SELECT system_identifier::text FROM pg_control_system()) || '/' || d.oid {more}
    FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace"""
_BELONGINGS = """,
    ARRAY(SELECT jsonb_build_array(r.rolname, s.setconfig) FROM pg_db_role_setting s
        LEFT JOIN pg_roles r ON r.oid = s.setrole WHERE s.setdatabase = d.oid ORDER BY r.rolname NULLS FIRST),
    ARRAY(SELECT jsonb_build_array(r.rolname, a.privilege_type, a.is_grantable) FROM aclexplode(d.datacl) a
        LEFT JOIN pg_roles r ON r.oid = a.grantee
        ORDER BY r.rolname NULLS FIRST, a.privilege_type, a.is_grantable),
    ARRAY(SELECT subname::text FROM pg_subscription WHERE subdbid = d.oid ORDER BY 1),
    ARRAY(SELECT gid FROM pg_prepared_xacts WHERE database = d.datname ORDER BY 1)"""
_BY_NAME = f"{_ENTRIES} WHERE d.datname = ANY(%(names)s)"
_RELATIVES = f"{_ENTRIES.format(more='')} WHERE starts_with(d.datname, 'dbtasks_')"


@dataclass(frozen=True)
class Entry:
    """One database of the server.

    Args:
        name: as the server spells it.
        columns: its row in pg_database.
        note: what it says of itself, without what was written for another database.
        tablespace: where its files are.
        owner: the role it belongs to.
        size: in bytes, where that was asked for; of a kept relative as it was measured when it was put away.
        identity: the server's system identifier and the database's oid.
        settings: role (None for all) and values of ALTER DATABASE ... SET; empty where they were not asked for.
        privileges: role (None for PUBLIC), privilege, with grant option; empty where they were not asked for.
        subscriptions: that keep it from being dropped; empty where they were not asked for.
        prepared: the transactions that keep it from being renamed or copied; empty where they were not asked for.
    """

    name: str
    columns: Mapping[str, Any]
    note: notes.Note
    tablespace: str
    owner: str
    size: int
    identity: str
    settings: tuple[tuple[str | None, tuple[str, ...]], ...] = ()
    privileges: tuple[tuple[str | None, str, bool], ...] = ()
    subscriptions: tuple[str, ...] = ()
    prepared: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """False for what is left of an interrupted DROP DATABASE."""
        return bool(self.columns["datconnlimit"] != _HALF_DROPPED)

    @property
    def flags(self) -> dict[str, int]:
        """The columns of pg_database that close or protect it, where they were set."""
        return {key: int(self.columns[key]) for key, unset in UNSET.items() if int(self.columns[key]) != unset}

    def bound(self, **changes: Any) -> notes.Note:
        """Its note with changes, written for this very database."""
        return replace(self.note, on=self.identity, **changes)


def find(server: Server, names: Iterable[str], *, size: bool = False, belongings: bool = False) -> dict[str, Entry]:
    """The databases of these names that exist.

    Args:
        server: where.
        names: of the databases.
        size: measure them as well, which takes the server longer the bigger they are.
        belongings: with settings, privileges, and what keeps them from being dropped or renamed.
    """
    query = _BY_NAME.format(more=_BELONGINGS if belongings else "")
    rows = server.query(query, {"names": list(names), "size": size})
    return {row[0]: _entry(row) for row in rows}


def find_relatives(server: Server) -> list[Entry]:
    """Every database under a name that we reserve, whoever's relative it is."""
    return [_entry(row) for row in server.query(_RELATIVES, {"size": False})]


def _entry(row: tuple[Any, ...]) -> Entry:
    name, columns, comment, tablespace, owner, size, identity, *belongings = row
    note = notes.read(comment).holding(identity)
    entry = Entry(name, columns, note, tablespace, owner, size or note.size, identity)
    if not belongings:
        return entry
    settings, privileges, subscriptions, prepared = belongings
    return replace(
        entry,
        settings=tuple((role, tuple(values)) for role, values in settings),
        privileges=tuple((role, kind, grantable) for role, kind, grantable in privileges),
        subscriptions=tuple(subscriptions),
        prepared=tuple(prepared),
    )
