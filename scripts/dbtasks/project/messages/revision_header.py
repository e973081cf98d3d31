"""What the file of a revision says of itself at its top, read without running it."""

import ast


def assigned_names(node: ast.stmt) -> set[str]:
    """The names that a statement at the top of a module assigns."""
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets if isinstance(target, ast.Name)}
    if isinstance(node, ast.AnnAssign) and node.value is not None and isinstance(node.target, ast.Name):
        return {node.target.id}
    return set()


def read_ids(tree: ast.Module, name: str) -> tuple[str, ...]:
    """The ids that `revision`, `down_revision` or `depends_on` names; none where it is None or not there.

    Raises:
        ValueError: it is computed.
    """
    for node in reversed(tree.body):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and name in assigned_names(node):
            value = ast.literal_eval(node.value)
            return (value,) if isinstance(value, str) else tuple(value or ())
    return ()


def first_line(text: str | None) -> str:
    """The message of a revision, from its docstring."""
    return (text or "").strip().partition("\n")[0].rstrip(".")
