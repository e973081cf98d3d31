"""What a revision may destroy or overwrite when it is run, read from its source without running it.

A revision is additive when every call it makes is on an allow-list; what is not counts as a loss, with its line.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

from dbtasks.project.messages import additive_sql
from dbtasks.revisions import import_time, module_names, operations, syntax
from dbtasks.revisions.module_names import ModuleNames
from dbtasks.urls import Engine

_SIMPLE = (
    ast.Pass, ast.Return, ast.Raise, ast.Assert, ast.Break, ast.Continue, ast.Import, ast.ImportFrom, ast.Expr,
    ast.Assign, ast.AnnAssign, ast.AugAssign,
)  # fmt: skip
_UNREADABLE_PARTS = (ast.Lambda, ast.Await, ast.Yield, ast.YieldFrom)


@dataclass(frozen=True)
class Effects:
    """What a revision does by itself, whatever code the database runs besides.

    Args:
        losses: what it may take away or overwrite, as in "update of resource, line 23"; nothing when it only adds.
        rows: whether it adds or reads rows, and not only definitions.
    """

    losses: tuple[str, ...]
    rows: bool = True


def read_effects(file: Path, *, function: str = "upgrade", engine: Engine | None = None) -> Effects:
    """Read what a revision does.

    Args:
        file: the revision.
        function: upgrade or downgrade.
        engine: on which it is going to run; None when that is not known, so that it has to be additive on both.
    """
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError) as error:
        return Effects((f"{file.name} cannot be read: {error}",))
    return _Reader(tree, engine).read(function)


class _Reader:
    """Follows one function of a revision, and all functions of the same file that it calls."""

    def __init__(self, tree: ast.Module, engine: Engine | None) -> None:
        self._tree = tree
        self._engine = engine
        self._found: dict[str, None] = {}
        self._names = ModuleNames(tree)
        self._rows = False
        self._batches: dict[str, str] = {}  # the variable of a batch -> its table
        self._followed: set[str] = set()
        self._executed: set[int] = set()  # what is handed to execute() is judged there

    def read(self, function: str) -> Effects:
        """The effects of the function, its losses in the order of the file's execution."""
        known = {"*", *self._names.modules, *operations.BUILTINS, *self._names.functions}
        ambiguous = module_names.written(self._tree) & known
        if ambiguous:
            return Effects((f"{min(ambiguous)} may mean something else in it",))
        if function not in self._names.functions:
            return Effects((f"{function}() is not written in the file",))
        for what, node in import_time.find_code(self._tree):
            self._lose(f"{what} that is not followed", node)
        for statement in self._tree.body:
            if not isinstance(statement, ast.FunctionDef):
                self._statement(statement)
        self._follow(function)
        return Effects(tuple(self._found), self._rows)

    def _follow(self, name: str) -> None:
        if name in self._followed:
            return
        self._followed.add(name)
        function = self._names.functions[name]
        defaults = (*function.args.defaults, *(part for part in function.args.kw_defaults if part is not None))
        for default in defaults:
            self._expression(default)
        self._block(function.body)

    def _block(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.If | ast.For):
            self._expression(statement.test if isinstance(statement, ast.If) else statement.iter)
            self._block([*statement.body, *statement.orelse])
        elif isinstance(statement, ast.ClassDef):  # calls of it are not followed, and so count
            self._block([part for part in statement.body if not isinstance(part, ast.FunctionDef)])
        elif isinstance(statement, ast.With):
            for item in statement.items:
                self._context(item)
            if any(syntax.is_autocommit(item) for item in statement.items) and not self._only_builds_indexes(statement):
                self._lose("a commit on the way", statement)
            self._block(statement.body)
        elif isinstance(statement, _SIMPLE):
            self._expression(statement)
        else:
            self._lose(f"{syntax.kind(statement)} that is not followed", statement)

    def _context(self, item: ast.withitem) -> None:
        call = item.context_expr
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            self._lose("a with block that is not followed", call)
        elif self._names.name_of(call.func) == "alembic.op.batch_alter_table":
            self._batch(call, item.optional_vars)
        elif call.func.attr != "autocommit_block":
            self._lose("a with block that is not followed", call)

    def _only_builds_indexes(self, block: ast.With) -> bool:
        """Is the block all that its function does, and does it build indexes only? Those can be built again."""
        alone = any(
            [part for part in function.body if not syntax.says_nothing(part)] == [block]
            for function in self._names.functions.values()
        )
        return alone and all(self._builds_an_index(part) for part in block.body)

    def _builds_an_index(self, part: ast.stmt) -> bool:
        if not isinstance(part, ast.Expr) or not isinstance(part.value, ast.Call):
            return False
        call = part.value
        if isinstance(call.func, ast.Attribute) and self._names.name_of(call.func) == "alembic.op.create_index":
            return True
        text = self._names.text_of(call.args[0] if call.args else None) or ""
        return " ".join(text.upper().split()).startswith(
            ("CREATE INDEX CONCURRENTLY", "CREATE UNIQUE INDEX CONCURRENTLY")
        )

    def _batch(self, call: ast.Call, variable: ast.expr | None) -> None:
        for part in (*call.args, *call.keywords):
            self._expression(part)
        table = self._names.text_of(call.args[0] if call.args else None) or "a table"
        if any(keyword.arg in {None, "recreate", "copy_from"} for keyword in call.keywords):
            self._lose(f"rebuild of {table}", call)
        if isinstance(variable, ast.Name):
            self._batches[variable.id] = table

    def _expression(self, top: ast.AST) -> None:
        called = {id(node.func) for node in ast.walk(top) if isinstance(node, ast.Call)}
        for node in ast.walk(top):
            if isinstance(node, _UNREADABLE_PARTS):
                self._lose(f"{syntax.kind(node)} that is not followed", node)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
                self._lose(f"a change of {ast.unparse(node)}", node)
            elif isinstance(node, ast.Attribute) and id(node) not in called and self._is_operation(node):
                self._lose(f"{ast.unparse(node)}, called by something else", node)
            elif isinstance(node, ast.Constant) and node.value == additive_sql.VERSION_TABLE:
                self._lose(additive_sql.VERSION_TABLE, node)
            elif isinstance(node, ast.Call):
                self._call(node)

    def _call(self, call: ast.Call) -> None:
        name = self._names.name_of(call.func)
        root, _, last = name.rpartition(".")
        if isinstance(call.func, ast.Attribute):
            last = call.func.attr
        self._rows |= last == "bulk_insert"
        if last in operations.TAKING_EXPRESSIONS and id(call) not in self._executed:
            self._expressions(call, may_be_executed=last == "text")
        if root == "alembic.op" and last in operations.ADDING:
            self._adding(call, last)
        elif root in self._batches:
            self._in_batch(call, last, self._batches[root])
        elif last in operations.EXECUTING and (root == "alembic.op" or isinstance(call.func, ast.Attribute)):
            self._sql(call)
        elif name in self._names.functions:
            self._follow(name)
        elif not self._is_harmless(call, name):
            self._lose(operations.words(last, call.args) if last else "a call of what another call returns", call)

    def _expressions(self, call: ast.Call, *, may_be_executed: bool) -> None:
        """SQL expressions, which the database computes at once for the rows that are there."""
        for part in syntax.arguments(call):
            if isinstance(part, ast.JoinedStr | ast.BinOp):
                self._lose("SQL that is put together when it runs", part)
            text = self._names.text_of(part) or ""
            for what in additive_sql.expression_losses(text, may_be_executed=may_be_executed):
                self._lose(what, part)

    def _adding(self, call: ast.Call, name: str) -> None:
        if name != "bulk_insert":
            self._require_one_statement(call)
        if name == "add_column" and not operations.is_additive_column(
            syntax.argument(call, 1, "column"), rebuilds=False
        ):
            self._lose(operations.words(name, call.args), call)

    def _require_one_statement(self, call: ast.Call) -> None:
        strings = {str(node.value) for node in ast.walk(call) if isinstance(node, ast.Constant)}
        if any(map(additive_sql.is_several, strings)):
            self._lose(additive_sql.NOT_UNDERSTOOD, call)

    def _in_batch(self, call: ast.Call, name: str, table: str) -> None:
        if name in operations.LOOKING:
            return
        rebuilds = self._engine != "postgres"
        if name in operations.ADDING:
            self._require_one_statement(call)
        is_adding = name in (operations.WITHOUT_REBUILD if rebuilds else operations.ADDING)
        if name == "add_column":
            is_adding = operations.is_additive_column(syntax.argument(call, 0, "column"), rebuilds=rebuilds)
        if not is_adding:
            rebuilt = rebuilds and name in operations.ADDING
            self._lose(f"rebuild of {table} on SQLite" if rebuilt else operations.words(name, call.args, table), call)

    def _sql(self, call: ast.Call) -> None:
        self._rows = True
        value = call.args[0] if call.args else None
        self._executed.add(id(value))
        text = self._names.text_of(value)
        if text is None and syntax.is_insert(value):
            return
        for what in ("SQL that is put together when it runs",) if text is None else additive_sql.losses(text):
            self._lose(what, call)

    def _is_harmless(self, call: ast.Call, name: str) -> bool:
        root, _, last = name.rpartition(".")
        top = name.partition(".")[0]
        if top == "alembic":
            return last in operations.LOOKING
        if top in {"sqlalchemy", "sqlmodel"}:
            describes = last[:1].isupper() and last not in operations.CONNECTING
            is_function = ".func." in f"{root}."
            return additive_sql.is_known_function(last) if is_function else describes or last in operations.EXPRESSIONS
        if top in operations.STANDARD_LIBRARY and name != top:
            return True
        if isinstance(call.func, ast.Name):
            return name in operations.BUILTINS
        if top in {module.partition(".")[0] for module in self._names.modules.values()} or not isinstance(
            call.func, ast.Attribute
        ):
            return False
        return call.func.attr in operations.METHODS or (
            call.func.attr == "create" and operations.is_schema_item(self._names, call.func.value)
        )

    def _is_operation(self, node: ast.Attribute) -> bool:
        return self._names.name_of(node).startswith("alembic.op.") or node.attr in operations.EXECUTING

    def _lose(self, what: str, node: ast.AST) -> None:
        self._found[f"{what}, line {getattr(node, 'lineno', 1)}"] = None
