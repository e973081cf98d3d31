"""The shared environment: made when it is missing or the lock changed, and nobody else's is touched."""

import os
import pty
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.fixtures.bootstraps import copy_parts, fake_uv, fingerprint, ready


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As much of a checkout as the script looks at, with an environment that is what its lock says."""
    copy_parts(tmp_path)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / ".venv" / ".dbtasks-environment").write_text(fingerprint(tmp_path))
    return tmp_path


def test_nothing_happens_while_the_lock_is_what_it_was(checkout: Path) -> None:
    said = ready(checkout)

    assert (said.returncode, said.stderr) == (0, "")


def test_settings_of_tools_are_no_reason_to_make_it_again(checkout: Path) -> None:
    with (checkout / "pyproject.toml").open("a") as file:
        file.write("\n[tool.something]\nnew = true\n")

    assert ready(checkout).returncode == 0


@pytest.mark.parametrize("part", ["requirements.lock", "scripts/environment.py", "scripts/pip_settings.py"])
def test_a_changed_lock_or_script_makes_it_again(checkout: Path, part: str) -> None:
    before = fingerprint(checkout)
    with (checkout / part).open("a") as file:
        file.write("# changed\n")

    assert fingerprint(checkout) != before


def test_an_environment_that_is_a_link_is_somebody_else_s(checkout: Path, tmp_path: Path) -> None:
    (checkout / ".venv").rename(tmp_path / "elsewhere")
    (checkout / ".venv").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / ".dbtasks-environment").write_text("another checkout's")

    said = ready(checkout)

    assert (said.returncode, "is a link to" in said.stderr) == (1, True)
    assert (tmp_path / "elsewhere" / ".dbtasks-environment").read_text() == "another checkout's"


def test_where_uv_and_pip_fail_both_are_named_and_it_stays_unfinished(checkout: Path) -> None:
    (checkout / "requirements.lock").write_text("no-such-package-of-ours==1 --hash=sha256:00\n")
    fake_uv(checkout)

    said = ready(checkout, PIP_NO_INDEX="1", PIP_CONFIG_FILE="/dev/null")

    assert said.returncode == 1
    assert "The environment could not be made" in said.stderr
    assert "the index cannot be reached" in said.stderr
    assert "next:" in said.stderr
    assert not (checkout / ".venv" / ".dbtasks-environment").exists()


# F2
def test_in_a_terminal_a_line_moves_while_it_works_and_is_erased(checkout: Path) -> None:
    (checkout / "requirements.lock").write_text("one==1\ntwo==2\n")
    os.mkfifo(checkout / "go-on")
    fake_uv(checkout, "read line < go-on; exit 2")  # works until this test has seen enough
    terminal, inner = pty.openpty()
    command = [sys.executable, "-E", "-s", "scripts/environment.py"]
    nothing = {"PATH": "/usr/bin:/bin", "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": "/dev/null"}
    with subprocess.Popen(command, cwd=checkout, env=nothing, stderr=inner) as child:
        os.close(inner)
        shown = b""
        while not {b"0 s", b"1 s"} <= set(
            re.findall(rb"\r\x1b\[K  installing 2 packages with uv \.\.\. (\d s)", shown)
        ):
            shown += os.read(terminal, 1000)
        (checkout / "go-on").write_text("\n")
        with suppress(OSError):  # the terminal's way to say that nobody writes any more
            while more := os.read(terminal, 1000):
                shown += more
    os.close(terminal)

    for line in shown.split(b"\r\n"):
        assert line.startswith(b"\r\x1b[K  ") or b"\x1b" not in line
    assert b" s\r\x1b[Kuv failed" in shown  # erased before the next word
    assert child.returncode == 1
