"""Facts D5 and D6: revisions that commit on the way, and fail or are killed inside."""

import pytest

from tests.fixtures.projects import Project, run, state

AUTOCOMMIT = """with op.get_context().autocommit_block():
        op.execute("INSERT INTO book (id, title) VALUES (50, 'half')")
    import os
    if os.environ.get("STOP") == "kill":
        os.kill(os.getpid(), 9)
    if os.environ.get("STOP") == "raise":
        raise RuntimeError("enough")"""
KILLING_SEEDS = """import os, sqlalchemy as sa
engine = sa.create_engine(os.environ["DATABASE_URL"])
with engine.begin() as connection:
    connection.execute(sa.text("UPDATE book SET title = 'half'"))
engine.dispose()
os.kill(os.getppid(), 9)
"""
# Another program writes into the project's database after the copy was made and before the table is gone.
MEANWHILE = """import subprocess, sys
    code = "import sqlalchemy as sa; e = sa.create_engine({url!r}); c = e.connect(); "
    code += "c.execute(sa.text({row!r})); c.commit()"
    subprocess.run([sys.executable, "-c", code], check=True)
    op.drop_table("book")"""


def test_a_revision_that_fails_after_it_committed_something_changes_nothing(
    migrated: Project, monkeypatch: pytest.MonkeyPatch
) -> None:  # D5
    before = state(migrated)
    migrated.revision("a4", "a3", AUTOCOMMIT)
    monkeypatch.setenv("STOP", "raise")

    said = migrated.type("migrate")

    assert (said.code, "nothing was changed: this ran on a copy" in said.err, "db_undo" in said.err) == (1, True, False)
    assert (state(migrated), migrated.database.kept("undo"), migrated.database.tidy()) == (before, [], 0)


def test_a_downgrade_that_fails_after_it_committed_something_changes_nothing(
    migrated: Project, monkeypatch: pytest.MonkeyPatch
) -> None:  # D5
    migrated.revision("a4", "a3", "pass", AUTOCOMMIT)
    assert migrated.type("migrate").code == 0
    before = state(migrated)
    monkeypatch.setenv("STOP", "raise")

    said = migrated.type("downgrade", "-1")

    assert (said.code, "nothing was changed: this ran on a copy" in said.err) == (1, True)
    assert (state(migrated), migrated.database.kept("undo")) == (before, [])


def test_a_revision_that_was_rolled_back_whole_leaves_no_copy(migrated: Project) -> None:  # U2
    migrated.revision("a4", "a3", "op.execute('DELETE FROM book')\n    raise RuntimeError('enough')")
    before = state(migrated)

    assert migrated.type("migrate").code == 1
    assert (state(migrated), migrated.database.kept("undo")) == (before, [])


def test_killed_inside_a_revision_that_commits_on_the_way_the_database_is_the_old_one(migrated: Project) -> None:  # D6
    before = state(migrated)
    migrated.revision("a4", "a3", AUTOCOMMIT)

    assert run(migrated, "migrate", STOP="kill").returncode == -9
    assert (state(migrated), migrated.database.current()) == (before, ("a3",))
    said = migrated.type("migrate")

    assert (said.code, migrated.database.current()) == (0, ("a4",)), said.err
    assert migrated.database.rows() == {"book": 2}
    assert (migrated.type("undo").code, state(migrated)) == (0, before)


def test_killed_while_seeding_the_database_is_the_old_one(migrated: Project) -> None:  # U2
    before = state(migrated)
    (migrated.root / "seeds.py").write_text(KILLING_SEEDS)
    pyproject = migrated.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text() + 'seed-command = "python seeds.py"\n')

    assert run(migrated, "seed").returncode == -9

    assert state(migrated) == before
    assert (migrated.type("undo").code, state(migrated), migrated.database.tidy()) == (1, before, 0)


def test_what_is_written_while_a_revision_destroys_is_in_the_former_state(migrated: Project) -> None:  # D3
    row = "INSERT INTO book (id, title) VALUES (77, 7777)"
    migrated.revision("a4", "a3", MEANWHILE.format(url=migrated.settings.url.render(), row=row))

    said = migrated.type("migrate")

    assert said.code == 0, said.err
    assert migrated.database.current() == ("a4",)
    assert migrated.type("undo").code == 0
    assert any("7777" in str(line) for line in state(migrated))


def test_where_no_undo_is_wanted_what_is_written_meanwhile_is_kept_all_the_same(migrated: Project) -> None:  # D3, U5
    pyproject = migrated.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text() + "keep-undo = 0\n")
    row = "INSERT INTO book (id, title) VALUES (77, 7777)"
    migrated.revision("a4", "a3", MEANWHILE.format(url=migrated.settings.url.render(), row=row))
    migrated.revision("a5", "a4", "op.execute('CREATE TABLE book (id INTEGER)')\n    op.execute('DROP TABLE book')")

    said = migrated.type("migrate", "a4")

    assert (said.code, "was written to meanwhile" in said.err) == (0, True), said.err
    assert migrated.type("migrate").code == 0
    assert [kept.about.revisions for kept in migrated.database.kept("undo")] == [("a3",)]
    assert migrated.type("undo").code == 0
    assert any("7777" in str(line) for line in state(migrated))
