"""The example projects, whose env.py is Alembic's own, on both engines."""

from collections.abc import Callable

import pytest
from sqlalchemy import create_engine

from tests.fixtures.histories import expected_rows, generate
from tests.fixtures.projects import Project

Example = Callable[..., Project]


@pytest.mark.parametrize("name", ["branched", "concurrent", "data", "enums", "linear", "views"])
def test_every_example_goes_up_down_and_up_again(example: Example, engine_url: str, name: str) -> None:
    project = example(name, engine_url)

    said = [project.type(*words) for words in (["migrate", "heads"], ["downgrade", "base"], ["migrate", "heads"])]

    assert [outcome.code for outcome in said] == [0, 0, 0], [outcome.err for outcome in said]
    assert project.type("status", "--exit-code").code == 0


def test_an_irreversible_revision_stops_a_downgrade_whole(example: Example, engine_url: str) -> None:
    project = example("irreversible", engine_url)
    project.type("migrate")

    said = project.type("downgrade", "base")

    assert (said.code, "the titles are gone" in said.err) == (1, True)
    assert (project.database.current(), project.database.kept()) == (("a2",), [])


def test_views_and_triggers_of_a_rebuilt_table_still_work(example: Example, engine_url: str) -> None:
    project = example("views", engine_url)
    project.type("migrate")
    engine = create_engine(project.settings.url.render())
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO book (title) VALUES ('Emma')")

        assert connection.exec_driver_sql("SELECT title FROM titles").scalar() == "Emma"
        assert connection.exec_driver_sql("SELECT count(*) FROM log").scalar() == 1
    engine.dispose()


def test_a_view_that_a_rebuild_trips_over_leaves_nothing_behind(example: Example) -> None:
    project = example("views")
    project.type("migrate", "a2")
    file = project.root / "migrations" / "versions" / "a3_require_title.py"
    file.write_text(file.read_text().replace('op.execute("DROP VIEW titles")', "pass"))

    said = project.type("migrate", "--no-way-back", "books.db")  # in place, and not on a copy

    assert (said.code, "stands at a2" in said.err) == (1, True)
    assert set(project.database.rows()) == {"book", "log"}


def test_rows_are_what_a_data_migration_made_of_them(example: Example, engine_url: str) -> None:
    project = example("data", engine_url)
    project.type("migrate")
    engine = create_engine(project.settings.url.render())
    with engine.connect() as connection:
        titles = connection.exec_driver_sql("SELECT title FROM book ORDER BY id").scalars().all()
    engine.dispose()

    assert titles == ["EMMA", "PERSUASION"]


def test_a_history_of_300_revisions_is_brought_to_head(
    example: Example, engine_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    linear = example("linear", engine_url)
    root = generate(linear.root.parent / "long", 300)
    monkeypatch.chdir(root)
    project = Project(root, engine_url, linear.type)

    said = project.type("migrate")

    assert (said.code, "Ran 300 revisions" in said.out) == (0, True), said.err
    assert project.database.rows() == expected_rows("r0300")
