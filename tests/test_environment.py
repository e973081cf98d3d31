"""The shared environment: made when it is missing or the lock changed, and nobody else's is touched."""

import hashlib
import io
import os
import pty
import re
import shutil
import subprocess
import sys
import threading
import venv
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

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


def ready(checkout: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the script with these variables and no others, its error output piped."""
    command = [sys.executable, "-I", "scripts/environment.py"]
    variables = {"PATH": "/usr/bin:/bin", "HOME": str(checkout), **variables}  # a fake uv is a shell script
    return subprocess.run(command, cwd=checkout, env=variables, capture_output=True, text=True, check=False)


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


def fake_uv(checkout: Path, body: str = "exit 2") -> None:
    """Put a uv of our own where the script looks first."""
    uv = checkout / ".venv" / "bin" / "uv"
    uv.write_text(f"#!/bin/sh\necho the index cannot be reached >&2\n{body}\n")
    uv.chmod(0o755)


def test_where_uv_and_pip_fail_both_are_named_and_it_stays_unfinished(checkout: Path) -> None:
    (checkout / "requirements.lock").write_text("no-such-package-of-ours==1 --hash=sha256:00\n")
    fake_uv(checkout)

    said = ready(checkout, PIP_NO_INDEX="1", PIP_CONFIG_FILE="/dev/null")

    assert said.returncode == 1
    assert "The environment could not be made" in said.stderr
    assert "the index cannot be reached" in said.stderr
    assert "next:" in said.stderr
    assert not (checkout / ".venv" / ".dbtasks-environment").exists()


# F1
def test_where_uv_fails_pip_installs_from_the_index_that_only_pip_conf_names(
    checkout: Path, tmp_path: Path, index: str
) -> None:
    remake_with_a_tiny_lock(checkout)
    fake_uv(checkout)
    configuration = tmp_path / "pip.conf"
    configuration.write_text(f"[global]\nindex-url = {index}\n")

    said = ready(checkout, PIP_CONFIG_FILE=str(configuration))

    assert said.returncode == 0, said.stderr
    assert said.stderr.splitlines() == [
        "Making .venv what requirements.lock says ...",
        "  installing 1 package with uv ...",
        "uv failed, so pip is used instead; it reads pip.conf and PIP_INDEX_URL, which uv does not.",
        "  installing 1 package with pip ...",
        "  installing this checkout ...",
        "  compiling ...",
    ]
    assert (checkout / ".venv" / ".dbtasks-environment").read_text() == fingerprint(checkout)
    code = "import tiny_backend, importlib.metadata as m; print(m.version('checkout'))"
    python = checkout / ".venv" / "bin" / "python"
    assert subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout == "1\n"


# F2
def test_in_a_terminal_a_line_moves_while_it_works_and_is_erased(checkout: Path) -> None:
    (checkout / "requirements.lock").write_text("one==1\ntwo==2\n")
    os.mkfifo(checkout / "go-on")
    fake_uv(checkout, "read line < go-on; exit 2")  # works until this test has seen enough
    terminal, inner = pty.openpty()
    command = [sys.executable, "-I", "scripts/environment.py"]
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


def remake_with_a_tiny_lock(checkout: Path) -> None:
    """Let the checkout be built by the one package of its lock, which the loopback index serves."""
    shutil.rmtree(checkout / ".venv")
    venv.create(checkout / ".venv", symlinks=True)
    for folder in ("scripts/dbtasks", "backend/app"):
        (checkout / folder).mkdir(parents=True)
    digest = hashlib.sha256(tiny_wheel()).hexdigest()
    (checkout / "requirements.lock").write_text(f"tiny-backend==1 --hash=sha256:{digest}\n")
    (checkout / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "tiny_backend"\n[project]\nname = "checkout"\nversion = "1"\n'
    )


TINY_BACKEND = """
import zipfile
def build_editable(folder, settings=None, metadata=None):
    with zipfile.ZipFile(folder + "/checkout-1-py3-none-any.whl", "w") as wheel:
        for name, text in files("checkout").items():
            wheel.writestr(name, text)
    return "checkout-1-py3-none-any.whl"
def files(name):
    folder = name + "-1.dist-info/"
    return {
        folder + "METADATA": "Metadata-Version: 2.1\\nName: " + name + "\\nVersion: 1\\n",
        folder + "WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        folder + "RECORD": "",
    }
"""


def tiny_wheel() -> bytes:
    """A package that is a build backend; the same bytes each time."""
    scope: dict[str, Any] = {}
    exec(TINY_BACKEND, scope)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as wheel:
        for name, text in {"tiny_backend.py": TINY_BACKEND, **scope["files"]("tiny_backend")}.items():
            wheel.writestr(zipfile.ZipInfo(name), text)
    return content.getvalue()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """A simple index on loopback with the tiny package."""
    page = tmp_path / "index" / "simple" / "tiny-backend"
    page.mkdir(parents=True)
    (page / "tiny_backend-1-py3-none-any.whl").write_bytes(tiny_wheel())
    (page / "index.html").write_text('<a href="tiny_backend-1-py3-none-any.whl">tiny_backend-1-py3-none-any.whl</a>')

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "index"))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/simple"
        server.shutdown()
        thread.join()
