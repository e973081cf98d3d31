"""What the names in a Python file stand for, as far as the file alone tells it."""

import ast
from collections import Counter
from collections.abc import Mapping


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
