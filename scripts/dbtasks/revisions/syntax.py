"""What the syntax tree of a revision shows by itself, without the names that its file imports."""

import ast
from collections.abc import Iterator


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """The argument of a call that may be given by its position or by its name."""
    if len(call.args) > position:
        return call.args[position]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def kind(node: ast.AST) -> str:
    """What a node is, in words."""
    return f"a {type(node).__name__.lower()} statement"


def is_autocommit(item: ast.withitem) -> bool:
    """Does this item of a with statement open Alembic's autocommit block?"""
    call = item.context_expr
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "autocommit_block"


def says_nothing(part: ast.stmt) -> bool:
    """Is it a statement that does nothing: a pass, or a docstring?"""
    return isinstance(part, ast.Pass) or (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))


def is_insert(value: ast.expr | None) -> bool:
    """Is it table.insert() or sa.insert(table), with values and without a query or an update on conflict?"""
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        if value.func.attr == "insert":
            return True
        if value.func.attr not in {"values", "on_conflict_do_nothing"}:
            return False
        value = value.func.value
    return False


def arguments(call: ast.Call) -> Iterator[ast.expr]:
    """All that is handed to a call, tuples and lists by their elements."""
    for part in (*call.args, *(keyword.value for keyword in call.keywords)):
        yield from part.elts if isinstance(part, ast.Tuple | ast.List) else [part]
