"""From what differs to what a revision should do: on both engines, on tables with rows, and back."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from alembic.operations import ops
from sqlalchemy import Computed, Enum, Identity
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import TypeEngine

from ...messages.values import Rename
from ..compare import enums
from ..compare.differences import Difference, flat
from ..compare.names import default_name, name_all
from ..render import Batch, CastColumn, Lines, SqliteBatch
from .fill_values import added_column
from .renames import candidates, compatible, lines, plain

Directions = tuple[list[ops.MigrateOperation], list[ops.MigrateOperation]]


def both_ways(found: Difference, renamed: Sequence[Rename]) -> Directions:
    """What the revision does, and what takes it back."""
    name_all(found.operations)
    down = list(ops.UpgradeOps(found.operations).reverse().ops)
    name_all(down)
    ours = {str(op.constraint_name) for op in flat(found.operations) if isinstance(op, ops.AddConstraintOp)}  # type: ignore[attr-defined]  # every subclass has one
    renames = [lines(rename) for rename in renamed]
    sqlite = found.not_on_postgresql
    forth = [*renames, *_around(adapt(found.operations, sqlite, warn=True), found.enums)]
    back = [*_around(adapt(down, sqlite, ours=ours), [change.reverse() for change in found.enums])]
    return forth, [*back, *(forth_and_back.reverse() for forth_and_back in reversed(renames))]


def adapt(
    operations: Sequence[ops.MigrateOperation],
    sqlite: Collection[str] = (),
    *,
    warn: bool = False,
    ours: Collection[str] = (),
) -> list[ops.MigrateOperation]:
    """The operations as they work on both engines and on tables with rows."""
    remarks = {(rename.table, rename.column): str(rename) for rename in candidates(operations)} if warn else {}
    done: list[ops.MigrateOperation] = []
    for op in operations:
        if isinstance(op, ops.ModifyTableOps):
            if warn:
                done.extend(_losses(op, remarks))
            alone, shared = _apart(op.ops, sqlite)
            drops = [part for part in alone if isinstance(part, ops.DropConstraintOp)]
            others = [part for part in alone if part not in drops]
            done.extend(_sqlite(op, drops))
            done.extend(_table(ops.ModifyTableOps(op.table_name, shared, schema=op.schema), ours, back=not warn))
            done.extend(_sqlite(op, others))
        else:
            if warn and isinstance(op, ops.DropTableOp):
                done.append(_loss(f"the table {op.table_name}", remarks.get((op.table_name, ""))))
            done.append(op)
    return done


def _around(operations: list[ops.MigrateOperation], changes: Sequence[enums.Change]) -> Iterator[ops.MigrateOperation]:
    yield from filter(None, map(enums.creating, changes))
    yield from operations
    yield from filter(None, map(enums.dropping, changes))


def _losses(op: ops.ModifyTableOps, remarks: dict[tuple[str, str], str]) -> Iterator[Lines]:
    for part in op.ops:
        if isinstance(part, ops.DropColumnOp):
            yield _loss(f"{op.table_name}.{part.column_name}", remarks.get((op.table_name, part.column_name)))


def _loss(what: str, rename: str | None) -> Lines:
    if rename is None:
        return Lines([f"# This drops {what} with all that it holds."])
    return Lines([f"# This LOSES what {what} holds. If it is a rename, write the revision with --rename {rename}"])


def _apart(
    parts: Sequence[ops.MigrateOperation], sqlite: Collection[str]
) -> tuple[list[ops.MigrateOperation], list[ops.MigrateOperation]]:
    """What is SQLite's only, and the rest."""
    alone: list[ops.MigrateOperation] = [
        part
        for part in parts
        if isinstance(part, ops.CreateCheckConstraintOp | ops.DropConstraintOp) and part.constraint_name in sqlite
    ]
    return alone, [part for part in parts if part not in alone]


def _sqlite(op: ops.ModifyTableOps, parts: Sequence[ops.MigrateOperation]) -> Iterator[ops.MigrateOperation]:
    if parts:
        yield SqliteBatch(op.table_name, parts, schema=op.schema, unnamed=False)


def _table(op: ops.ModifyTableOps, ours: Collection[str], *, back: bool) -> Iterator[ops.MigrateOperation]:
    """One table's changes: its new columns, then the rest in one rebuild."""
    added: list[ops.MigrateOperation] = []
    remarks: list[str] = []
    rest: list[ops.MigrateOperation] = []
    for part in op.ops:
        if isinstance(part, ops.AddColumnOp):
            column, later, remark = added_column(part, back=back)
            added.append(column)
            rest.extend(later)
            remarks.extend(remark)
        elif isinstance(part, ops.AlterColumnOp):
            if part.modify_nullable is False:
                remarks.append(f"# Rows whose {part.column_name} is NULL must be filled before this.")
            rest.append(_cast(part))
        else:
            rest.append(part)
    if added:
        yield _grouped(op, added, ours)
    if remarks:
        yield Lines(remarks)
    if rest:
        yield _grouped(op, rest, ours)


def _grouped(op: ops.ModifyTableOps, parts: list[ops.MigrateOperation], ours: Collection[str]) -> ops.ModifyTableOps:
    if any(map(_wants_batch, parts)):
        drops = [part for part in parts if isinstance(part, ops.DropConstraintOp) and part.constraint_name not in ours]
        return Batch(op.table_name, parts, schema=op.schema, unnamed=any(map(_by_default, drops)))
    return ops.ModifyTableOps(op.table_name, parts, schema=op.schema)


def _by_default(op: ops.DropConstraintOp) -> bool:
    """Is it one that PostgreSQL named, so that SQLite has it without a name?"""
    return op.constraint_name == default_name(op.to_constraint())


def _wants_batch(op: ops.MigrateOperation) -> bool:
    """Does SQLite need the table built anew for this?"""
    if isinstance(op, ops.AlterColumnOp):
        return True
    if isinstance(op, ops.DropColumnOp):
        column = op.to_column()
        return bool(column.foreign_keys or column.unique or getattr(column.type, "create_constraint", False))
    if isinstance(op, ops.AddColumnOp):
        default = getattr(op.column.server_default, "arg", None)
        return isinstance(default, ClauseElement) or isinstance(op.column.server_default, (Computed, Identity))
    return isinstance(op, (ops.AddConstraintOp, ops.DropConstraintOp))


def _cast(op: ops.AlterColumnOp) -> ops.AlterColumnOp:
    """Tell PostgreSQL how to convert, where it would not by itself."""
    old, new = op.existing_type, op.modify_type
    if new is None or old is None or (compatible(plain(old), plain(new)) and not _native(new)):
        return op
    told = CastColumn(
        op.table_name, op.column_name, schema=op.schema, existing_type=old, modify_type=new,
        existing_server_default=op.existing_server_default, existing_nullable=op.existing_nullable,
        existing_comment=op.existing_comment, modify_nullable=op.modify_nullable, modify_comment=op.modify_comment,
        modify_server_default=op.modify_server_default,
    )  # fmt: skip
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    told.cast = f"{dialect.identifier_preparer.quote(op.column_name)}::{plain(new).compile(dialect=dialect)}"
    return told


def _native(kind: TypeEngine[Any]) -> bool:
    return isinstance(kind, Enum) and kind.native_enum
