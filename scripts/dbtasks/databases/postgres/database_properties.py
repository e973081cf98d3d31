"""What belongs to a database's name and not to its content: owner, privileges, settings, place, locale.

CREATE DATABASE ... TEMPLATE copies none of it, so a swap carries it over to the new content.
"""

import re
from collections.abc import Iterator
from typing import Any

from psycopg2 import sql

from dbtasks.databases.postgres.catalogue import Entry
from dbtasks.databases.postgres.connection import Server

Statement = sql.Composable

_SETTINGS = """SELECT d.datname, r.rolname, s.setconfig FROM pg_db_role_setting s
    JOIN pg_database d ON d.oid = s.setdatabase LEFT JOIN pg_roles r ON r.oid = s.setrole
    WHERE d.datname = ANY(%(names)s) ORDER BY 1, 2, 3"""
_PRIVILEGES = """SELECT d.datname, r.rolname, a.privilege_type, a.is_grantable
    FROM pg_database d, LATERAL aclexplode(d.datacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
    WHERE d.datname = ANY(%(names)s) ORDER BY 1, 2, 3, 4"""
# The settings that hold a list of identifiers are stored as they are written, quotes included.
_LISTS = {"search_path", "temp_tablespaces", "local_preload_libraries", "session_preload_libraries"}
_ITEM = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^,\s]+))\s*(?:,|$)')
_DEFAULT_PRIVILEGES = [(None, "CONNECT", False), (None, "TEMPORARY", False)]

# column of pg_database -> the option of CREATE DATABASE; the later ones exist in some versions only
_LOCALE = {
    "datcollate": "LC_COLLATE",
    "datctype": "LC_CTYPE",
}


def carry_over(server: Server, old: Entry, new: Entry) -> list[Statement]:
    """The statements that give the new content, once it has the old one's name, what belongs to the name."""
    place = sql.Identifier(old.name)
    statements: list[Statement] = []
    if old.owner != new.owner:
        statements.append(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(place, sql.Identifier(old.owner)))
    limit = old.columns["datconnlimit"]
    if limit != new.columns["datconnlimit"]:
        statements.append(sql.SQL("ALTER DATABASE {} CONNECTION LIMIT {}").format(place, sql.Literal(limit)))
    names = {"names": [old.name, new.name]}
    settings = server.query(_SETTINGS, names)
    statements += _settings(place, _of(settings, old), _of(settings, new))
    privileges = server.query(_PRIVILEGES, names)
    statements += _privileges(place, old.owner, _of(privileges, old), _of(privileges, new))
    return statements


def creation(old: Entry | None, template: Entry | None) -> list[Statement]:
    """The options of CREATE DATABASE for an empty database that is to take an existing one's place.

    Args:
        old: the existing one, if there is one.
        template: `template1`, which an empty database is a copy of; None where it cannot be used.
    """
    if old is None:
        return [] if template is not None else [sql.SQL("TEMPLATE template0")]
    options = tablespace(old)
    wanted = _locale(old)
    if template is not None and wanted == _locale(template):
        return options
    provider = {"c": "libc", "i": "icu", "b": "builtin"}.get(old.columns.get("datlocprovider", "c"), "libc")
    options.append(sql.SQL("TEMPLATE template0 ENCODING {}").format(sql.Literal(old.columns["encoding"])))
    options += [sql.SQL(f"{option} {{}}").format(sql.Literal(old.columns[key])) for key, option in _LOCALE.items()]
    locale = old.columns.get("datlocale") or old.columns.get("daticulocale")
    if provider != "libc":
        options.append(sql.SQL(f"LOCALE_PROVIDER {provider} {provider}_LOCALE {{}}").format(sql.Literal(locale)))
    if old.columns.get("daticurules"):
        options.append(sql.SQL("ICU_RULES {}").format(sql.Literal(old.columns["daticurules"])))
    return options


def tablespace(old: Entry | None) -> list[Statement]:
    """The option that puts a database's files where the existing one has them."""
    if old is None or old.tablespace == "pg_default":
        return []
    return [sql.SQL("TABLESPACE {}").format(sql.Identifier(old.tablespace))]


def _locale(entry: Entry) -> tuple[Any, ...]:
    keys = ("encoding", "datcollate", "datctype", "datlocprovider", "daticulocale", "datlocale", "daticurules")
    return tuple(entry.columns.get(key) for key in keys)


def _of(rows: list[tuple[Any, ...]], entry: Entry) -> list[tuple[Any, ...]]:
    return [row[1:] for row in rows if row[0] == entry.name]


def _settings(place: Statement, old: list[tuple[Any, ...]], new: list[tuple[Any, ...]]) -> Iterator[Statement]:
    if old == new:
        return
    for role, _ in new:
        yield sql.SQL("{} RESET ALL").format(_whose(place, role))
    for role, values in old:
        for value in values:
            name, _, text = value.partition("=")
            words = sql.SQL(", ").join(sql.Literal(part) for part in _parts(name, text))
            # A name with a dot is an extension's: two identifiers.
            setting = sql.SQL(".").join(sql.Identifier(part) for part in name.split("."))
            yield sql.SQL("{} SET {} TO {}").format(_whose(place, role), setting, words)


def _whose(place: Statement, role: str | None) -> Statement:
    if role is None:
        return sql.SQL("ALTER DATABASE {}").format(place)
    return sql.SQL("ALTER ROLE {} IN DATABASE {}").format(sql.Identifier(role), place)


def _parts(name: str, text: str) -> list[str]:
    if name not in _LISTS or not text:
        return [text]
    found = _ITEM.findall(text)
    return [quoted.replace('""', '"') if quoted or not plain else plain for quoted, plain in found]


def _privileges(
    place: Statement, owner: str, old: list[tuple[Any, ...]], new: list[tuple[Any, ...]]
) -> Iterator[Statement]:
    if old == new:
        return
    roles = dict.fromkeys([None, *([owner] if old else []), *(row[0] for row in new)])
    for role in roles:
        yield sql.SQL("REVOKE ALL ON DATABASE {} FROM {}").format(place, _grantee(role))
    wanted = old or [*_DEFAULT_PRIVILEGES, *((owner, kind, False) for kind in ("CREATE", "CONNECT", "TEMPORARY"))]
    for role, kind, grantable in wanted:
        option = sql.SQL(" WITH GRANT OPTION" if grantable else "")
        yield sql.SQL("GRANT {} ON DATABASE {} TO {}{}").format(sql.SQL(kind), place, _grantee(role), option)


def _grantee(role: str | None) -> Statement:
    return sql.SQL("PUBLIC") if role is None else sql.Identifier(role)
