"""S5: whatever is wrong with the history is one message that names the file, and stops no task that needs none."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fixtures.projects import Project

TOP = 'revision = "a4"\ndown_revision = "a3"\n'


def add(name: str, text: str) -> Callable[[Project], None]:
    def do(project: Project) -> None:
        (project.root / "migrations" / "versions" / name).write_bytes(text.encode("latin-1"))

    return do


def configure(text: str) -> Callable[[Project], None]:
    def do(project: Project) -> None:
        (project.root / "alembic.ini").write_bytes(text.encode("latin-1"))

    return do


def remove_a_parent(project: Project) -> None:
    next((project.root / "migrations" / "versions").glob("a2_*.py")).unlink()


def link_to_nowhere(project: Project) -> None:
    (project.root / "migrations" / "versions" / "a4_new.py").symlink_to("nowhere.py")


BROKEN = {
    "a parent that is missing": (remove_a_parent, ["a3_", "a2"]),
    "a revision that is there twice": (add("a4_new.py", 'revision = "a3"\ndown_revision = "a2"\n'), ["a3_", "a4_new"]),
    "a parent that nobody has": (add("a4_new.py", 'revision = "a4"\ndown_revision = "a9"\n'), ["a4_new", "a9"]),
    "a circle of two": (
        lambda project: [
            add("a4_new.py", 'revision = "a4"\ndown_revision = "a5"\n')(project),
            add("a5_new.py", 'revision = "a5"\ndown_revision = "a4"\n')(project),
        ],
        ["a4_new", "a5_new"],
    ),
    "a syntax error": (add("a4_new.py", f"{TOP}def upgrade(:\n"), ["a4_new.py:3"]),
    "an import error": (add("a4_new.py", f"{TOP}import missing_module\n"), ["a4_new.py:3"]),
    "another error at import": (add("a4_new.py", f"{TOP}1 / 0\n"), ["a4_new.py:3"]),
    "an exit at import": (add("a4_new.py", f"{TOP}raise SystemExit(0)\n"), ["a4_new.py:3"]),
    "a NUL": (add("a4_new.py", f"{TOP}\0"), ["a4_new.py"]),
    "a text that is not UTF-8": (add("a4_new.py", f"{TOP}name = '\xff'\n"), ["a4_new.py"]),
    "a link to nowhere": (link_to_nowhere, ["a4_new.py"]),
    "an empty file": (add("a4_new.py", ""), ["a4_new.py"]),
    "an ini without its section": (configure("script_location = migrations\n"), ["alembic.ini"]),
    "an ini with another section": (configure("[other]\n"), ["alembic.ini"]),
    "an ini that refers to nothing": (configure("[alembic]\nscript_location = %(nothing)s\n"), ["alembic.ini"]),
    "an ini that is not UTF-8": (configure("[alembic]\nscript_location = \xff\n"), ["alembic.ini"]),
    "an ini that names no folder": (configure("[alembic]\nscript_location = nowhere\n"), ["alembic.ini", "nowhere"]),
}
READING = [
    ["history"],
    ["heads"],
    ["current"],
    ["migrate"],
    ["reset", "--no-cache"],
    ["check"],
    ["merge"],
]


@pytest.fixture(params=BROKEN)
def broken(request: pytest.FixtureRequest, example: Callable[..., Project]) -> tuple[Project, list[str]]:
    project = example("linear")
    assert project.type("migrate").code == 0
    do, names = BROKEN[request.param]
    do(project)
    return project, names


def test_tasks_that_read_the_history_say_what_is_wrong_with_it(broken: tuple[Project, list[str]]) -> None:
    project, names = broken

    for task in READING:
        said = project.type(*task)

        assert said.code == 1, (task, said.text)
        assert [name for name in names if name not in said.err] == [], (task, said.err)
        assert "Traceback" not in said.text


def test_tasks_that_need_no_history_go_on(broken: tuple[Project, list[str]]) -> None:
    project, names = broken

    status = project.type("status")
    others = [project.type(*task) for task in (["snapshot", "kept"], ["drop", "--yes", "books"], ["undo"])]

    assert status.code == 0, status.text
    assert [name for name in names if name not in status.text] == []
    assert [said.code for said in others] == [0, 0, 0], [said.text for said in others]
    assert project.database.current() == ("a3",)


@pytest.mark.parametrize(
    "text",
    ["tool = 3", "[tool]\ndbtasks = 3", 'tool.dbtasks = "linear"', "[tool.dbtasks\n"],
)  # fmt: skip
@pytest.mark.parametrize("task", ["status", "drop", "history"])
def test_a_pyproject_without_a_table_is_one_message(example: Callable[..., Project], text: str, task: str) -> None:
    project = example("linear")
    (project.root / "pyproject.toml").write_text(text)

    said = project.type(task)

    assert (said.code, "pyproject.toml" in said.err) == (2, True), said.text


@pytest.mark.parametrize("line", ["project = [1]", 'alembic-ini = "a\\u0000b"', "lock-wait = inf"])
@pytest.mark.parametrize(("task", "code"), [("status", 0), ("drop", 0), ("history", 2)])
def test_a_strange_value_is_one_message(example: Callable[..., Project], line: str, task: str, code: int) -> None:
    project = example("linear")
    (project.root / "pyproject.toml").write_text(f"[tool.dbtasks]\n{line}\n")

    said = project.type(task)

    assert (said.code, "pyproject.toml" in said.err, line.partition(" ")[0] in said.err) == (code, True, True), (
        said.text
    )


def test_a_nul_in_the_env_file_is_one_message(example: Callable[..., Project], monkeypatch: pytest.MonkeyPatch) -> None:
    project = example("linear")
    monkeypatch.delenv("DATABASE_URL")
    Path(".env").write_bytes(b"DATABASE_URL=sqlite:///books.db\nOTHER=a\0b\n")

    said = project.type("migrate")

    assert (said.code, "line 2" in said.err) == (2, True), said.text
    assert "OTHER" not in os.environ
