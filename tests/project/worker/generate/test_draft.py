"""S3, D13: a revision comes into the history whole and loadable, or not at all; and never with a guess."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fixtures.models import define, table, written
from tests.fixtures.projects import Project

RENAMED = table("book", 'sa.Column("title", sa.String(80))', 'sa.Column("length", sa.Integer, index=True)')
KILL = "<% import os, signal; os.kill(os.getpid(), signal.SIGKILL) %>\n"


def versions(project: Project) -> list[str]:
    folder = project.root / "migrations" / "versions"
    return sorted(path.name for path in folder.iterdir() if path.name != "__pycache__")


@pytest.mark.parametrize(
    ("name", "task"), [("linear", ["revision", "say something new", "--kind", "empty"]), ("branched", ["merge"])]
)
def test_a_task_that_is_killed_while_it_writes_leaves_the_history_as_it_was(  # S3
    example: Callable[..., Project], name: str, task: list[str]
) -> None:
    project = example(name)
    if name == "branched":
        for file in ("m1_merge.py", "d1_create_reader.py", "e1_drop_shelf_name.py"):
            (project.root / "migrations" / "versions" / file).unlink()
    template = project.root / "migrations" / "script.py.mako"
    text = template.read_text()
    template.write_text(text + KILL)
    before = versions(project)

    killed = subprocess.run(
        [sys.executable, "-m", "dbtasks", *task], cwd=project.root, check=False, capture_output=True
    )

    template.write_text(text)
    assert killed.returncode == -signal.SIGKILL
    assert versions(project) == before
    assert project.type("history").code == 0
    assert (project.type(*task).code, len(versions(project))) == (0, len(before) + 1)


def test_the_last_step_is_one_that_fails_where_the_name_is_taken(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(source: Path, target: Path) -> None:
        assert source.read_text().startswith('"""')
        assert not target.exists()
        raise KeyboardInterrupt

    before = versions(project)
    monkeypatch.setattr(os, "link", stopped)

    said = project.type("revision", "say something new", "--kind", "empty")

    assert said.code == 130
    assert versions(project) == before


def test_what_cannot_be_loaded_is_not_added(project: Project) -> None:
    template = project.root / "migrations" / "script.py.mako"
    template.write_text(template.read_text().replace("def upgrade", "raise RuntimeError('no')\n\n\ndef upgrade"))
    before = versions(project)

    said = project.type("revision", "say something new", "--kind", "empty")

    assert (said.code, "not added" in said.err) == (1, True), said.text
    assert versions(project) == before


def test_a_file_template_with_folders_is_kept_to(project: Project) -> None:
    ini = project.root / "alembic.ini"
    ini.write_text(f"{ini.read_text()}file_template = %%(year)d/%%(rev)s\nrecursive_version_locations = true\n")

    said = project.type("revision", "say something new", "--kind", "empty")

    assert said.code == 0, said.text
    assert len(list((project.root / "migrations" / "versions").glob("2*/*.py"))) == 1
    assert project.type("migrate").code == 0


def test_with_several_folders_it_goes_where_its_parent_is(project: Project) -> None:
    other = project.root / "more"
    other.mkdir()
    ini = project.root / "alembic.ini"
    ini.write_text(f"{ini.read_text()}version_locations = migrations/versions:more\n")
    moved = project.root / "migrations" / "versions" / "a3_first_book.py"
    moved.rename(other / moved.name)

    said = project.type("revision", "say something new", "--kind", "empty")

    assert said.code == 0, said.text
    assert len(list(other.glob("*.py"))) == 2


def test_post_write_hooks_see_the_file_in_its_place(project: Project) -> None:
    ini = project.root / "alembic.ini"
    ini.write_text(
        f"{ini.read_text()}\n[post_write_hooks]\nhooks = note\nnote.type = exec\n"
        f"note.executable = {sys.executable}\nnote.options = hook.py REVISION_SCRIPT_FILENAME\n"
    )
    (project.root / "hook.py").write_text("import sys\nopen('seen', 'w').write(sys.argv[1])\n")

    said = project.type("revision", "say something new", "--kind", "empty")

    assert said.code == 0, said.text
    assert Path((project.root / "seen").read_text()) == written(project)[-1]


@pytest.mark.parametrize("task", [["revision", "call the pages length"], ["check", "--fix", "call the pages length"]])
def test_a_possible_rename_is_refused_where_nobody_can_be_asked(project: Project, task: list[str]) -> None:  # D13
    define(project, RENAMED)

    said = project.type(*task)

    assert (said.code, written(project)) == (2, []), said.text
    assert "book.pages goes and length comes" in said.err
    assert "--rename book.pages:length" in said.err
    assert "--no-rename" in said.err


def test_no_rename_says_that_it_is_a_loss(project: Project) -> None:  # D13
    define(project, RENAMED)

    assert project.type("revision", "call the pages length", "--no-rename").code == 0

    assert "LOSES" in written(project)[-1].read_text()
