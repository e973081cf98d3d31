"""The example project that the state machine works on: a shop in git, with two branches and seeds.

main       a1 create book - a2 add pages - a3 overwrite the titles - a4 index, in an autocommit block
feature    a1 - a2 - f3 create shelf
both       all of them: two heads
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

LINEAR = Path(__file__).parent.parent / "examples" / "linear"
PARENTS = {"a1": "", "a2": "a1", "a3": "a2", "a4": "a3", "f3": "a2"}
BRANCHES = {"main": ("a1", "a2", "a3", "a4"), "feature": ("a1", "a2", "f3")}
HEADS = {"main": "a4", "feature": "f3"}
COMMITS_ON_THE_WAY = "a4"
IDENTITY = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")

_UP = {
    "a1": 'op.create_table("book", sa.Column("id", sa.Integer, primary_key=True), sa.Column("title", sa.String(80)))',
    "a2": 'op.add_column("book", sa.Column("pages", sa.Integer))',
    "a3": 'op.execute("UPDATE book SET title = upper(title)")',
    "a4": """op.execute("UPDATE book SET pages = 0 WHERE pages IS NULL")
    with op.get_context().autocommit_block():
        op.create_index("book_title", "book", ["title"], postgresql_concurrently=True, if_not_exists=True)""",
    "f3": 'op.create_table("shelf", sa.Column("id", sa.Integer, primary_key=True), sa.Column("room", sa.String(20)))',
}
_DOWN = {
    "a1": 'op.drop_table("book")',
    "a2": 'op.drop_column("book", "pages")',
    "a3": 'op.execute("UPDATE book SET title = lower(title)")',
    "a4": """with op.get_context().autocommit_block():
        op.drop_index("book_title", "book", postgresql_concurrently=True, if_exists=True)""",
    "f3": 'op.drop_table("shelf")',
}
_SEEDS = '''"""Two books; what people did to them is overwritten."""

import os
import sqlite3
import sys
from contextlib import closing
from urllib.parse import unquote

sys.excepthook = lambda *failure: print(failure[1], file=sys.stderr)
TITLES = ((1, "Emma"), (2, "Ulysses"))
url = os.environ["DATABASE_URL"].partition("?")[0]
if url.startswith("sqlite"):
    connection, sign = sqlite3.connect(unquote(url.removeprefix("sqlite:///")), timeout=20), "?"
else:
    import psycopg2

    connection, sign = psycopg2.connect(url.replace("+psycopg2", "")), "%s"
with closing(connection):
    for row in TITLES:
        connection.cursor().execute(
            f"INSERT INTO book (id, title) VALUES ({sign}, {sign})"
            " ON CONFLICT (id) DO UPDATE SET title = excluded.title",
            row,
        )
    connection.commit()
'''
_SETTINGS = """[tool.dbtasks]
project = "shop"
seed-command = "python seeds.py"
seed-sources = ["seeds.py"]
serve-command = "python -c pass"
keep-undo = {limit}
keep-templates = 8
"""


KEEP_UNDO = 100  # which no sequence reaches


def set_limit(root: Path, limit: int) -> None:
    """Let the project keep no more than so many former states."""
    (root / "pyproject.toml").write_text(_SETTINGS.format(limit=limit))


def make_project(root: Path) -> None:
    """Write the project into a folder that is not there yet, in git, on main."""
    shutil.copytree(LINEAR, root, ignore=shutil.ignore_patterns("__pycache__", "versions", "pyproject.toml"))
    set_limit(root, KEEP_UNDO)
    (root / "seeds.py").write_text(_SEEDS)
    (root / ".env.example").write_text("DATABASE_URL=sqlite:///shop.db\n")
    (root / ".gitignore").write_text("*.db\n.*.dbtasks/\n__pycache__/\n.env\n/beside/\n/link\n*.db-*\n*.export\n")
    run_git(root, "init", "--quiet", "--initial-branch=main")
    commit(root, BRANCHES["feature"][:2], "start")
    for branch, revisions in (("feature", BRANCHES["feature"]), ("both", PARENTS), ("main", BRANCHES["main"])):
        run_git(root, "switch", "--quiet", *(() if branch == "main" else ("--create",)), branch)
        commit(root, revisions, branch)


def commit(root: Path, revisions: Iterable[str], message: str) -> None:
    """Write revisions and commit them."""
    write_revisions(root / "migrations" / "versions", revisions)
    run_git(root, "add", ".")
    run_git(root, *IDENTITY, "commit", "--quiet", f"--message={message}")


def write_revisions(folder: Path, revisions: Iterable[str]) -> None:
    """Write the files of some revisions."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in revisions:
        (folder / f"{name}.py").write_text(
            f'"""step {name}."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\nrevision = "{name}"\n'
            f"down_revision = {PARENTS[name] or None!r}\n\n\n"
            f"def upgrade() -> None:\n    {_UP[name]}\n\n\ndef downgrade() -> None:\n    {_DOWN[name]}\n"
        )


def run_git(root: Path, *words: str) -> str:
    """Run git in the project, with no settings but the repository's own."""
    done = subprocess.run(["git", *words], cwd=root, env=git_environment(), capture_output=True, text=True, check=True)
    return done.stdout


def git_environment() -> Mapping[str, str]:
    """Variables under which git reads no configuration of this machine's user."""
    return {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


if __name__ == "__main__":
    make_project(Path(sys.argv[1]))
