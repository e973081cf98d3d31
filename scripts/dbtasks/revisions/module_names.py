"""What the names in a Python file stand for, as far as the file alone tells it."""

import ast
from collections import Counter
from collections.abc import Mapping

_TEXT = {"sqlalchemy.text", "sqlalchemy.sql.text", "sqlmodel.text"}


class ModuleNames:
    """The functions, imports and values of one file, by name.

    Args:
        tree: of the file.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        self.modules = imported(tree)
        self._assigned = assigned_once(tree)

    def name_of(self, function: ast.expr) -> str:
        """The dotted name of what is called, from the module it was imported from; empty where it has none."""
        parts: list[str] = []
        while isinstance(function, ast.Attribute):
            parts.append(function.attr)
            function = function.value
        if not isinstance(function, ast.Name):
            return ""
        return ".".join((self.modules.get(function.id, function.id), *reversed(parts)))

    def value_of(self, value: ast.expr | None) -> ast.expr | None:
        """What is written for a name that has one meaning in the file; anything else as it is."""
        return self._assigned.get(value.id) if isinstance(value, ast.Name) else value

    def text_of(self, value: ast.expr | None) -> str | None:
        """A string that is written in the file."""
        value = self.value_of(value)
        if isinstance(value, ast.Call) and self.name_of(value.func) in _TEXT and value.args:
            value = self.value_of(value.args[0])
        return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def imported(tree: ast.Module) -> Mapping[str, str]:
    """Each imported name and what it stands for."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update({part.asname or part.name.partition(".")[0]: part.asname and part.name for part in node.names})
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found.update({part.asname or part.name: f"{module}.{part.name}" for part in node.names})
    return {name: module or name for name, module in found.items()}


def written(tree: ast.Module) -> set[str]:
    """The names that are given a value in some other way than by an import or a top function."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.ClassDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ImportFrom):
            found.update(part.name for part in node.names if part.name == "*")
    return found


def assigned_once(tree: ast.Module) -> Mapping[str, ast.expr]:
    """What is written for each name that has one meaning in the whole file."""
    times: Counter[str] = Counter()
    found: dict[str, ast.expr] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            times[node.id] += 1
        elif isinstance(node, ast.arg):
            times[node.arg] += 2
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            found[node.target.id] = node.value
    return {name: value for name, value in found.items() if times[name] == 1}
