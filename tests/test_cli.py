import os
import signal
import subprocess
import sys
import time
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
    assert (stopped.returncode, "Traceback" in stopped.stderr) == (143, False)


def test_output_into_a_closed_pipe_is_no_error(example: Callable[..., Project]) -> None:
    project = example("linear")

    done = subprocess.run(
        f"{sys.executable} -m dbtasks history | true", shell=True, cwd=project.root, capture_output=True, check=False
    )

    assert done.stderr == b""


def test_colour_vanishes_when_piped(example: Callable[..., Project]) -> None:
    said = example("linear").type("reset")

    assert "\033" not in said.text


@pytest.mark.parametrize("closed", ["2>&1 | head -1", "| head -0", "2>&1 >/dev/null | head -0", ">&- 2>&-"])
def test_a_closed_pipe_stops_no_task(project: Project, closed: str) -> None:  # W2, invariant 6
    script = f"set -o pipefail; {sys.executable} -m dbtasks migrate {closed}"

    done = subprocess.run(["bash", "-c", script], cwd=project.root, capture_output=True, check=False)

    assert (done.returncode, project.database.current()) == (0, ("a3",))


def test_a_closed_pipe_does_not_turn_a_failure_into_a_success(project: Project) -> None:  # W2
    project.revision("a4", "a3", "raise ValueError('no luck')")
    script = f"set -o pipefail; {sys.executable} -m dbtasks migrate 2>&1 | head -1"

    done = subprocess.run(["bash", "-c", script], cwd=project.root, capture_output=True, check=False)

    assert done.returncode == 1


SLEEPY_SEEDS = "import os, time\nprint('seeding by', os.getpid(), flush=True)\ntime.sleep(60)\n"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_task_with_its_number_and_nothing_is_left(  # invariant 6
    project: Project, number: signal.Signals, code: int
) -> None:
    project.type("migrate")
    before = project.database.content()
    (project.root / "seeds.py").write_text(SLEEPY_SEEDS)
    with (project.root / "pyproject.toml").open("a") as file:
        file.write('seed-command = "python seeds.py"\n')
    child = subprocess.Popen(
        [sys.executable, "-m", "dbtasks", "reset"],
        cwd=project.root,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # noqa: PLW1509 (the run may be under nohup)
    )
    assert child.stderr is not None
    while b"seeding by" not in (line := child.stderr.readline()):
        assert child.poll() is None

    sent = time.monotonic()
    child.send_signal(number)
    with child:
        said = child.stderr.read()

    assert (child.returncode, b"Interrupted" in said) == (code, True)
    assert time.monotonic() - sent < 30
    with pytest.raises(ProcessLookupError):
        os.kill(int(line.split()[-1]), 0)  # no seeds that go on
    assert (project.database.content(), project.database.tidy()) == (before, 0)
