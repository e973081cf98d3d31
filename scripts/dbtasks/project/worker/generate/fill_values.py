"""New columns of tables that have rows: what stands in them for the rows that are there already."""

from copy import copy
from datetime import date, datetime, time
from typing import Any

from alembic.operations import ops
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Index,
    Integer,
    Numeric,
    String,
    UniqueConstraint,
    false,
    func,
    true,
)
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import TypeEngine

from .renames import plain


def added_column(part: ops.AddColumnOp, *, back: bool) -> tuple[ops.AddColumnOp, list[ops.MigrateOperation], list[str]]:
    """A new column as it can be added to a table with rows, on the way forth or back.

    Returns:
        The column to add, what has to follow, and remarks on what its reader has to do.
    """
    column, table, schema = part.column, part.table_name, part.schema
    kind = column.type
    if getattr(kind, "create_constraint", False):  # the CHECK is an operation of its own
        kind = copy(kind)
        kind.create_constraint = False  # type: ignore[attr-defined]  # which the line above has asked for
        part = ops.AddColumnOp(table, _like(column, kind, bool(column.nullable), column.server_default), schema=schema)
    if column.nullable or column.server_default is not None or column.primary_key:
        return part, [], []
    value = _value(column, back=back)
    if value is not None:
        filled = _like(column, kind, False, value)
        bare = ops.AlterColumnOp(
            table, column.name, schema=schema, existing_type=kind, existing_nullable=False, modify_server_default=None
        )
        return ops.AddColumnOp(table, filled, schema=schema), [bare], []
    required = ops.AlterColumnOp(table, column.name, schema=schema, existing_type=kind, modify_nullable=False)
    remark = [
        f"# {table}.{column.name} must not be NULL and no value fits every row that is there already.",
        f"# Set {column.name} of {table} here with op.execute(), or this fails on a table with rows.",
    ]
    return ops.AddColumnOp(table, _like(column, kind, True, None), schema=schema), [required], remark


def _like(column: Column[Any], kind: TypeEngine[Any], nullable: bool, default: Any) -> Column[Any]:  # noqa: FBT001 (as in Column)
    return Column(column.name, kind, nullable=nullable, server_default=default, comment=column.comment)


def _value(column: Column[Any], *, back: bool) -> Any:
    """A value for rows that are there already, None where there is none that fits them all.

    On the way back what was there is gone: then any value will do, so that the way is not barred.
    """
    alone = any(
        list(one.columns) == [column]
        for one in (*column.table.constraints, *column.table.indexes)
        if isinstance(one, UniqueConstraint) or (isinstance(one, Index) and one.unique)
    )
    if column.unique or alone or column.foreign_keys:
        return None
    value = _neutral(column)
    if value is None and back:
        kind = plain(column.type)
        if isinstance(kind, Enum):
            return kind.enums[0]
        if isinstance(kind, (DateTime, Date)):
            return func.now()
    return value


def _neutral(column: Column[Any]) -> Any:
    """The model's own default, or a value that says nothing."""
    kind = plain(column.type)
    default = column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
    if isinstance(kind, Enum):
        label = getattr(default, "name", default)
        return label if label in kind.enums else None
    if isinstance(default, bool) or (default is None and isinstance(kind, Boolean)):
        return true() if default else false()
    if isinstance(default, (str, int, float, date, datetime, time)):
        return str(default)
    if default is None and isinstance(kind, (Integer, Numeric)):
        return "0"
    return "" if default is None and isinstance(kind, String) else None
