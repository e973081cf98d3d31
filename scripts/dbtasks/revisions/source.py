"""What a revision destroys when it is applied, read from its source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

_DROPS = {"drop_table", "drop_column"}
_SUSPICIOUS = re.compile(r"drop|truncate", re.IGNORECASE)
_DROPPING_SQL = re.compile(r"\b(DROP\s+TABLE|DROP\s+COLUMN|TRUNCATE)\b", re.IGNORECASE)


def destroyed(file: Path) -> list[str]:
    """The operations of an upgrade that take data away, as in "drop_column('book', 'pages')".

    Every function but downgrade() counts, since upgrade() may call it.
    """
    source = file.read_text(encoding="utf-8")
    if not _SUSPICIOUS.search(source):
        return []  # most revisions; parsing all of a long history would take longer than running it
    found: dict[str, None] = {}
    for node in ast.parse(source).body:
        if not (isinstance(node, ast.FunctionDef) and node.name == "downgrade"):
            found.update(dict.fromkeys(_drops(node)))
    return list(found)


def _drops(top: ast.stmt) -> Iterator[str]:
    docstrings = {id(node.value) for node in ast.walk(top) if isinstance(node, ast.Expr)}
    for node in ast.walk(top):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _DROPS:
            yield f"{node.func.attr}({', '.join(ast.unparse(argument) for argument in node.args)})"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            statement = _DROPPING_SQL.search(node.value)
            if statement:
                yield " ".join(statement.group().upper().split())
