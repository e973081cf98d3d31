"""CHECKs that list an enum's values: autogenerate compares them by name only, so a new value goes unseen."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Column, Enum, MetaData, Table, inspect

_LABEL = re.compile(r"'((?:[^']|'')*)'")


def changed_values(context: MigrationContext, metadata: Iterable[MetaData]) -> Iterator[ops.ModifyTableOps]:
    """Replace each CHECK of an enum whose values differ from the database's."""
    there = inspect(context.connection)
    if there is None:
        return
    for data in metadata:
        for table in data.tables.values():
            listed = [(part, kind) for part in table.columns if (kind := _listed(part)) is not None]
            if not listed or not there.has_table(table.name, schema=table.schema):
                continue
            found = {check["name"]: check["sqltext"] for check in there.get_check_constraints(table.name, table.schema)}
            changes = [op for part, kind in listed if kind.name in found for op in _change(table, part, kind, found)]
            if changes:
                yield ops.ModifyTableOps(table.name, changes, schema=table.schema)


def _listed(part: Column[Any]) -> Enum | None:
    """The enum whose values a CHECK holds; those of a native type are held so on SQLite only, and left out."""
    kind = part.type
    if isinstance(kind, Enum) and kind.create_constraint and kind.name and not kind.native_enum:
        return kind
    return None


def _change(table: Table, part: Column[Any], kind: Enum, found: dict[str | None, str]) -> list[ops.MigrateOperation]:
    before = [label.replace("''", "'") for label in _LABEL.findall(found[kind.name])]
    if set(before) == set(kind.enums):
        return []
    old, new = (CheckConstraint(_listing(part.name, labels), name=kind.name) for labels in (before, kind.enums))
    bare = Table(table.name, MetaData(), Column(part.name), schema=table.schema)
    for constraint in (old, new):
        bare.append_constraint(constraint)
    return [ops.DropConstraintOp.from_constraint(old), ops.AddConstraintOp.from_constraint(new)]


def _listing(name: str, labels: Iterable[str]) -> str:
    """The condition as SQLAlchemy writes it with the table."""
    quoted = ", ".join("'" + label.replace("'", "''") + "'" for label in labels)
    return f"{name} IN ({quoted})"
