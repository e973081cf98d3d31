"""The shared environment: made when it is missing or the lock changed, and nobody else's is touched."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.projects import ROOT

PARTS = ("scripts/environment.py", "requirements.lock", "pyproject.toml")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As much of a checkout as the script looks at, with an environment that is what its lock says."""
    for part in PARTS:
        (tmp_path / part).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / part, tmp_path / part)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / ".venv" / ".dbtasks-environment").write_text(fingerprint(tmp_path))
    return tmp_path


def fingerprint(checkout: Path) -> str:
    code = "import sys; sys.path.insert(0, 'scripts'); import environment; print(environment._fingerprint(), end='')"
    return subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True, check=True).stdout


def ready(checkout: Path, path: str = "/nowhere") -> subprocess.CompletedProcess[str]:
    """Run the script where neither uv nor a working pip can be found, so that it can only check."""
    command = [sys.executable, "-I", "scripts/environment.py"]
    return subprocess.run(command, cwd=checkout, env={"PATH": path}, capture_output=True, text=True, check=False)


def test_nothing_happens_while_the_lock_is_what_it_was(checkout: Path) -> None:
    said = ready(checkout)

    assert (said.returncode, said.stderr) == (0, "")


def test_settings_of_tools_are_no_reason_to_make_it_again(checkout: Path) -> None:
    with (checkout / "pyproject.toml").open("a") as file:
        file.write("\n[tool.something]\nnew = true\n")

    assert ready(checkout).returncode == 0


@pytest.mark.parametrize("part", ["requirements.lock", "scripts/environment.py"])
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


def test_a_failure_is_told_and_leaves_it_unfinished(checkout: Path) -> None:
    (checkout / "requirements.lock").write_text("no-such-package-of-ours==1 --hash=sha256:00\n")
    (checkout / "bin").mkdir()
    uv = checkout / "bin" / "uv"
    uv.write_text("#!/bin/sh\necho no network >&2\nexit 2\n")
    uv.chmod(0o755)
    shutil.copy(uv, checkout / ".venv" / "bin" / "uv")

    said = ready(checkout, path=str(checkout / "bin"))

    assert said.returncode == 1
    assert "The environment could not be made" in said.stderr
    assert "next:" in said.stderr
    assert not (checkout / ".venv" / ".dbtasks-environment").exists()
