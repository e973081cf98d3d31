import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dbtasks import cli
from tests.fixtures.projects import ROOT

SESSIONS = {  # where the name of a session is not that of its command
    "up", "down", "logs", "image", "create", "drop", "reset", "replay", "switch", "undo",
    "snapshot", "snapshots", "restore", "prune", "label", "status", "shell",
}  # fmt: skip


def nox(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nox", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def menu() -> dict[str, str]:
    """The sentence of each session, by its name."""
    return dict(re.findall(r"^[*-] (\w+) \[.*?\] -> (.*)$", nox("-l").stdout, re.MULTILINE))


def test_every_command_has_a_session(menu: dict[str, str]) -> None:
    assert {f"db_{name}" if name in SESSIONS else name for name in cli.COMMANDS} <= set(menu)


def test_every_session_has_a_sentence_that_fits_on_a_line(menu: dict[str, str]) -> None:
    assert len(menu) > len(cli.COMMANDS)
    assert [name for name, text in menu.items() if len(text) > 115] == []


def test_json_can_be_piped_as_it_is(tmp_path: Path) -> None:
    said = nox("-s", "db_status", "--", "--json", DATABASE_URL=f"sqlite:///{tmp_path}/a.db")

    assert json.loads(said.stdout)["exists"] is False


def test_nothing_destructive_runs_by_default() -> None:
    chosen = [line.split()[1] for line in nox("-l").stdout.splitlines() if line.startswith("* ")]

    assert chosen == ["lint", "typecheck", "tests"]


def test_a_password_in_a_url_is_never_shown(tmp_path: Path) -> None:
    said = nox(
        "-s", "db_switch", "--", "postgresql://me:hunter2@127.0.0.1:1/none", DATABASE_URL=f"sqlite:///{tmp_path}/a.db"
    )

    assert said.returncode == 1
    assert "127.0.0.1" in said.stderr
    assert "hunter2" not in said.stdout + said.stderr


def test_what_is_typed_after_the_dashes_arrives_as_it_was(tmp_path: Path) -> None:
    said = nox("-s", "db_restore", "--", 'it\'s "one" name; $HOME', DATABASE_URL=f"sqlite:///{tmp_path}/a.db")

    assert "There is no snapshot 'it\\'s \"one\" name; $HOME'" in said.stderr


def test_nothing_heavy_is_imported_by_the_menu() -> None:
    code = (
        "import runpy, sys; sys.path.insert(0, 'scripts'); runpy.run_path('noxfile.py');"
        "print([name for name in ('alembic', 'sqlalchemy', 'docker', 'psycopg2', 'dbtasks') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
