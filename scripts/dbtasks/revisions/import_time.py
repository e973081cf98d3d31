"""What a revision may do when it is imported, before upgrade() is called."""

import ast
import sys
from collections.abc import Iterator

_KNOWN = {"alembic", "sqlalchemy", "sqlmodel", "geoalchemy2", "pgvector", "sqlalchemy_utils"} | sys.stdlib_module_names
# Classes that run nothing of their own when an object of them is used by Alembic.
_PLAIN_BASES = {"Enum", "IntEnum", "NamedTuple", "StrEnum", "TypedDict", "int", "object", "str"}
_MAKING = {"__init__", "__repr__", "__str__"}


def find_code(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """What of it is not followed, in words, with its place: modules of the project, decorators, classes with a hook."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((f"the code of {name}", node) for name in _modules(node) if name.split(".")[0] not in _KNOWN)
        elif isinstance(node, ast.FunctionDef) and node.decorator_list:
            yield f"the decorator of {node.name}()", node
        elif isinstance(node, ast.ClassDef):
            yield from _hooks(node)


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [part.name for part in node.names]
    return ["." * node.level + (node.module or "")]


def _hooks(node: ast.ClassDef) -> Iterator[tuple[str, ast.AST]]:
    bases = {base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases}
    if bases - _PLAIN_BASES or node.keywords or node.decorator_list:
        yield f"the class {node.name}", node
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.name.startswith("__") and method.name not in _MAKING:
            yield f"{node.name}.{method.name}()", method
