"""Enum types: created, changed and dropped beside the tables that use them.

Autogenerate sees none of this. What the database has is asked of PostgreSQL; for SQLite, which has no
types, it is read from the SQL that the history would run on PostgreSQL.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Enum, MetaData, inspect

from ..render import Lines

Types = Mapping[str, tuple[str, ...]]

_POSTGRES = 'if op.get_context().dialect.name == "postgresql":'
_LABEL = r"'((?:[^']|'')*)'"
_STATEMENT = re.compile(
    rf"""CREATE\ TYPE\ (?P<made>\S+)\ AS\ ENUM\ \((?P<labels>[^)]*)\)
    | ALTER\ TYPE\ (?P<grown>\S+)\ ADD\ VALUE\ (?:IF\ NOT\ EXISTS\ )?{_LABEL}(?:\ (?P<side>BEFORE|AFTER)\ {_LABEL})?
    | ALTER\ TYPE\ (?P<value>\S+)\ RENAME\ VALUE\ {_LABEL}\ TO\ {_LABEL}
    | ALTER\ TYPE\ (?P<old>\S+)\ RENAME\ TO\ (?P<new>[^\s;]+)
    | DROP\ TYPE\ (?:IF\ EXISTS\ )?(?P<gone>[^\s;]+)""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class Change:
    """One enum type that the models and the database do not agree on.

    Args:
        name: the type.
        before: its values in the database; none where there is no such type.
        after: its values in the models; none where no column uses it.
        columns: the columns of the database that use it and stay.
    """

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    columns: tuple[Column[object], ...] = ()

    def told(self) -> str:
        """The difference in words."""
        if not self.before:
            return f"add_enum {self.name}"
        if not self.after:
            return f"remove_enum {self.name}"
        added = [f"+{label}" for label in self.after if label not in self.before]
        removed = [f"-{label}" for label in self.before if label not in self.after]
        return f"modify_enum {self.name}: {', '.join((*added, *removed)) or 'another order'}"

    def reverse(self) -> "Change":
        """The way back."""
        return Change(self.name, self.after, self.before, self.columns)


def in_models(metadata: Iterable[MetaData]) -> dict[str, tuple[str, ...]]:
    """The native enum types of the models and their values, by name."""
    return {kind.name: tuple(kind.enums) for _, kind in _columns(metadata) if kind.name}


def in_database(connection: Connection) -> dict[str, tuple[str, ...]]:
    """The enum types of a PostgreSQL database and their values, by name."""
    return {found["name"]: tuple(found["labels"]) for found in inspect(connection).get_enums()}  # type: ignore[attr-defined]


def in_sql(sql: str) -> dict[str, tuple[str, ...]]:
    """The enum types that are there after these statements for PostgreSQL have run."""
    types: dict[str, list[str]] = {}
    for match in _STATEMENT.finditer(sql):
        _apply(types, match)
    return {name: tuple(labels) for name, labels in types.items()}


def changes(database: Types, metadata: Sequence[MetaData], new: set[tuple[str, str]], unused: set[str]) -> list[Change]:
    """What differs; a type that neither the models nor what they drop has used is somebody else's.

    Args:
        database: the types of the database.
        metadata: the models.
        new: table and column of what only the models have.
        unused: the types of what only the database has.
    """
    using = list(_columns(metadata))
    models = in_models(metadata)
    return [
        Change(
            name,
            database.get(name, ()),
            models.get(name, ()),
            tuple(
                column for column, kind in using if kind.name == name and (column.table.name, column.name) not in new
            ),
        )
        for name in sorted({*models, *(unused & set(database))})
        if models.get(name, ()) != database.get(name, ())
    ]


def creating(change: Change) -> Lines | None:
    """What has to run before the tables change: a new type, or new values of one."""
    if not change.before:
        return Lines([_POSTGRES, f"    op.execute({_create(change.name, change.after)!r})"])
    if not change.after:
        return None
    if _is_part(change.before, change.after):
        return Lines(_growing(change))
    return Lines(_rebuilding(change))


