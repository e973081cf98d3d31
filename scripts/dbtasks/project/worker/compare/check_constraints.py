"""CHECKs that list an enum's values: autogenerate compares them by name only, so a new value goes unseen."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Boolean, CheckConstraint, Column, Enum, MetaData, Table, inspect

_BOOLEAN = re.compile(r" IN \(0, 1\)\)?$")
_LABEL = re.compile(r"'((?:[^']|'')*)'")


def changed_values(context: MigrationContext, metadata: Iterable[MetaData]) -> Iterator[ops.ModifyTableOps]:
    """Replace each CHECK of an enum whose values differ from the database's."""
    there = inspect(context.connection)
    if there is None:
        return
    for data in metadata:
        for table in data.tables.values():
            listed = [(part, kind) for part in table.columns if (kind := _listed(part, context)) is not None]
            if not listed or not there.has_table(table.name, schema=table.schema):
                continue
            found = {check["name"]: check["sqltext"] for check in there.get_check_constraints(table.name, table.schema)}
            changes = [op for part, kind in listed if kind.name in found for op in _change(table, part, kind, found)]
            if changes:
                yield ops.ModifyTableOps(table.name, changes, schema=table.schema)


def not_on_postgresql(metadata: Iterable[MetaData]) -> frozenset[str]:
    """The CHECKs that a type brings along where the engine has no such type: PostgreSQL has, SQLite has not."""
    return frozenset(
        part.type.name
        for data in metadata
        for table in data.tables.values()
        for part in table.columns
        if isinstance(part.type, (Boolean, Enum)) and part.type.create_constraint and part.type.name
        if isinstance(part.type, Boolean) or part.type.native_enum
    )


def left_by_types(operations: Iterable[ops.MigrateOperation], types: Collection[str]) -> Iterator[str]:
    """Among the CHECKs that go, those that a type brought along on SQLite: PostgreSQL never had them."""
    for op in operations:
        if isinstance(op, ops.DropConstraintOp) and op.constraint_type == "check" and op.constraint_name:
            constraint = op.to_constraint()
            of_boolean = isinstance(constraint, CheckConstraint) and _BOOLEAN.search(str(constraint.sqltext))
            if of_boolean or op.constraint_name in types:
                yield str(op.constraint_name)


def _listed(part: Column[Any], context: MigrationContext) -> Enum | None:
    """The enum whose values a CHECK holds on this engine."""
    kind = part.type
    if not isinstance(kind, Enum) or not kind.create_constraint or not kind.name:
        return None
    return None if kind.native_enum and context.dialect.name == "postgresql" else kind


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
