"""Where nothing can be undone, undo says what would change that."""

import pytest

from tests.fixtures.projects import Project


@pytest.mark.parametrize("words", [(), ("--redo",), ("3",)], ids=str)
def test_where_nothing_is_kept_the_hint_says_what_would_keep_something(
    project: Project, words: tuple[str, ...]
) -> None:
    said = project.type("undo", *words)

    assert (said.code != 0, "--list" in said.err) == (True, False), said.err
    assert "next: Nothing is kept yet; each of these keeps the state that it replaces: db_reset, db_drop" in said.err


def test_where_no_former_states_are_wanted_the_hint_says_so(project: Project) -> None:
    (project.root / "pyproject.toml").write_text('[tool.dbtasks]\nproject = "linear"\nkeep-undo = 0\n')
    project.type("reset")
    project.type("reset")

    assert "next: keep-undo is 0 in [tool.dbtasks]: let it be more" in project.type("undo").err
