import os
from pathlib import Path

import pytest

from dbtasks import git
from tests.fixtures.projects import Project
from tests.fixtures.repositories import run_git


def test_after_a_checkout_git_says_where_the_database_stands(cloned: Project) -> None:
    binary = cloned.root / ".venv" / "bin" / "dbtasks"
    binary.parent.mkdir(parents=True)
    binary.symlink_to(Path(__file__).parent.parent.parent / ".venv" / "bin" / "dbtasks")
    assert cloned.type("setup", "--git-hook").code == 0

    said = run_git(cloned, "switch", "--create", "feature")

    assert "dbtasks: the database stands at a3 (head)" in said


def test_a_checkout_never_fails_for_the_hook(cloned: Project) -> None:
    cloned.type("setup", "--git-hook")

    assert "dbtasks" not in run_git(cloned, "switch", "--create", "feature")


def test_somebody_elses_hook_is_left_as_it_is(cloned: Project) -> None:
    folder = git.hooks_folder(cloned.root)
    assert folder is not None
    hook = folder / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho mine\n")

    said = cloned.type("setup", "--git-hook")

    assert (said.code, "left as it is" in said.err) == (2, True)
    assert hook.read_text() == "#!/bin/sh\necho mine\n"


def test_every_other_file_beside_the_hook_is_left_as_it_is(cloned: Project) -> None:  # R10
    folder = git.hooks_folder(cloned.root)
    assert folder is not None
    folder.mkdir(exist_ok=True)
    foreign = folder / "post-checkout.new"
    foreign.write_text("mine")
    before = set(folder.iterdir())

    assert cloned.type("setup", "--git-hook").code == 0

    assert foreign.read_text() == "mine"
    assert set(folder.iterdir()) - before == {folder / "post-checkout"}
    assert os.access(folder / "post-checkout", os.X_OK)


def test_installing_twice_is_fine_and_without_git_it_is_explained(
    cloned: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(cloned.root.parent))

    assert cloned.type("setup", "--git-hook").code == 0
    assert cloned.type("setup", "--git-hook").code == 0
    (cloned.root / ".git").rename(cloned.root / "nogit")
    assert cloned.type("setup", "--git-hook").code == 2


def test_git_tells_the_branches(cloned: Project) -> None:
    run_git(cloned, "switch", "--quiet", "--create", "feature")

    told = (git.branch(cloned.root), git.previous_branch(cloned.root), git.default_branch(cloned.root))

    assert told == ("feature", "main", "main")
    run_git(cloned, "switch", "--quiet", "--detach")
    assert git.branch(cloned.root) == ""