def dropping(change: Change) -> Lines | None:
    """What has to run after the tables changed: nobody uses the type any more."""
    if change.after:
        return None
    return Lines([_POSTGRES, f"    op.execute({f'DROP TYPE {_quoted(change.name)}'!r})"])


def _growing(change: Change) -> list[str]:
    """New values; committed at once, or no statement of this transaction could use them."""
    lines = [_POSTGRES, "    with op.get_context().autocommit_block():"]
    for index, label in enumerate(change.after):
        if label not in change.before:
            place = f"AFTER {_text(change.after[index - 1])}" if index else f"BEFORE {_text(change.before[0])}"
            statement = f"ALTER TYPE {_quoted(change.name)} ADD VALUE IF NOT EXISTS {_text(label)} {place}"
            lines.append(f"        op.execute({statement!r})")
    return lines


def _rebuilding(change: Change) -> list[str]:
    """PostgreSQL cannot take a value away: a new type takes the old one's name, and its columns with it."""
    name, old = _quoted(change.name), _quoted(f"{change.name}_old")
    statements = [f"ALTER TYPE {name} RENAME TO {old}", _create(change.name, change.after)]
    for column in change.columns:
        alter = f"ALTER TABLE {_quoted(column.table.name)} ALTER COLUMN {_quoted(column.name)}"
        default = getattr(column.server_default, "arg", None)
        if default is not None:
            statements.append(f"{alter} DROP DEFAULT")
        statements.append(f"{alter} TYPE {name} USING {_quoted(column.name)}::text::{name}")
        if default is not None:
            statements.append(f"{alter} SET DEFAULT {_text(default) if isinstance(default, str) else default}")
    removed = [label for label in change.before if label not in change.after]
    remark = [f"# rows that hold {' or '.join(removed)} must be changed first, or this fails"] if removed else []
    return [
        *remark,
        _POSTGRES,
        *(f"    op.execute({statement!r})" for statement in (*statements, f"DROP TYPE {old}")),
    ]


def _apply(types: dict[str, list[str]], match: re.Match[str]) -> None:
    """Follow one statement."""
    found = {key: value.strip('"') for key, value in match.groupdict().items() if value and key != "labels"}
    loose = [value.replace("''", "'") for value in re.findall(_LABEL, match.group())]
    if "made" in found:
        types[found["made"]] = loose
    elif "grown" in found:
        labels = types.setdefault(found["grown"], [])
        beside = labels.index(loose[1]) + (found["side"].upper() == "AFTER") if len(loose) > 1 else len(labels)
        labels[beside:beside] = [label for label in loose[:1] if label not in labels]
    elif "value" in found:
        types[found["value"]] = [loose[1] if label == loose[0] else label for label in types.get(found["value"], [])]
    elif "old" in found:
        if found["old"] in types:
            types[found["new"]] = types.pop(found["old"])
    else:
        types.pop(found["gone"], None)


def _columns(metadata: Iterable[MetaData]) -> Iterable[tuple[Column[object], Enum]]:
    for data in metadata:
        for table in data.tables.values():
            for column in table.columns:
                if isinstance(column.type, Enum) and column.type.native_enum:
                    yield column, column.type


def _is_part(few: Sequence[str], many: Sequence[str]) -> bool:
    """Are the few in the many, in the same order?"""
    rest = iter(many)
    return all(label in rest for label in few)


def _create(name: str, labels: Iterable[str]) -> str:
    return f"CREATE TYPE {_quoted(name)} AS ENUM ({', '.join(map(_text, labels))})"


def _quoted(name: str) -> str:
    return name if re.fullmatch("[a-z_][a-z0-9_]*", name) else f'"{name}"'


def _text(label: str) -> str:
    return "'" + label.replace("'", "''") + "'"
