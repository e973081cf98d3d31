"""A database that stands on what this checkout does not have."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from dbtasks.databases.protocol import Label
from tests.fixtures.projects import Project

ADD_SHELF = 'op.add_column("book", sa.Column("shelf", sa.String(9)))'
DROP_SHELF = 'op.drop_column("book", "shelf")'
ADD_AUTHOR = 'op.add_column("book", sa.Column("author", sa.String(9)))'
DROP_AUTHOR = 'op.drop_column("book", "author")'


@pytest.fixture
def elsewhere(project: Project) -> Project:
    """The database was migrated on a branch with two more revisions, which are not in the checkout any more."""
    one = project.revision("f1", "a3", ADD_SHELF, DROP_SHELF)
    two = project.revision("f2", "f1", "op.execute(\"INSERT INTO book (title, shelf) VALUES ('mine', 'A1')\")")
    two.write_text(two.read_text().replace("    pass\n", '    op.execute("UPDATE book SET pages = 1")\n'))
    assert project.type("migrate").code == 0
    one.unlink()
    two.unlink()
    return project


def columns(project: Project, table: str = "book") -> set[str]:
    engine = create_engine(project.settings.url.render())
    found = {column["name"] for column in inspect(engine).get_columns(table)}
    engine.dispose()
    return found


def test_migrate_takes_it_back_with_the_archived_text_and_goes_on_with_the_rows(elsewhere: Project) -> None:
    elsewhere.revision("b1", "a3", ADD_AUTHOR, DROP_AUTHOR)

    said = elsewhere.type("migrate")

    assert said.code == 0, said.err
    assert "f2 (f2 of the test), which this checkout does not have" in said.err
    assert "Took back 2 revisions, ran 1" in said.out
    assert elsewhere.database.current() == ("b1",)
    assert elsewhere.database.rows() == {"book": 2}
    assert columns(elsewhere) == {"id", "title", "pages", "author"}


def test_the_former_state_is_one_undo_away(elsewhere: Project) -> None:
    assert "db_undo" in elsewhere.type("migrate").out

    assert elsewhere.type("undo").code == 0

    assert elsewhere.database.current() == ("f2",)
    assert "shelf" in columns(elsewhere)


def test_the_label_stays(elsewhere: Project) -> None:
    label = elsewhere.database.label()

    elsewhere.type("migrate")

    assert elsewhere.database.label() == label
    assert label is not None


def test_status_says_so_in_one_sentence(elsewhere: Project) -> None:
    said = elsewhere.type("status")

    assert said.code == 0
    assert "stands on f2 (f2 of the test), which this checkout does not have" in said.out
    assert "nox -s migrate   takes it back to a3" in said.out


def test_downgrade_says_so_and_changes_nothing(elsewhere: Project) -> None:
    said = elsewhere.type("downgrade", "-1")

    assert (said.code, "which this checkout does not have" in said.err) == (1, True)
    assert (elsewhere.database.current(), elsewhere.database.kept()) == (("f2",), [])


def test_a_database_that_is_not_for_development_is_left_as_it_is(elsewhere: Project) -> None:
    elsewhere.database.set_label(Label("production", "linear"))

    said = elsewhere.type("migrate")

    assert (said.code, "labelled production" in said.err, "--yes" in said.err) == (3, True, True)
    assert (elsewhere.database.current(), elsewhere.database.kept()) == (("f2",), [])


def test_without_the_text_it_stops_whole_and_offers_the_reset(elsewhere: Project) -> None:
    shutil.rmtree(elsewhere.root / ".dbtasks" / "revisions")

    said = elsewhere.type("migrate")

    assert (said.code, "no text of f2" in said.err, "nox -s db_reset" in said.err) == (1, True, True)
    assert (elsewhere.database.current(), elsewhere.database.kept()) == (("f2",), [])


@pytest.mark.parametrize(
    ("undo", "reason"),
    [
        ("pass", "has no downgrade() that does anything"),
        ('raise NotImplementedError("there is no way back")', "there is no way back"),
        ('op.execute("DROP TABLE nowhere")', "nowhere"),
    ],
)
def test_a_way_back_that_is_missing_irreversible_or_failing_changes_nothing(
    project: Project, undo: str, reason: str
) -> None:
    file = project.revision("f1", "a3", ADD_SHELF, undo)
    project.type("migrate")
    file.unlink()

    said = project.type("migrate")

    assert (said.code, reason in said.err, "nox -s db_reset" in said.err) == (1, True, True)
    assert "Traceback" not in said.text
    assert (project.database.current(), project.database.kept()) == (("f1",), [])
    assert "shelf" in columns(project)
    assert project.database.tidy() == 0


def test_one_half_of_a_merge_is_taken_back_alone(project: Project) -> None:
    project.revision("b1", "a3", ADD_AUTHOR, DROP_AUTHOR)
    foreign = [project.revision("f1", "a3", ADD_SHELF, DROP_SHELF), project.revision("m1", "f1", "pass")]
    foreign[1].write_text(foreign[1].read_text().replace('down_revision = "f1"', 'down_revision = ("b1", "f1")'))
    assert project.type("migrate").code == 0
    for file in foreign:
        file.unlink()

    said = project.type("migrate")

    assert said.code == 0, said.err
    assert project.database.current() == ("b1",)
    assert columns(project) == {"id", "title", "pages", "author"}


@pytest.mark.parametrize("bytecode", [True, False])
def test_a_rebased_revision_is_taken_back_and_applied_after_its_new_parent(
    project: Project, monkeypatch: pytest.MonkeyPatch, bytecode: bool
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", not bytecode)
    file = project.revision("f1", "a3", ADD_SHELF, DROP_SHELF)
    project.type("migrate")
    project.revision("b1", "a3", ADD_AUTHOR, DROP_AUTHOR)
    file.write_text(file.read_text().replace('down_revision = "a3"', 'down_revision = "b1"'))

    said = project.type("migrate")

    assert said.code == 0, said.err
    assert "f1 (f1 of the test) was rebased: it was applied on top of a3, and here it follows b1" in said.err
    assert project.database.current() == ("f1",)
    assert columns(project) == {"id", "title", "pages", "author", "shelf"}
    assert "Nothing to do" in project.type("migrate").out


def test_the_same_code_under_another_id_is_recognised(project: Project) -> None:
    file = project.revision("f1", "a3", ADD_SHELF, DROP_SHELF)
    project.type("migrate")
    file.unlink()
    project.revision("f9", "a3", ADD_SHELF, DROP_SHELF)

    said = project.type("migrate")

    assert (said.code, "f1 is f9 here" in said.err) == (0, True)
    assert project.database.current() == ("f9",)


def test_code_that_was_changed_after_it_was_applied_is_told_and_not_run_again(project: Project) -> None:
    file = project.revision("f1", "a3", ADD_SHELF, DROP_SHELF)
    project.type("migrate")
    file.write_text(file.read_text().replace("String(9)", "String(10)"))

    said = project.type("migrate")

    assert (said.code, "f1 (f1 of the test) is not what was applied" in said.err) == (0, True)
    assert "Nothing to do" in said.out
    assert "is not what was applied" in project.type("status").out


def test_formatting_and_docstrings_are_no_change(project: Project) -> None:
    file = project.revision("f1", "a3", ADD_SHELF, DROP_SHELF)
    project.type("migrate")
    file.write_text("# a remark\n" + file.read_text().replace("of the test", "told better").replace("def ", "\n\ndef "))

    said = project.type("migrate")

    assert (said.code, "not what was applied" in said.text) == (0, False)


def test_what_another_tool_applied_is_archived_when_it_is_found(project: Project) -> None:
    project.revision("f1", "a3", ADD_SHELF, DROP_SHELF)
    project.type("migrate", "a1")
    shutil.rmtree(project.root / ".dbtasks" / "revisions")
    project.type("migrate")

    assert {file.name.split(".")[0] for file in (project.root / ".dbtasks" / "revisions").glob("*.py")} == {
        "a1", "a2", "a3", "f1",
    }  # fmt: skip


def test_the_archive_is_shared_by_the_worktrees_of_a_clone_and_not_tracked(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*words: str) -> str:
        identity = ("-c", "user.name=T", "-c", "user.email=t@example.org")
        return subprocess.run(
            ["git", *identity, *words], cwd=project.root, check=True, capture_output=True, text=True
        ).stdout

    git("init", "-q", "-b", "main")
    git("add", "migrations", "alembic.ini", "pyproject.toml")
    git("commit", "-q", "-m", "one")
    git("worktree", "add", "-q", str(tmp_path / "tree"))
    from dbtasks.local_state import state_directory

    state_directory._folder.cache_clear()
    project.revision("f1", "a3", ADD_SHELF, DROP_SHELF)
    assert project.type("migrate").code == 0
    url = project.settings.url.render()

    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.chdir(tmp_path / "tree")
    said = project.type("migrate")

    assert (said.code, "Took back 1 revision" in said.out) == (0, True), said.err
    assert not (project.root / ".dbtasks" / "revisions").exists()
    assert ".dbtasks" not in git("status", "--porcelain", "--untracked-files=all").replace(".books.db.dbtasks", "")
