"""Give every constraint that is written a name, so that a later revision can find it on either engine."""

from collections.abc import Iterable
from typing import Any

from alembic.operations import ops
from sqlalchemy import CheckConstraint, Constraint, ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.schema import ColumnCollectionConstraint

_ENDINGS = {ForeignKeyConstraint: "fkey", UniqueConstraint: "key"}
_LONGEST = 63  # bytes of a name in PostgreSQL


def name_all(operations: Iterable[ops.MigrateOperation]) -> None:
    """Name the unnamed constraints of these operations; where there is a naming convention there are none."""
    for op in operations:
        if isinstance(op, ops.OpContainer):
            name_all(op.ops)
        elif isinstance(op, ops.CreateTableOp):
            _name_inside(op)
        elif isinstance(op, (ops.AddConstraintOp, ops.DropConstraintOp)) and not named(op):
            # The attribute is not declared by the base class, but every operation of it has one.
            op.constraint_name = default_name(op.to_constraint())  # type: ignore[union-attr]


def named(op: Any) -> bool:
    """Has this operation's constraint a name?"""
    return isinstance(op.constraint_name, str)


def default_name(constraint: Constraint) -> str:
    """The name that PostgreSQL gives to a constraint without one."""
    table = constraint.table.name
    if isinstance(constraint, PrimaryKeyConstraint):
        name = f"{table}_pkey"
    elif isinstance(constraint, CheckConstraint):
        columns = [column.name for column in constraint.columns]
        name = f"{table}_{columns[0]}_check" if len(columns) == 1 else f"{table}_check"
    else:
        ending = next((word for kind, word in _ENDINGS.items() if isinstance(constraint, kind)), "constraint")
        columns = (
            [column.name for column in constraint.columns] if isinstance(constraint, ColumnCollectionConstraint) else []
        )
        name = "_".join((table, *columns, ending))
    return name[:_LONGEST]


def _name_inside(op: ops.CreateTableOp) -> None:
    table = op.to_table()
    taken = {constraint.name for constraint in table.constraints}
    for part in op.columns:
        if not isinstance(part, Constraint) or isinstance(part.name, str) or not _written(part):
            continue
        name = base = default_name(part)
        number = 0
        while name in taken:
            number += 1
            name = f"{base[: _LONGEST - 2]}{number}"
        taken.add(name)
        part.name = name


def _written(constraint: Constraint) -> bool:
    """Is it written out? Not a primary key of no columns, nor the CHECK that a type brings along."""
    if isinstance(constraint, PrimaryKeyConstraint):
        return len(constraint.columns) > 0
    return not any(getattr(column.type, "create_constraint", False) for column in getattr(constraint, "columns", ()))
