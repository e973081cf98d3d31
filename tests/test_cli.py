import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dbtasks import cli
from tests.fixtures.projects import Outcome, Project


def test_every_command_has_a_line_in_the_help(typed: Callable[..., Outcome]) -> None:
    said = typed("--help")

    assert said.code == 0
    assert [name for name in cli.COMMANDS if f"\n  {name} " not in said.out] == []


def test_every_command_file_is_in_a_group() -> None:
    files = {path.stem for path in (Path(cli.__file__).parent / "commands").glob("*.py")} - {"__init__"}

    assert files == set(cli.COMMANDS)


def test_a_command_may_be_spelled_as_its_nox_session(example: Callable[..., Project]) -> None:
    assert example("linear").type("db_status").code == 0


def test_an_unknown_command_names_the_nearest(typed: Callable[..., Outcome]) -> None:
    said = typed("resett")

    assert (said.code, said.out) == (2, "")
    assert "next: dbtasks reset" in said.err


@pytest.mark.parametrize("arguments", [("reset", "--nonsense"), ("downgrade",), ("seed", "--scale", "many")])
def test_a_wrong_argument_exits_with_2(example: Callable[..., Project], arguments: tuple[str, ...]) -> None:
    assert example("linear").type(*arguments).code == 2


def test_a_missing_env_file_is_made_from_its_example(
    example: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = example("linear")
    monkeypatch.delenv("DATABASE_URL")
    (project.root / ".env.example").write_text("DATABASE_URL=sqlite:///from_example.db\n")

    said = project.type("create")

    assert "Created .env from .env.example" in said.err
    assert (project.root / "from_example.db").exists()


def test_a_foreseen_failure_has_no_traceback_and_a_bug_keeps_its_own(example: Callable[..., Project]) -> None:
    project = example("linear")
    command = [sys.executable, "-m", "dbtasks"]

    foreseen = subprocess.run(
        [*command, "stamp", "nope"], cwd=project.root, capture_output=True, text=True, check=False
    )
    (project.root / "migrations" / "env.py").write_text("import dbtasks.cli\ndbtasks.cli._stop(15, None)\n")
    stopped = subprocess.run([*command, "migrate"], cwd=project.root, capture_output=True, text=True, check=False)

    assert (foreseen.returncode, "Traceback" in foreseen.stderr) == (2, False)
    assert (stopped.returncode, "Traceback" in stopped.stderr) == (130, False)


def test_output_into_a_closed_pipe_is_no_error(example: Callable[..., Project]) -> None:
    project = example("linear")

    done = subprocess.run(
        f"{sys.executable} -m dbtasks history | true", shell=True, cwd=project.root, capture_output=True, check=False
    )

    assert done.stderr == b""


def test_colour_vanishes_when_piped(example: Callable[..., Project]) -> None:
    said = example("linear").type("reset")

    assert "\033" not in said.text
