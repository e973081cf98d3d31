"""How operations become the text of a revision: plain types, batches where SQLite needs them, lines of our own.

Alembic renders through a public registry, so an env.py needs no change for any of this.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, Literal

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from sqlalchemy import Enum, TextClause, TypeDecorator
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.elements import False_, True_
from sqlalchemy.sql.functions import now
from sqlalchemy.types import TypeEngine

RenderItem = Callable[[str, Any, AutogenContext], str | Literal[False]]

# PostgreSQL's own names for constraints that nobody named. Used as the convention of a batch they give
# SQLite's unnamed ones the same names, so that one file drops the constraint on both engines.
NAMES = {
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "pk": "%(table_name)s_pkey",
}


# Types by the name that one engine has for them; the other may not know it.
_GENERIC = frozenset({"DATETIME", "TIMESTAMP", "DATE", "TIME", "BYTEA", "BLOB", "INTERVAL"})
_NOW = frozenset({"now()", "CURRENT_TIMESTAMP"})
_WITH_CAST = re.compile(r"'((?:[^']|'')*)'::[\w ]+(\(\d+\))?")


class Lines(ops.MigrateOperation):
    """Statements written as they are."""

    def __init__(self, lines: Sequence[str], undo: Sequence[str] = ()) -> None:
        self.lines = tuple(lines)
        self.undo = tuple(undo)

    def reverse(self) -> "Lines":
        """The way back."""
        return Lines(self.undo, self.lines)


class Batch(ops.ModifyTableOps):
    """Changes of one table that SQLite makes only by building it anew.

    Args:
        table_name: the table.
        changes: what changes.
        schema: where the table is.
        unnamed: a constraint is dropped that the database gave no name.
    """

    not_on_postgresql = False

    def __init__(
        self, table_name: str, changes: Sequence[ops.MigrateOperation], *, schema: str | None, unnamed: bool
    ) -> None:
        super().__init__(table_name, changes, schema=schema)
        self.unnamed = unnamed


class SqliteBatch(Batch):
    """Changes that PostgreSQL does without, because it has the type that SQLite writes as a CHECK."""

    not_on_postgresql = True


class CastColumn(ops.AlterColumnOp):
    """A change of type for which PostgreSQL wants to be told how a value is converted."""

    cast = ""


@renderers.dispatch_for(Lines)
def _lines(_context: AutogenContext, op: Lines) -> list[str]:
    # As one text: Alembic's printer indents what follows a line that ends with a colon.
    return ["\n".join(op.lines)] if op.lines else []


@renderers.dispatch_for(Batch)
def _batch(context: AutogenContext, op: Batch) -> list[str]:
    plain = ops.ModifyTableOps(op.table_name, op.ops, schema=op.schema)
    before = context.opts.get("render_as_batch", False)
    context.opts["render_as_batch"] = True
    try:
        lines = list(renderers.dispatch(plain)(context, plain))
    finally:
        context.opts["render_as_batch"] = before
    if op.unnamed:
        lines[0] = lines[0].replace(") as batch_op:", f", naming_convention={NAMES!r}) as batch_op:")
    if op.not_on_postgresql:  # an empty line ends a block for Alembic's printer
        lines = ['if op.get_context().dialect.name != "postgresql":', *lines, ""]
    return lines


@renderers.dispatch_for(CastColumn)
def _cast(context: AutogenContext, op: CastColumn) -> str:
    plain: Callable[[AutogenContext, ops.MigrateOperation], str] = renderers.dispatch(ops.AlterColumnOp("", ""))
    return f"{plain(context, op).removesuffix(')')}, postgresql_using={op.cast!r})"


class PlainTypes:
    """A `render_item` that writes types a revision can keep for ever: none of the project's or of SQLModel's."""

    def __init__(self, theirs: RenderItem | None) -> None:
        self._theirs = theirs
        self._context: AutogenContext | None = None

    def __call__(self, kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
        """Write one item, or leave it to Alembic."""
        self._context = context
        told = self._theirs(kind, item, context) if self._theirs else False
        if told is not False:
            return told
        if kind == "type":
            return self._type(item, context)
        return _default(item) if kind == "server_default" else False

    @property
    def imports(self) -> list[str]:
        """What the text needs to import, for a template that has no place for it."""
        return sorted(self._context.imports) if self._context else []

    def _type(self, item: TypeEngine[Any], context: AutogenContext) -> str | Literal[False]:
        module = type(item).__module__
        if isinstance(item, TypeDecorator) and not module.startswith("sqlalchemy."):
            return self._library(item.impl_instance, context)
        if type(item).__name__ in _GENERIC or module.startswith("sqlalchemy.dialects.sqlite"):
            return f"sa.{item.as_generic()!r}"
        if isinstance(item, postgresql.JSON):  # its repr names a type that the file does not import
            context.imports.add("from sqlalchemy.dialects import postgresql")
            return f"postgresql.{type(item).__name__}()"
        if isinstance(item, Enum) and item.native_enum and item.name:
            return _enum(item, context)
        if not module.startswith("sqlalchemy."):
            context.imports.add(f"import {module}")
        return False

    def _library(self, item: TypeEngine[Any], context: AutogenContext) -> str:
        """A type of SQLAlchemy's own, which others are built on."""
        told = self._type(item, context)
        if told is not False:
            return told
        parts = type(item).__module__.split(".")
        if parts[:2] != ["sqlalchemy", "dialects"]:
            return f"sa.{item!r}"
        context.imports.add(f"from sqlalchemy.dialects import {parts[2]}")
        return f"{parts[2]}.{item!r}"


def _default(item: Any) -> str | Literal[False]:
    """A server default in words that both engines understand; Alembic writes those of the connected one."""
    default = getattr(item, "arg", item)
    if isinstance(default, (True_, False_)):
        return "sa.true()" if isinstance(default, True_) else "sa.false()"
    if isinstance(default, now):
        return "sa.func.now()"
    if isinstance(default, TextClause):
        text = default.text.strip()
        if text.removeprefix("(").removesuffix(")") in _NOW or text in _NOW:
            return "sa.func.now()"
        cast = _WITH_CAST.fullmatch(text)
        return repr(cast[1].replace("''", "'")) if cast else False
    return False


def _enum(item: Enum, context: AutogenContext) -> str:
    """A native enum whose type is created and dropped beside the table, not by it.

    PostgreSQL creates the type with a table but not with a column, and drops it with neither.
    """
    labels = ", ".join(repr(label) for label in item.enums)
    schema = f", schema={item.schema!r}" if item.schema else ""
    if item.create_constraint:  # PostgreSQL's own class knows no CHECK, which SQLite is to have
        return f"sa.Enum({labels}, name={item.name!r}{schema}, create_constraint=True, create_type=False)"
    context.imports.add("from sqlalchemy.dialects import postgresql")
    return f"postgresql.ENUM({labels}, name={item.name!r}{schema}, create_type=False)"
