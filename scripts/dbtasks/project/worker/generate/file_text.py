"""The text of a new revision: imports that its template had no place for, and the form of a data migration."""

import ast
from collections.abc import Sequence

# Ranges of the primary key, because PostgreSQL has no UPDATE ... LIMIT; both engines understand all of it.
_DATA = """
# A batch is a range of primary keys, committed by itself: rows are locked for a moment, and an interrupted
# run keeps what it did. Touch only rows that still need it, so that it can be run again.
TABLE = "name_of_table"
FORTH = f"UPDATE {TABLE} SET new_column = old_column WHERE new_column IS NULL"
BACK = f"UPDATE {TABLE} SET new_column = NULL WHERE new_column IS NOT NULL"
BATCH = 5_000
END_OF_BATCH = f"SELECT max(id) FROM (SELECT id FROM {TABLE} WHERE id > :last ORDER BY id LIMIT :size) AS ids"

"""
_IN_BATCHES = '''

def in_batches(update):
    """Run an UPDATE that has a WHERE once for each range of primary keys."""
    if context.is_offline_mode():  # --sql cannot look for ranges
        op.execute(update)
        return
    batch = sa.text(f"{update} AND id > :last AND id <= :end")
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        last = connection.scalar(sa.text(f"SELECT min(id) - 1 FROM {TABLE}"))
        while (end := connection.scalar(sa.text(END_OF_BATCH), {"last": last, "size": BATCH})) is not None:
            connection.execute(batch, {"last": last, "end": end})
            last = end
'''
_CALLS = {"upgrade": "    in_batches(FORTH)\n", "downgrade": "    in_batches(BACK)\n"}


def with_imports(text: str, imports: Sequence[str]) -> str:
    """Add the imports that are not there, after the last one that is."""
    tree = ast.parse(text)
    brought = {
        (alias.asname or alias.name, getattr(node, "module", None))
        for node in tree.body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    lacking = [line for line in imports if not _names(line) <= brought]
    lines = text.splitlines(keepends=True)
    last = max(
        (node.end_lineno or 0 for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))), default=0
    )
    return "".join([*lines[:last], *(f"{line}\n" for line in lacking), *lines[last:]])


def as_data_migration(text: str) -> str:
    """Turn an empty revision into a data migration whose statements are to be filled in."""
    text = with_imports(text, ("import sqlalchemy as sa", "from alembic import op", "from alembic import context"))
    functions = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    lines = text.splitlines(keepends=True)
    for name in ("downgrade", "upgrade"):  # the lower one first, so that the other keeps its line numbers
        last = functions[name].body[-1]
        end = last.end_lineno or last.lineno
        lines[last.lineno - 1 if isinstance(last, ast.Pass) else end : end] = [_CALLS[name]]
    start = functions["upgrade"].lineno - 1
    return "".join([*lines[:start], _DATA, "\n", *lines[start:]]).rstrip("\n") + "\n" + _IN_BATCHES


def _names(line: str) -> set[tuple[str, str | None]]:
    node = ast.parse(line).body[0]
    assert isinstance(node, (ast.Import, ast.ImportFrom))  # noqa: S101 (only imports are handed in)
    return {(alias.asname or alias.name, getattr(node, "module", None)) for alias in node.names}
