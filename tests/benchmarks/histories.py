"""Generated projects of any length and size, to see how figures grow."""

import shutil
from pathlib import Path

EXAMPLE = Path(__file__).parent.parent / "examples" / "linear"
REVISION = '''"""Step {number}."""

import sqlalchemy as sa
from alembic import op

revision = "r{number:04}"
down_revision = {parent!r}


def upgrade() -> None:
    {up}


def downgrade() -> None:
    {down}
'''
SEEDS = """
import os
from sqlalchemy import create_engine, text

url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg2://")
numbers = {numbers!r}
with create_engine(url).begin() as connection:
    connection.execute(text("INSERT INTO book (title, pages) SELECT 'Book ' || n, n % 900 FROM " + numbers))
"""
POSTGRES_NUMBERS = "generate_series(1, {rows}) AS n"


def generate(root: Path, url: str, *, revisions: int, rows: int) -> Path:
    """Write a project whose history makes a table and then changes it step by step.

    Args:
        root: the folder to make.
        url: what plain Alembic finds in alembic.ini.
        revisions: how many; the first creates the table, the others add and drop a column in turns.
        rows: how many its seeds insert, by SQL (PostgreSQL).
    """
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("versions", "__pycache__"))
    with (root / "alembic.ini").open("a") as file:
        file.write(f"sqlalchemy.url = {url.replace('%', '%%')}\n")
    versions = root / "migrations" / "versions"
    versions.mkdir()
    with (root / "pyproject.toml").open("a") as file:
        file.write('seed-command = "python seeds.py"\nseed-sources = ["seeds.py"]\n')
    (root / "seeds.py").write_text(SEEDS.format(numbers=POSTGRES_NUMBERS.format(rows=rows)))
    for number in range(1, revisions + 1):
        up, down = _step(number)
        parent = f"r{number - 1:04}" if number > 1 else None
        text = REVISION.format(number=number, parent=parent, up=up, down=down)
        (versions / f"r{number:04}.py").write_text(text)
    return root


def _step(number: int) -> tuple[str, str]:
    if number == 1:
        columns = ", ".join(
            f'sa.Column("{name}", sa.{kind})' for name, kind in (("title", "String"), ("pages", "Integer"))
        )
        key = 'sa.Column("id", sa.Integer, primary_key=True)'
        return f'op.create_table("book", {key}, {columns})', 'op.drop_table("book")'
    add = f'op.add_column("book", sa.Column("c{number // 2 * 2}", sa.Integer))'
    drop = f'op.drop_column("book", "c{number // 2 * 2}")'
    return (add, drop) if number % 2 == 0 else (drop, add)
