"""A template that is damaged is named and dropped, and stands in the way of nothing."""

from collections.abc import Callable, Sequence

import pytest
from psycopg2 import sql

from dbtasks.databases.engines import open_database
from dbtasks.databases.protocol import Kept
from tests.databases.postgres.conftest import run
from tests.fixtures.projects import Project

Damage = Callable[[Project, Kept], None]


def overwrite(project: Project, kept: Kept) -> None:
    """Let nothing of it be what it was; on PostgreSQL a file of it is gone."""
    if kept.url.engine == "sqlite":
        kept.url.path.write_bytes(b"damaged" * 1000)
        return
    ((path,),) = run(kept.url, "SELECT pg_relation_filepath('book')")
    remove = sql.SQL("COPY (SELECT 1) TO PROGRAM {}").format(sql.Literal(f"rm {path}"))
    server = project.database.server  # type: ignore[attr-defined]  # a PostgreSQL database
    server.execute(remove)


def scratch_a_page(_project: Project, kept: Kept) -> None:
    with kept.url.path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 512)


def damaged_templates(project: Project, damage: Damage) -> Sequence[Kept]:
    for _ in range(2):
        assert project.type("reset").code == 0
    templates = project.database.kept("template")
    for kept in templates:
        damage(project, kept)
    return templates


def test_a_reset_goes_on_without_it_and_builds_it_anew(project: Project) -> None:
    damaged = damaged_templates(project, overwrite)

    said = project.type("reset")
    again = project.type("reset")

    assert said.code == 0, said.text
    assert damaged[0].about.title in said.text
    assert project.database.rows() == {"book": 1}
    assert (again.code, "exactly this history" in again.text) == (0, True), again.text


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_single_page_is_noticed(project: Project) -> None:
    damaged_templates(project, scratch_a_page)

    said = project.type("reset")

    assert (said.code, "cannot be used" in said.text) == (0, True), said.text
    assert project.database.rows() == {"book": 1}


@pytest.mark.parametrize("task", ["undo", "reset"])
def test_it_does_not_keep_a_dropped_database_from_coming_back_or_being_built(project: Project, task: str) -> None:
    damaged_templates(project, overwrite)
    assert project.type("drop").code == 0

    said = project.type(task)

    assert said.code == 0, said.text
    assert project.database.rows() == {"book": 1}


def test_a_damaged_former_state_does_not_keep_another_one_from_coming_back(project: Project) -> None:
    for _ in range(2):
        assert project.type("reset").code == 0
    if project.database.engine == "sqlite":
        overwrite(project, project.database.kept("undo")[0])
    assert project.type("drop").code == 0

    said = project.type("undo")

    assert said.code == 0, said.text


def test_of_two_templates_of_one_state_the_next_build_leaves_one(project: Project) -> None:
    assert project.type("reset").code == 0
    for kept in project.database.kept("template"):
        with project.database.draft() as draft:
            draft.clone(open_database(kept.url))
            project.database.keep(draft, kept.about)
    project.revision("a4", "a3", "pass")

    assert project.type("reset").code == 0

    titles = [kept.about.title for kept in project.database.kept("template")]
    assert sorted(titles) == sorted(set(titles))
