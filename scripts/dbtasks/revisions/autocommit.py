"""Does a revision commit on the way, so that a kill inside it leaves something half done? Read from its source."""

import ast
from pathlib import Path

_NAMES = {"autocommit_block", "AUTOCOMMIT"}


def commits_on_the_way(file: Path) -> bool:
    """Is there an autocommit block, an isolation level of AUTOCOMMIT, or a commit in the file?

    A file that cannot be read or parsed does, for all that is known.

    Args:
        file: the revision's source.
    """
    try:
        source = file.read_bytes()
        if not any(name.encode() in source for name in (*_NAMES, "commit")):
            return False
        return any(_commits(node) for node in ast.walk(ast.parse(source)))
    except (OSError, SyntaxError, ValueError):
        return True


def _commits(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and node.value in _NAMES
    if isinstance(node, ast.Attribute):
        return node.attr in {*_NAMES, "commit"}
    return False
