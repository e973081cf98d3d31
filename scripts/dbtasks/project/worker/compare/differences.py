"""Hold the models that env.py gives against a database that stands at head, more closely than Alembic does by default.

Server defaults, named CHECKs and the values of enum types are compared as well, whatever env.py says.
"""

import re
import traceback
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from alembic.autogenerate import produce_migrations
from alembic.operations import ops
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import CheckConstraint, Column, Enum, MetaData

from ...messages.failures import WorkerError
from ...messages.values import WorkerSettings
from ..run.aim import NOT_A_FAILURE
from ..run.steps import sql
from ..scripts import at_home, configuration, scripts
from . import check_constraints, enums
from .names import default_name, named

_PLUGINS = ("alembic.autogenerate.*", "alembic.ext.checkconstraint_byname")


@dataclass(frozen=True)
class Difference:
    """What the models have that the database lacks, and the other way round."""

    operations: list[ops.MigrateOperation]
    enums: list[enums.Change]
    tables: frozenset[str]
    not_on_postgresql: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.operations or self.enums)

    def told(self) -> list[str]:
        """Each difference in words."""
        return [*(told(diff) for diff in ops.UpgradeOps(self.operations).as_diffs()), *(e.told() for e in self.enums)]


def difference(settings: WorkerSettings, script: ScriptDirectory | None = None) -> Difference:
    """Compare the models with the settings' database, which stands at head.

    Raises:
        MigrationError: env.py gives no models, or could not be run.
    """
    found: list[Difference] = []
    written = history_sql(settings, script)

    def look(_revision: Any, context: MigrationContext) -> list[Any]:
        found.append(compare(context, written))
        return []

    config = configuration(settings)
    with at_home(settings):
        try:
            directory = script or scripts(config, settings)
            with EnvironmentContext(config, directory, fn=look):
                directory.run_env()
        except CommandError as error:
            raise WorkerError("migration", f"Alembic says: {error}", hint="nox -s db_status") from error
        except (*NOT_A_FAILURE, WorkerError):
            raise
        except BaseException as error:  # whatever env.py or the models raise, SystemExit too
            raise models_error(error) from error
    if not found:
        raise WorkerError("migration", "env.py ran no migrations, so there is nothing to compare.", hint="Mend env.py")
    return Difference(
        [op for one in found for op in one.operations],
        [change for one in found for change in one.enums],
        frozenset().union(*(one.tables for one in found)),
        frozenset().union(*(one.not_on_postgresql for one in found)),
    )


