"""Alembic does not detect my change: find the models that env.py never imports.

The files are read, not run: a model is a class with `table=True` or a `__tablename__`.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dbtasks.pyproject import Project


@dataclass(frozen=True)
class Missing:
    """A model whose table the metadata lacks; the line is what env.py has to say."""

    name: str
    table: str
    file: Path
    line: str

    def __str__(self) -> str:
        return f"{self.name} ({self.file}) is not imported by env.py; add there: {self.line}"


def missing(project: Project, tables: Iterable[str]) -> list[Missing]:
    """The models that are defined but not in the metadata; none where the project does not name their package."""
    known = {table.rpartition(".")[2] for table in tables}
    return [model for model in _defined(project) if model.table not in known]


def _defined(project: Project) -> Iterator[Missing]:
    place = _place(project)
    if place is None:
        return
    files = sorted(place.rglob("*.py")) if place.is_dir() else [place]
    for file in files:
        module = ".".join(
            (project.models, *file.relative_to(place).with_suffix("").parts) if place.is_dir() else (project.models,)
        )
        module = module.removesuffix(".__init__")
        try:
            tree = ast.parse(file.read_bytes())
        except SyntaxError:
            continue  # whoever imports it is told by Python
        for node in ast.walk(tree):
            table = _table(node) if isinstance(node, ast.ClassDef) else None
            if isinstance(node, ast.ClassDef) and table is not None:
                yield Missing(node.name, table, file, f"from {module} import {node.name}")


def _place(project: Project) -> Path | None:
    """The folder or file of the package, looked for where the project's programs run."""
    if not project.models:
        return None
    path = Path(*project.models.split("."))
    for base in (project.working_directory, project.alembic_ini.parent, project.root, project.root / "src"):
        for found in (base / path, (base / path).with_suffix(".py")):
            if found.exists():
                return found
    return None


def _table(node: ast.ClassDef) -> str | None:
    """The name of the table that a class maps, None where it maps none."""
    for part in node.body:
        targets = (
            part.targets if isinstance(part, ast.Assign) else [part.target] if isinstance(part, ast.AnnAssign) else []
        )
        if any(isinstance(target, ast.Name) and target.id == "__tablename__" for target in targets):
            value = part.value if isinstance(part, (ast.Assign, ast.AnnAssign)) else None
            return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
    mapped = any(
        keyword.arg == "table" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        for keyword in node.keywords
    )
    return node.name.lower() if mapped else None
