"""Renames: autogenerate sees a drop and an add, which would lose what the column holds."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Boolean, Date, DateTime, Integer, LargeBinary, Numeric, String, Time
from sqlalchemy.types import TypeEngine

from ...messages.failures import WorkerError
from ...messages.values import Rename
from ..render import Lines

_FAMILIES = ((String,), (Boolean,), (Integer, Numeric), (DateTime,), (Date,), (Time,), (LargeBinary,))


def lines(rename: Rename) -> Lines:
    """A rename as a statement of a revision, and its undo."""
    return Lines([_statement(rename)], [_statement(rename.back)])


def _statement(rename: Rename) -> str:
    schema = f", schema={rename.schema!r}" if rename.schema else ""
    if rename.column:
        return f"op.alter_column({rename.table!r}, {rename.column!r}, new_column_name={rename.new!r}{schema})"
    return f"op.rename_table({rename.table!r}, {rename.new!r}{schema})"


def candidates(operations: Iterable[ops.MigrateOperation]) -> Iterator[Rename]:
    """What looks like a rename: a thing goes and one like it comes, and each fits only the other."""
    dropped: list[ops.DropTableOp] = []
    created: list[ops.CreateTableOp] = []
    for op in operations:
        if isinstance(op, ops.ModifyTableOps):
            yield from _columns(op)
        elif isinstance(op, ops.DropTableOp):
            dropped.append(op)
        elif isinstance(op, ops.CreateTableOp):
            created.append(op)
    for old, new in _pairs(dropped, created, _same_table):
        yield Rename(old.table_name, "", new.table_name, old.schema)


def check_named(wanted: Sequence[Rename], operations: Sequence[ops.MigrateOperation]) -> None:
    """Is what was asked for to be renamed really going, and its new name coming?

    Raises:
        UsageError: the models or the database say otherwise.
    """
    parts = [part for op in operations for part in (op.ops if isinstance(op, ops.ModifyTableOps) else [op])]
    gone = set(filter(None, map(_going, parts)))
    come = set(filter(None, map(_coming, parts)))
    renamed = {rename.table: rename.new for rename in wanted if not rename.column}
    for rename in wanted:
        old, new = (f"{rename.table}.{rename.column}", f"{rename.table}.{rename.new}")
        if not rename.column:
            old, new = rename.table, rename.new
        elif rename.table in set(renamed.values()):
            continue  # its columns can be compared only once the table has its new name
        if old not in gone or new not in come:
            raise WorkerError(
                "usage",
                f"--rename {rename}: the models do not replace {old} by {new}.",
                hint="Rename it in the models first; nox -s check lists what differs",
            )


def _going(op: ops.MigrateOperation) -> str:
    if isinstance(op, ops.DropColumnOp):
        return f"{op.table_name}.{op.column_name}"
    return op.table_name if isinstance(op, ops.DropTableOp) else ""


def _coming(op: ops.MigrateOperation) -> str:
    if isinstance(op, ops.AddColumnOp):
        return f"{op.table_name}.{op.column.name}"
    return op.table_name if isinstance(op, ops.CreateTableOp) else ""


def run(context: MigrationContext, wanted: Iterable[Rename]) -> None:
    """Rename in the scratch database, so that a comparison finds what differs besides."""
    operations = Operations(MigrationContext.configure(connection=context.connection, opts=context.opts))
    for rename in wanted:
        if rename.column:
            operations.alter_column(rename.table, rename.column, new_column_name=rename.new, schema=rename.schema)
        else:
            operations.rename_table(rename.table, rename.new, schema=rename.schema)


def compatible(old: TypeEngine[Any], new: TypeEngine[Any]) -> bool:
    """May one column's values have been the other's?"""
    return any(isinstance(old, family) and isinstance(new, family) for family in _FAMILIES) or (
        type(old).__name__.upper() == type(new).__name__.upper()
    )


def _columns(op: ops.ModifyTableOps) -> Iterator[Rename]:
    dropped = [part for part in op.ops if isinstance(part, ops.DropColumnOp)]
    added = [part for part in op.ops if isinstance(part, ops.AddColumnOp)]
    for old, new in _pairs(dropped, added, _same_column):
        yield Rename(op.table_name, old.column_name, new.column.name, op.schema)


def _same_column(old: ops.DropColumnOp, new: ops.AddColumnOp) -> bool:
    return compatible(plain(old.to_column().type), plain(new.column.type))


def plain(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type that a decorated one stands on."""
    return getattr(kind, "impl_instance", kind)


def _same_table(old: ops.DropTableOp, new: ops.CreateTableOp) -> bool:
    return {column.name for column in old.to_table().columns} == {column.name for column in new.to_table().columns}


def _pairs(old: Sequence[Any], new: Sequence[Any], alike: Any) -> Iterator[tuple[Any, Any]]:
    """Pairs of which each is the other's only match."""
    for one in old:
        fits = [other for other in new if alike(one, other)]
        if len(fits) == 1 and sum(alike(rival, fits[0]) for rival in old) == 1:
            yield one, fits[0]
