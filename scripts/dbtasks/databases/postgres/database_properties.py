"""What belongs to a database's name and not to its content: owner, privileges, settings, place, locale.

CREATE DATABASE ... TEMPLATE copies none of it, so a swap carries it over to the new content.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from psycopg2 import sql

from dbtasks.databases.postgres.catalogue import UNSET, Entry
from dbtasks.databases.postgres.connection import Server

Statement = sql.Composable


class Setting(sql.Composed):
    """A statement that makes a setting, which only an administrator may be allowed to do."""


Settings = Sequence[tuple[str | None, tuple[str, ...]]]

# The settings that hold a list of identifiers are stored as they are written, quotes included.
_LISTS = {"search_path", "temp_tablespaces", "local_preload_libraries", "session_preload_libraries"}
_ITEM = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^,\s]+))\s*(?:,|$)')
_DEFAULT_PRIVILEGES = [(None, "CONNECT", False), (None, "TEMPORARY", False)]

# column of pg_database -> the option of CREATE DATABASE; the later ones exist in some versions only
_LOCALE = {
    "datcollate": "LC_COLLATE",
    "datctype": "LC_CTYPE",
}
_LOCALE_KEYS = ("encoding", "datcollate", "datctype", "datlocprovider", "daticulocale", "datlocale", "daticurules")
_CONDITIONS = """SELECT (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(d)) WHERE key = ANY(%(keys)s)),
    ARRAY(SELECT to_jsonb(ARRAY[COALESCE(r.rolname, '')] || s.setconfig) FROM pg_db_role_setting s
        LEFT JOIN pg_roles r ON r.oid = s.setrole WHERE s.setdatabase = d.oid AND d.datname = %(name)s
        AND (s.setrole = 0 OR r.rolname = current_user) ORDER BY 1),
    ARRAY(SELECT name || ' ' || default_version FROM pg_available_extensions() ORDER BY 1)
    FROM pg_database d WHERE d.datname IN (%(name)s, 'template1') ORDER BY d.datname <> %(name)s LIMIT 1"""


# What would keep a draft from being built; it is set when the draft takes the database's place.
_NOT_WHILE_BUILT = {"default_transaction_read_only"}
_FLAGS = {"datistemplate": "IS_TEMPLATE", "datallowconn": "ALLOW_CONNECTIONS", "datconnlimit": "CONNECTION LIMIT"}


def carry_over(old: Entry, new: Entry, name: str) -> list[Statement]:
    """The statements that give a database, called `name` when they run, what belongs to another, flags apart."""
    place = sql.Identifier(name)
    statements: list[Statement] = []
    if old.owner != new.owner:
        statements.append(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(place, sql.Identifier(old.owner)))
    statements += _settings(place, old.settings, new.settings)
    # A new owner takes the privileges of the one before along.
    statements += _privileges(place, old, new)
    return statements


def set_flags(name: str, present: Mapping[str, int], wanted: Mapping[str, int]) -> list[Statement]:
    """The statements that open or close a database, protect it or not."""
    return [
        sql.SQL(f"ALTER DATABASE {{}} {_FLAGS[key]} {{}}").format(sql.Identifier(name), _flag(key, wanted))
        for key, unset in UNSET.items()
        if wanted.get(key, unset) != present.get(key, unset)
    ]


def build_settings(of: Entry | None, name: str, user: str) -> list[Statement]:
    """The statements that let a draft be built under the settings of the database it belongs to.

    They act on connections to a name, so a draft without them would become something else. Settings of
    other roles, and those that forbid writing, are set when the draft takes the database's place.
    """
    if of is None:
        return []
    wanted = tuple(
        (role, tuple(value for value in values if value.partition("=")[0] not in _NOT_WHILE_BUILT))
        for role, values in of.settings
        if role in {None, user}
    )
    return list(_settings(sql.Identifier(name), wanted, ()))


def find_conditions(server: Server, name: str) -> str:
    """What decides the outcome of a build besides the project: locale, encoding, settings, extensions on offer.

    Args:
        server: where.
        name: of the database; where there is none, `template1` counts, which it would be made from.
    """
    rows = server.query(_CONDITIONS, {"name": name, "keys": list(_LOCALE_KEYS)})
    return json.dumps(rows[0] if rows else [], sort_keys=True)


def choose_options(old: Entry | None, template: Entry | None) -> list[Statement]:
    """The options of CREATE DATABASE for an empty database that is to take an existing one's place, if there is one."""
    if old is None:
        return [] if template is not None else [sql.SQL("TEMPLATE template0")]
    options = choose_tablespace(old)
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


def choose_tablespace(old: Entry | None) -> list[Statement]:
    """The option that puts a database's files where the existing one has them."""
    if old is None or old.tablespace == "pg_default":
        return []
    return [sql.SQL("TABLESPACE {}").format(sql.Identifier(old.tablespace))]


def _locale(entry: Entry) -> tuple[Any, ...]:
    return tuple(entry.columns.get(key) for key in _LOCALE_KEYS)


def _flag(key: str, wanted: Mapping[str, int]) -> Statement:
    value = wanted.get(key, UNSET[key])
    return sql.Literal(value if key == "datconnlimit" else bool(value))


def _settings(place: Statement, old: Settings, new: Settings) -> Iterator[Statement]:
    if old == new:
        return
    for role, _ in new:
        yield Setting(sql.SQL("{} RESET ALL").format(_whose(place, role)).seq)
    for role, values in old:
        for value in values:
            name, _, text = value.partition("=")
            words = sql.SQL(", ").join(sql.Literal(part) for part in _parts(name, text))
            # A name with a dot is an extension's: two identifiers.
            setting = sql.SQL(".").join(sql.Identifier(part) for part in name.split("."))
            yield Setting(sql.SQL("{} SET {} TO {}").format(_whose(place, role), setting, words).seq)


def _whose(place: Statement, role: str | None) -> Statement:
    if role is None:
        return sql.SQL("ALTER DATABASE {}").format(place)
    return sql.SQL("ALTER ROLE {} IN DATABASE {}").format(sql.Identifier(role), place)


def _parts(name: str, text: str) -> list[str]:
    if name not in _LISTS or not text:
        return [text]
    found = _ITEM.findall(text)
    return [quoted.replace('""', '"') if quoted or not plain else plain for quoted, plain in found]


def _privileges(place: Statement, old: Entry, new: Entry) -> Iterator[Statement]:
    if old.privileges == new.privileges and (not old.privileges or old.owner == new.owner):
        return
    roles = dict.fromkeys([None, old.owner, *(row[0] for row in new.privileges)])
    for role in roles:
        yield sql.SQL("REVOKE ALL ON DATABASE {} FROM {}").format(place, _grantee(role))
    own = ((old.owner, kind, False) for kind in ("CREATE", "CONNECT", "TEMPORARY"))
    for role, kind, grantable in old.privileges or [*_DEFAULT_PRIVILEGES, *own]:
        option = sql.SQL(" WITH GRANT OPTION" if grantable else "")
        yield sql.SQL("GRANT {} ON DATABASE {} TO {}{}").format(sql.SQL(kind), place, _grantee(role), option)


def _grantee(role: str | None) -> Statement:
    return sql.SQL("PUBLIC") if role is None else sql.Identifier(role)
