"""Facts D2 to D11: whatever a task replaces or overwrites can be brought back."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dbtasks.databases.protocol import About
from tests.fixtures.projects import Project, execute, run, state
from tests.fixtures.repositories import run_git

DROP_PAGES = 'op.drop_column("book", "pages")'
ADD_PAGES = 'op.add_column("book", sa.Column("pages", sa.Integer))'


def test_setup_keeps_what_its_revisions_drop(migrated: Project) -> None:  # D2
    before = state(migrated)
    migrated.revision("a4", "a3", DROP_PAGES, ADD_PAGES)

    assert migrated.type("setup").code == 0
    assert (migrated.type("undo").code, state(migrated)) == (0, before)


def test_a_restore_keeps_what_it_replaces(migrated: Project) -> None:  # D2
    migrated.type("snapshot", "one")
    execute(migrated, "DELETE FROM book")
    before = state(migrated)
    migrated.revision("a4", "a3", DROP_PAGES, ADD_PAGES)

    assert migrated.type("restore", "one").code == 0
    assert (migrated.type("undo").code, state(migrated)) == (0, before)


def test_a_switch_keeps_what_its_revisions_drop_in_the_target(migrated: Project) -> None:  # D2
    before = state(migrated)
    migrated.revision("a4", "a3", DROP_PAGES, ADD_PAGES)
    target = migrated.settings.url.render()
    elsewhere = {"DATABASE_URL": f"sqlite:///{migrated.root}/elsewhere.db"}

    done = run(migrated, "switch", target, **elsewhere)

    assert done.returncode == 0, done.stderr
    assert migrated.database.current() == ("a4",)
    assert (migrated.type("undo").code, state(migrated)) == (0, before)


def test_a_switch_with_data_keeps_what_the_target_held(migrated: Project) -> None:  # D2, D3
    before = state(migrated)
    target = migrated.settings.url.render()
    elsewhere = {"DATABASE_URL": f"sqlite:///{migrated.root}/elsewhere.db"}
    assert run(migrated, "migrate", **elsewhere).returncode == 0

    done = run(migrated, "switch", target, "--copy-data", **elsewhere)

    assert done.returncode == 0, done.stderr
    assert state(migrated) != before
    assert (migrated.type("undo").code, state(migrated)) == (0, before)


@pytest.mark.parametrize("body", ["op.execute(\"UPDATE book SET title = 'gone'\")", 'op.execute("DELETE FROM book")'])
def test_migrate_keeps_rows_that_a_revision_overwrites_or_deletes(migrated: Project, body: str) -> None:  # D7
    before = state(migrated)
    migrated.revision("a4", "a3", body)

    said = migrated.type("migrate")

    assert (said.code, "db_undo" in said.out) == (0, True)
    assert (migrated.type("undo").code, state(migrated)) == (0, before)


def test_migrate_copies_nothing_for_a_revision_that_only_adds(migrated: Project) -> None:  # invariant 1
    migrated.revision("a4", "a3", 'op.add_column("book", sa.Column("isbn", sa.String(20)))', "pass")

    assert migrated.type("migrate").code == 0
    assert migrated.database.kept("undo") == []


def test_migrate_on_another_branch_names_the_rows_that_go_and_the_undo(project: Project) -> None:  # D10
    extra = project.revision(
        "f1", "a3", 'op.create_table("shelf", sa.Column("id", sa.Integer, primary_key=True))', 'op.drop_table("shelf")'
    )
    project.type("migrate")
    execute(project, "INSERT INTO shelf (id) VALUES (1), (2), (3)")
    before = state(project)
    extra.unlink()

    said = project.type("migrate")

    assert said.code == 0, said.err
    assert "3 rows of shelf" in said.err
    assert said.err.index("3 rows of shelf") < said.err.index("db_undo")
    assert (project.type("undo").code, state(project)) == (0, before)


def test_of_two_snapshots_of_one_name_the_newer_counts(migrated: Project) -> None:  # D11
    migrated.type("snapshot", "one")
    execute(migrated, "UPDATE book SET title = 'newer'")
    newer = state(migrated)
    (older,) = migrated.database.kept("snapshot")
    kept = migrated.database.copy(replace(older.about, number=older.about.number + 1, made=datetime.now(UTC)))
    assert kept.about.title == "one"
    execute(migrated, "DELETE FROM book")

    assert (migrated.type("restore", "one").code, state(migrated)) == (0, newer)
    assert migrated.type("snapshot", "one", "--replace").code == 0
    assert len(migrated.database.kept("snapshot")) == 1


def test_a_branchs_state_belongs_to_the_database_and_not_to_the_spelling_of_its_url(
    repository: Project, monkeypatch: pytest.MonkeyPatch
) -> None:  # D9
    repository.type("reset")
    run_git(repository, "switch", "--quiet", "--create", "feature")
    repository.type("switch", "--branch")
    execute(repository, "INSERT INTO book (title) VALUES ('Feature')")
    feature = state(repository)
    run_git(repository, "switch", "--quiet", "main")
    other = repository.url.replace("127.0.0.1", "localhost").replace("sqlite:///", f"sqlite:///{repository.root}/")
    assert other != repository.url
    monkeypatch.setenv("DATABASE_URL", other)

    assert repository.type("switch", "--branch").code == 0
    monkeypatch.setenv("DATABASE_URL", repository.url)
    run_git(repository, "switch", "--quiet", "feature")

    assert (repository.type("switch", "--branch").code, state(repository)) == (0, feature)


def test_a_state_that_an_older_version_parked_twice_is_not_destroyed(repository: Project) -> None:  # D9
    repository.type("reset")
    execute(repository, "INSERT INTO book (title) VALUES ('Old')")
    old = state(repository)
    repository.database.copy(About("branch", "main", datetime.now(UTC), ("a3",)))
    execute(repository, "DELETE FROM book")
    run_git(repository, "switch", "--quiet", "--create", "feature")

    assert repository.type("switch", "--branch").code == 0

    numbers = [kept.about.number for kept in repository.database.kept("undo")]
    assert (repository.type("undo", str(numbers[0])).code, state(repository)) == (0, old)
