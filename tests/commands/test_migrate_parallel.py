"""Several migrations of one database at once take turns."""

import subprocess
import sys

import pytest

from tests.fixtures.projects import Project


def migrate_together(project: Project, count: int) -> list[tuple[int, str]]:
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "dbtasks", "migrate"],
            cwd=project.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for _ in range(count)
    ]  # fmt: skip
    return [(child.wait(), said) for child in children for said in [child.communicate()[0]]]


@pytest.mark.parametrize("count", [3, pytest.param(20, marks=pytest.mark.drill)])
def test_each_revision_is_applied_once_and_all_succeed(project: Project, count: int) -> None:
    project.revision("a4", "a3", "op.execute(\"INSERT INTO book (title) VALUES ('once')\")")

    said = migrate_together(project, count)

    assert [code for code, _ in said] == [0] * count, said
    assert sum("Ran 4 revisions" in text for _, text in said) == 1
    assert sum("Nothing to do" in text for _, text in said) == count - 1
    assert project.database.rows() == {"book": 2}
