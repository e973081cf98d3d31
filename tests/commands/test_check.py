"""`check`: the models against the history, on one engine or both, and the history against another branch's."""

import json
import subprocess

import pytest

from tests.fixtures.models import book, define, table, written
from tests.fixtures.projects import Project

ISBN = book('sa.Column("isbn", sa.String(13))')


def git(project: Project, *arguments: str) -> None:
    names = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *names, *arguments], cwd=project.root, check=True, capture_output=True)


@pytest.fixture
def branched(project: Project) -> Project:
    """Two branches of git, each with one revision on top of a3."""
    git(project, "init", "-b", "main")
    git(project, "add", ".")
    git(project, "commit", "-m", "start")
    git(project, "switch", "-c", "theirs")
    project.revision("b4", "a3", "pass")
    git(project, "add", ".")
    git(project, "commit", "-m", "theirs")
    git(project, "switch", "main")
    return project


def test_server_defaults_and_named_checks_are_compared_too(project: Project) -> None:
    title = 'sa.Column("title", sa.String(80), server_default="?")'
    check = 'sa.CheckConstraint("pages > 0", name="some_pages")'
    define(project, table("book", title, 'sa.Column("pages", sa.Integer)', check))

    facts = json.loads(project.type("check", "--json").out)

    (found,) = facts["differences"].values()
    assert any("modify_default" in line for line in found)
    assert any("some_pages" in line for line in found)


def test_both_engines_are_checked_or_it_is_said_why_not(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POSTGRES_PORT", raising=False)
    define(project, book())

    said = project.type("check", "--both")

    assert "agree on sqlite" in said.out
    if project.url.startswith("sqlite"):
        assert (said.code, "not checked on postgres" in said.err) == (1, True)
    else:
        assert (said.code, "agree on postgres" in said.out) == (0, True)


def test_both_means_the_postgresql_of_the_env_file_too(
    project: Project, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dbtasks.urls import parse_url

    url = parse_url(postgres_url, base=project.root)
    for name, value in (("PORT", str(url.port)), ("USER", url.user), ("PASSWORD", url.password), ("DB", url.name)):
        monkeypatch.setenv(f"POSTGRES_{name}", value)
    define(project, ISBN)

    said = project.type("check", "--both", "--json")

    assert said.code == 4
    assert json.loads(said.out)["differences"] == {
        "sqlite": ["add_column book.isbn"],
        "postgres": ["add_column book.isbn"],
    }


def test_fix_writes_the_revision(project: Project) -> None:
    define(project, ISBN)

    said = project.type("check", "--fix", "add isbn to book")

    assert (said.code, len(written(project))) == (0, 1)
    assert project.type("check").code == 0


def test_the_project_s_own_database_is_never_touched(project: Project) -> None:
    project.type("migrate", "a1")
    define(project, ISBN)

    project.type("check")

    assert (project.database.current(), project.database.kept("undo"), project.database.tidy()) == (("a1",), [], 0)


def test_heads_that_only_a_merge_would_bring_are_found(branched: Project) -> None:
    branched.revision("c4", "a3", "pass")

    said = branched.type("check", "--against", "theirs")
    facts = json.loads(branched.type("check", "--against", "theirs", "--json").out)

    assert (said.code, facts["collides"]) == (4, True)
    assert {(head["id"], head["side"], head["author"]) for head in facts["heads"]} == {
        ("b4", "theirs", "Ada"),
        ("c4", "here", ""),
    }
    assert "not committed" in said.out
    assert "nox -s merge" in said.out


def test_a_branch_that_only_adds_to_the_history_is_no_collision(branched: Project) -> None:
    assert branched.type("check", "--against", "theirs").code == 0


def test_a_branch_that_git_does_not_know_is_an_error_that_says_so(branched: Project) -> None:
    said = branched.type("check", "--against", "nobody")

    assert (said.code, "nobody" in said.err) == (1, True)
