"""A program's output is passed on as it comes, until the program has ended, whatever it leaves running."""

import os
import sys
import time
from pathlib import Path

import pytest

from dbtasks import process
from dbtasks.errors import ProcessError
from tests.fixtures.projects import Project

LEAVING = """import subprocess, sys
print('before', flush=True)
left = subprocess.Popen([sys.executable, '-c', {code!r}])
print(left.pid)
sys.stdout.write('no end of line')
"""
SILENT = "import time; time.sleep(20)"
NOISY = "import time\nwhile True: print('noise', flush=True); time.sleep(0.001)"


def streamed(code: str) -> list[str]:
    said: list[str] = []
    process.stream([sys.executable, "-c", code], environment=os.environ, folder=Path.cwd(), tell=said.append)
    return said


@pytest.mark.parametrize("code", [SILENT, NOISY])
def test_a_program_that_leaves_a_child_has_ended_when_it_ends(code: str) -> None:
    started = time.monotonic()

    said = [line for line in streamed(LEAVING.format(code=code)) if line != "noise"]

    os.kill(int(said[1]), 9)
    assert time.monotonic() - started < 5
    assert said[0] == "before"
    assert said[2].startswith("no end of line")


def test_all_that_a_program_prints_is_passed_on() -> None:
    said = streamed("for number in range(100_000): print(number, '\\u00e9\\r')")

    assert [line.split()[0] for line in said if line] == [str(number) for number in range(100_000)]


def test_the_exit_code_of_a_program_that_leaves_a_child_counts() -> None:
    said: list[str] = []
    code = LEAVING.format(code=SILENT) + "sys.exit(3)"
    with pytest.raises(ProcessError, match="exit code 3"):
        process.stream([sys.executable, "-c", code], environment=os.environ, folder=Path.cwd(), tell=said.append)

    os.kill(int(said[1]), 9)


def test_seeds_that_leave_a_child_keep_no_task(project: Project) -> None:
    (project.root / "pyproject.toml").write_text('[tool.dbtasks]\nseed-command = ["python", "seeds.py"]\n')
    (project.root / "seeds.py").write_text(
        f"import pathlib, subprocess, sys\nleft = subprocess.Popen([sys.executable, '-c', {SILENT!r}])\n"
        "pathlib.Path('left').write_text(str(left.pid))\n"
    )
    started = time.monotonic()

    said = project.type("reset")

    os.kill(int((project.root / "left").read_text()), 9)
    assert said.code == 0, said.text
    assert time.monotonic() - started < 10
