"""`migrate` in a checkout whose database another checkout of the project has changed."""

import shutil

import pytest

from tests.fixtures.projects import Project

ADD_AUTHOR = 'op.add_column("book", sa.Column("author", sa.String(9)))'
DROP_AUTHOR = 'op.drop_column("book", "author")'


@pytest.mark.parametrize("task", ["reset", "setup"])
def test_what_another_checkout_has_applied_can_be_taken_back(
    project: Project, monkeypatch: pytest.MonkeyPatch, task: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", project.settings.url.render())
    project.revision("a4", "a3", ADD_AUTHOR, DROP_AUTHOR)
    assert project.type("reset").code == 0
    other = project.root.with_name("other")
    shutil.copytree(project.root, other, ignore=shutil.ignore_patterns("*.db*", ".*.db*", ".git", ".dbtasks"))
    monkeypatch.chdir(other)
    done = project.type(task)
    assert (done.code, task != "reset" or "Cloned the template of exactly" in done.text) == (0, True), done.text
    (other / "migrations" / "versions" / "a4.py").unlink()

    said = project.type("migrate")

    assert (said.code, project.database.current()) == (0, ("a3",)), said.text
