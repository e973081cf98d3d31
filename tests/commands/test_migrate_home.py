"""A project whose env.py imports its own modules, as most do, through prepend_sys_path."""

import subprocess
import sys

from tests.fixtures.projects import Project


def in_a_process_of_its_own(project: Project, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command where nothing was imported before."""
    command = [sys.executable, "-m", "dbtasks", *words]
    return subprocess.run(command, cwd=project.root, capture_output=True, text=True, check=False)


def test_another_branch_s_revision_is_taken_back_where_env_py_imports_the_project(project: Project) -> None:
    (project.root / "models_of_ours.py").write_text("NAME = 'ours'\n")
    env = project.root / "migrations" / "env.py"
    env.write_text(
        env.read_text().replace("from alembic import context", "import models_of_ours\nfrom alembic import context")
    )
    ini = project.root / "alembic.ini"
    ini.write_text(ini.read_text() + "prepend_sys_path = .\n")
    foreign = project.revision(
        "f1", "a3", 'op.create_table("shelf", sa.Column("id", sa.Integer))', 'op.drop_table("shelf")'
    )
    assert in_a_process_of_its_own(project, "migrate").returncode == 0
    foreign.unlink()

    said = in_a_process_of_its_own(project, "migrate")

    assert (said.returncode, project.database.current(), project.database.rows()) == (0, ("a3",), {"book": 1}), (
        said.stderr
    )
