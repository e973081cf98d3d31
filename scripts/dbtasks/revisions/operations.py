"""Which operations of Alembic and which calls of a revision only add: the allow-list that `source` reads with.

Thought through for both engines. What is not on a list counts as a possible loss.
"""

import ast
from collections.abc import Mapping, Sequence

from dbtasks.revisions.module_names import ModuleNames

# Make something that was not there, or fail: an operation that finds its name taken raises.
ADDING = frozenset(
    {
        "add_column", "bulk_insert", "create_check_constraint", "create_exclude_constraint", "create_foreign_key",
        "create_index", "create_primary_key", "create_table", "create_unique_constraint",
    }
)  # fmt: skip
# SQLite's ALTER TABLE can do these; for all others a batch builds the table anew, without its triggers,
# expression indexes, AUTOINCREMENT and unnamed CHECKs.
WITHOUT_REBUILD = frozenset({"add_column", "create_index"})
# Look, or name something.
LOOKING = frozenset({"f", "get_bind", "get_context", "get_x_argument", "inline_literal", "is_offline_mode"})

BUILTINS = frozenset(
    """abs bool bytes dict divmod enumerate float frozenset hash int isinstance len list max min range repr reversed
    round set sorted str sum tuple zip""".split()  # noqa: SIM905 (a list would be one word a line)
)
STANDARD_LIBRARY = frozenset(
    {"base64", "collections", "datetime", "decimal", "enum", "hashlib", "itertools", "json", "math", "re", "secrets",
     "string", "textwrap", "typing", "uuid"}
)  # fmt: skip
EXPRESSIONS = frozenset(
    """and_ bindparam case cast column desc asc distinct exists extract false func insert literal literal_column not_
    null or_ select table text true tuple_ type_coerce values""".split()  # noqa: SIM905 (as above)
)
# Classes of SQLAlchemy that open or use connections; all others describe something.
CONNECTING = frozenset({"AsyncEngine", "AsyncSession", "Connection", "Engine", "Inspector", "Session"})
# Methods that compute a value, or build an expression, of whatever object.
METHODS = frozenset(
    """append asc bindparams collate desc endswith extend format get insert isoformat items join keys label lower lstrip
    nulls_first nulls_last nullsfirst nullslast on_conflict_do_nothing replace rstrip split startswith strip title
    upper values with_variant zfill""".split()  # noqa: SIM905 (as above)
)
# What their create() makes in the database.
SCHEMA_ITEMS = frozenset({"DOMAIN", "ENUM", "Enum", "Index", "Sequence", "Table"})
EXECUTING = frozenset({"execute", "exec_driver_sql"})
# What is given a SQL expression as a string.
TAKING_EXPRESSIONS = frozenset(
    {"CheckConstraint", "Computed", "create_check_constraint", "create_exclude_constraint", "literal_column", "text"}
)
# Keywords of a column that SQLite's own ADD COLUMN understands.
_PLAIN_KEYWORDS = {"comment", "doc", "info", "nullable", "server_default"}

_WORDS = {
    "alter_column": "change of column {}",
    "batch_alter_table": "rebuild of {}",
    "create_table_comment": "change of the comment of {}",
    "drop_column": "drop of column {}",
    "drop_constraint": "drop of constraint {}",
    "drop_index": "drop of index {}",
    "drop_table": "drop of table {}",
    "drop_table_comment": "drop of the comment of {}",
    "rename_table": "rename of table {}",
    "execute": "SQL that is put together when it runs",
    "exec_driver_sql": "SQL that is put together when it runs",
}
_ON_COLUMNS = {"alter_column", "drop_column"}


def words(name: str, arguments: Sequence[ast.expr], table: str = "") -> str:
    """An operation as a person would name it, as in "drop of column book.pages".

    Args:
        name: of the operation or function.
        arguments: as it is called.
        table: of the batch that it is called on.
    """
    literals = [part.value for part in arguments if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    names = [table, *literals] if table else literals
    what = ".".join(names[:2]) if name in _ON_COLUMNS else "".join(literals[:1]) or table
    if name in _WORDS:
        return _WORDS[name].format(what or "something")
    return f"{name}() of {what}" if what else f"a call of {name}()"


def is_additive_column(column: ast.expr | None, *, rebuilds: bool) -> bool:
    """Can the column be added to a table with rows, and without building the table anew?

    Args:
        column: the argument of add_column.
        rebuilds: whether a default that is an expression makes a batch build the table anew, as on SQLite.
    """
    if not isinstance(column, ast.Call):
        return False
    keywords = {keyword.arg: keyword.value for keyword in column.keywords}
    default = keywords.get("server_default")
    has_default = default is not None and not (isinstance(default, ast.Constant) and default.value is None)
    parts = {
        part.func.attr for part in column.args if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)
    }
    if rebuilds and not _is_plain(column, keywords, has_default=has_default):
        return False
    if parts & {"Computed", "Identity"}:
        return True
    nullable = keywords.get("nullable")
    may_be_null = nullable is None or (isinstance(nullable, ast.Constant) and nullable.value is True)
    is_key = "primary_key" in keywords
    return None not in keywords and (has_default or (may_be_null and not is_key))


def _is_plain(column: ast.Call, keywords: Mapping[str | None, ast.expr], *, has_default: bool) -> bool:
    """Is it a name and a type, with nothing that makes a batch build the table anew on SQLite?"""
    if len(column.args) != 2:  # noqa: PLR2004 (the name and the type; whatever else is a constraint)
        return False
    inside = {part.arg for part in ast.walk(column.args[1]) if isinstance(part, ast.keyword)}
    is_constant = not has_default or isinstance(keywords["server_default"], ast.Constant)
    return is_constant and not inside & {None, "create_constraint"} and keywords.keys() <= _PLAIN_KEYWORDS


def is_schema_item(names: ModuleNames, value: ast.expr | None) -> bool:
    """Is it something whose create() makes it in the database?"""
    value = names.value_of(value)
    name = names.name_of(value.func) if isinstance(value, ast.Call) else ""
    return name.startswith("sqlalchemy.") and name.rpartition(".")[2] in SCHEMA_ITEMS
