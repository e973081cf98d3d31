"""Code of the project that ends the program, or raises what no `except Exception` catches, has failed."""

import pytest

from tests.fixtures.projects import Project

ENDINGS = {
    "an exit with 0": "raise SystemExit(0)",
    "an exit": "import sys; sys.exit()",
    "an exit with words": "raise SystemExit('enough')",
    "an exception of its own": "raise type('Stop', (BaseException,), {})('stop')",
    "quit": "quit()",
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_a_revision_that_ends_the_program_has_failed_and_left_nothing(project: Project, ending: str) -> None:
    project.type("migrate")
    project.revision("a4", "a3", f'op.execute("CREATE TABLE gone (id INTEGER)"); {ending}', ending)

    said = project.type("migrate")

    assert (said.code, "upgrade of revision a4" in said.err, "a4.py:11" in said.err) == (1, True, True), said.text
    assert (project.database.current(), set(project.database.rows())) == (("a3",), {"book"})


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
@pytest.mark.parametrize("task", ["migrate", "reset", "check", "stamp"])
def test_an_env_py_that_ends_the_program_has_failed(project: Project, ending: str, task: str) -> None:
    project.type("migrate", "a2")
    (project.root / "migrations" / "env.py").write_text(f"{ending}\n")

    said = project.type(task, *(["a3", "--force"] if task == "stamp" else []))

    assert said.code == 1, said.text
    assert "Traceback" not in said.text
    assert project.database.current() == ("a2",)
