"""Facts D3 and D8: whatever seeds overwrite can be brought back, and they overwrite nothing of other people's."""

from typing import Any

import pytest

from dbtasks import process
from tests.fixtures.projects import Project, state

ADD_YEAR = 'op.add_column("book", sa.Column("year", sa.Integer))'
SEEDS = """import os, sqlalchemy as sa
engine = sa.create_engine(os.environ["DATABASE_URL"])
with engine.begin() as connection:
    connection.execute(sa.text("UPDATE book SET title = 'Emma' WHERE id = 1"))
engine.dispose()
"""


def with_seeds(project: Project) -> Project:
    (project.root / "seeds.py").write_text(SEEDS)
    pyproject = project.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text() + 'seed-command = "python seeds.py"\n')
    return project


def test_setup_keeps_what_its_seeds_overwrite(migrated: Project) -> None:  # D8
    before = state(migrated)

    assert with_seeds(migrated).type("setup").code == 0
    assert state(migrated) != before
    assert (migrated.type("undo").code, state(migrated)) == (0, before)


def test_setup_keeps_what_its_seeds_overwrite_after_revisions_that_only_add(migrated: Project) -> None:  # D8
    before = state(migrated)
    migrated.revision("a4", "a3", ADD_YEAR)

    assert with_seeds(migrated).type("setup").code == 0
    assert "Emma" in str(state(migrated))
    assert (migrated.type("undo").code, state(migrated)) == (0, before)


def test_seeds_keep_what_they_overwrite_and_leave_nothing_where_they_change_nothing(migrated: Project) -> None:  # D8
    before = state(migrated)
    with_seeds(migrated)

    assert migrated.type("seed").code == 0
    assert migrated.type("seed").code == 0

    assert len(migrated.database.kept("undo")) == 1
    assert (migrated.type("undo").code, state(migrated)) == (0, before)


REWRITING_SEEDS = """import os, subprocess, sys, sqlalchemy as sa
code = "import sqlalchemy as sa; e = sa.create_engine({url!r}); c = e.connect(); "
code += "c.execute(sa.text(\\"INSERT INTO book (id, title) VALUES (77, 'meanwhile')\\")); c.commit()"
subprocess.run([sys.executable, "-c", code], check=True)
engine = sa.create_engine({aim})
with engine.begin() as connection:
    connection.execute(sa.text("DELETE FROM book"))
    connection.execute(sa.text("INSERT INTO book (id, title, pages) VALUES (1, '{title}', 777)"))
engine.dispose()
"""


def with_rewriting_seeds(project: Project, title: str, aim: str = 'os.environ["DATABASE_URL"]') -> None:
    with_seeds(project)
    url = project.settings.url.render()
    (project.root / "seeds.py").write_text(REWRITING_SEEDS.format(url=url, title=title, aim=aim))


def test_rows_committed_while_seeds_rewrite_their_table_stay_where_the_seeds_change_nothing(
    migrated: Project,
) -> None:  # D3
    with_rewriting_seeds(migrated, "mine")

    assert migrated.type("seed").code == 0
    assert "meanwhile" in str(state(migrated))


def test_rows_committed_while_seeds_rewrite_their_table_are_in_the_former_state(migrated: Project) -> None:  # D3, D8
    with_rewriting_seeds(migrated, "Emma")

    assert migrated.type("seed").code == 0
    assert "meanwhile" not in str(state(migrated))
    assert migrated.type("undo").code == 0
    assert "meanwhile" in str(state(migrated))
    assert "mine" in str(state(migrated))


def test_seeds_that_go_their_own_way_to_the_database_leave_its_former_state(migrated: Project) -> None:  # D8
    before = state(migrated)
    with_rewriting_seeds(migrated, "Emma", aim=repr(migrated.settings.url.render()))

    said = migrated.type("seed")

    assert (said.code, "was written to meanwhile" in said.err) == (0, True)
    assert "Emma" in str(state(migrated))
    assert (migrated.type("undo").code, state(migrated)) == (0, before)


def test_seeds_that_go_their_own_way_and_fail_leave_the_former_state_too(migrated: Project) -> None:  # D8
    before = state(migrated)
    with_rewriting_seeds(migrated, "Emma", aim=repr(migrated.settings.url.render()))
    with (migrated.root / "seeds.py").open("a") as file:
        file.write("raise SystemExit(7)\n")

    said = migrated.type("seed")

    assert (said.code, "was written to meanwhile" in said.err) == (1, True)
    assert (migrated.type("undo").code, state(migrated)) == (0, before)


def test_seeds_that_go_their_own_way_and_are_interrupted_leave_the_former_state_too(
    migrated: Project, monkeypatch: pytest.MonkeyPatch
) -> None:  # D8
    before = state(migrated)
    with_rewriting_seeds(migrated, "Emma", aim=repr(migrated.settings.url.render()))
    stream = process.stream

    def interrupted(*arguments: Any, **options: Any) -> None:
        stream(*arguments, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(process, "stream", interrupted)
        said = migrated.type("seed")

    assert (said.code, "was written to meanwhile" in said.err) == (130, True), said.err
    assert "Emma" in str(state(migrated))
    assert (migrated.type("undo").code, state(migrated)) == (0, before)


def test_seeds_that_fail_leave_everything_as_it_was(migrated: Project) -> None:  # D8
    with_seeds(migrated)
    (migrated.root / "seeds.py").write_text(SEEDS + "raise SystemExit(7)\n")
    before = state(migrated)

    said = migrated.type("seed")

    assert (said.code, "nothing was changed" in said.err) == (1, True), said.err
    assert (state(migrated), migrated.database.kept("undo")) == (before, [])


@pytest.mark.parametrize("cache", [(), ("--no-cache",)], ids=["cached", "replayed"])
def test_a_reset_whose_seeds_go_their_own_way_swaps_and_keeps_nothing(
    migrated: Project, cache: tuple[str, ...]
) -> None:  # A2
    with_rewriting_seeds(migrated, "Emma", aim=repr(migrated.settings.url.render()))

    said = migrated.type("reset", *cache)

    assert (said.code, "was written to meanwhile" in said.err) == (1, True), said.text
    assert "Emma" in str(state(migrated))
    assert migrated.database.kept("undo") == []
    assert [kept for kept in migrated.database.kept("template") if kept.about.facts.get("seeded") == "yes"] == []


def test_where_there_is_no_database_there_is_nothing_to_seed(project: Project) -> None:
    with_seeds(project)
    assert project.type("drop").code == 0

    said = project.type("seed")

    assert (said.code, "There is no database" in said.err, "nox -s setup" in said.err) == (1, True, True), said.text
    assert not project.database.exists()