def models_error(error: BaseException) -> WorkerError:
    """What env.py or the models raised, and where."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return WorkerError(
        "migration",
        f"env.py or the models fail: {type(error).__name__}: {error}",
        checked=[f"{last.filename}:{last.lineno}: {last.line}"],
        hint="Mend it; then: nox -s check",
    )


def compare(context: MigrationContext, written: str) -> Difference:
    """Compare what env.py has configured; `written` is the SQL that tells what enum types SQLite has."""
    metadata = models_of(context)
    plugins = [*context.opts.get("autogenerate_plugins", ()), *_PLUGINS]
    closer = {
        **context.opts,
        "autogenerate_plugins": list(dict.fromkeys(plugins)),
        "compare_server_default": context.opts.get("compare_server_default") or True,
    }
    near = MigrationContext.configure(connection=context.connection, opts=closer)
    produced = produce_migrations(near, context.opts["target_metadata"])
    assert produced.upgrade_ops is not None  # noqa: S101 (produce_migrations always sets it; its type does not say so)
    needless = check_constraints.not_on_postgresql(metadata)
    ignored = needless if context.dialect.name == "postgresql" else frozenset()
    operations = _without(produced.upgrade_ops.ops, _unnamed_checks(metadata), ignored)
    operations.extend(check_constraints.changed_values(context, metadata))
    types = _types(context, written)
    changes = [] if types is None else _enums(metadata, operations, types, written)
    if context.dialect.name == "sqlite":
        needless |= set(check_constraints.left_by_types(flat(operations), types or ()))
    return Difference(operations, changes, _tables(metadata), needless)


def models_of(context: MigrationContext) -> list[MetaData]:
    """The metadata that env.py has configured, one or several.

    Raises:
        MigrationError: it has configured none.
    """
    target = context.opts.get("target_metadata")
    if target is None:
        raise WorkerError(
            "migration",
            "env.py gives Alembic no models: target_metadata is not set.",
            hint="In env.py: target_metadata = SQLModel.metadata, passed to context.configure()",
        )
    return list(target) if isinstance(target, Sequence) else [target]


def history_sql(settings: WorkerSettings, script: ScriptDirectory | None = None) -> str:
    """What the whole history would run on PostgreSQL: it tells SQLite's enum types.

    Empty on PostgreSQL, which can be asked itself, and where the history cannot be written without a database.
    """
    if settings.engine != "sqlite":
        return ""
    try:
        return sql(settings.on_no_server(), "head", script=script)
    except WorkerError:
        return ""


def told(diff: Any) -> str:
    """One difference in words, as in "add_column resource.phone"."""
    if isinstance(diff, list):  # the changes of one column come as a list
        return "; ".join(told(part) for part in diff)
    kind, *rest = diff
    table = getattr(getattr(rest[0], "table", None), "name", None) if rest else None
    names = [str(getattr(part, "name", part)) for part in rest if isinstance(part, str) or hasattr(part, "name")]
    return f"{kind} {'.'.join([table, *names] if table else names)}"


def flat(operations: Iterable[ops.MigrateOperation]) -> Iterator[ops.MigrateOperation]:
    """The operations without their grouping by table."""
    for op in operations:
        if isinstance(op, ops.OpContainer):
            yield from flat(op.ops)
        else:
            yield op


def _tables(metadata: Iterable[MetaData]) -> frozenset[str]:
    return frozenset(name for data in metadata for name in data.tables)


def _unnamed_checks(metadata: Sequence[MetaData]) -> set[str]:
    """What PostgreSQL calls the CHECKs that the models gave no name."""
    return {
        default_name(constraint)
        for data in metadata
        for table in data.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint) and not isinstance(constraint.name, str)
    }


def _without(
    operations: list[ops.MigrateOperation], unnamed: Collection[str], ignored: Collection[str]
) -> list[ops.MigrateOperation]:
    """Leave out CHECKs that differ only because PostgreSQL has named them, and those that this engine does without."""

    def kept(op: ops.MigrateOperation) -> bool:
        if isinstance(op, ops.CreateCheckConstraintOp):
            return op.constraint_name not in ignored
        if isinstance(op, ops.DropConstraintOp) and op.constraint_type == "check" and named(op):
            return re.sub(r"\d+$", "", str(op.constraint_name)) not in unnamed
        return True

    for op in operations:
        if isinstance(op, ops.ModifyTableOps):
            op.ops = [part for part in op.ops if kept(part)]
    return [op for op in operations if not isinstance(op, ops.ModifyTableOps) or op.ops]


def _types(context: MigrationContext, written: str) -> enums.Types | None:
    """The enum types of the database; None where nothing here tells them."""
    if context.dialect.name == "postgresql" and context.connection is not None:
        return enums.in_database(context.connection)
    return enums.in_sql(written) if written else None


def _enums(
    metadata: Sequence[MetaData], operations: Sequence[ops.MigrateOperation], database: enums.Types, written: str
) -> list[enums.Change]:
    new, gone = set(), []
    for op in flat(operations):
        if isinstance(op, ops.AddColumnOp):
            new.add((op.table_name, op.column.name))
        elif isinstance(op, ops.CreateTableOp):
            new.update((op.table_name, column.name) for column in op.to_table().columns)
        elif isinstance(op, ops.DropColumnOp):
            gone.append(op.to_column())
        elif isinstance(op, ops.DropTableOp):
            gone.extend(op.to_table().columns)
    unused = {name for name in database for column in gone if _used(column, name, written)}
    return enums.changes(database, metadata, new, unused)


def _used(column: Column[Any], name: str, written: str) -> bool:
    """Was the column of this enum type? SQLite has forgotten, the history's statements have not."""
    kind = column.type
    return (isinstance(kind, Enum) and kind.name == name) or bool(re.search(rf'\b{column.name}"? "?{name}\b', written))
