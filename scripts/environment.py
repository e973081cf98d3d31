"""The one environment that all sessions share: `.venv`, kept equal to requirements.lock.

Run by the noxfile before each session, and by nothing else. Standard library only: when it runs for the
first time nothing is installed. It works with uv, and without it.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
LOCK = ROOT / "requirements.lock"
STAMP = FOLDER / ".dbtasks-environment"
OLDEST = (3, 11)


def ready() -> None:
    """Make the environment what the lock says, if it is not; costs two file reads when it is.

    Raises:
        SystemExit: it could not be made; the message says what to type.
    """
    wanted = _fingerprint()
    if _stamped() == wanted:
        return
    if FOLDER.is_symlink():  # another checkout's, which would run this one's code from now on
        sys.exit(
            f"{FOLDER.name} is a link to {FOLDER.resolve()}, which is not what {LOCK.name} says.\n"
            f"  next: rm {FOLDER.name}, and run the same command again"
        )
    if sys.version_info < OLDEST:
        sys.exit(f"Python {'.'.join(map(str, OLDEST))} or newer is needed; this is {sys.version.split()[0]}.")
    with _alone():
        if _stamped() == wanted:  # another session made it while this one waited
            return
        print(f"Making {FOLDER.name} what {LOCK.name} says ...", file=sys.stderr, flush=True)
        STAMP.unlink(missing_ok=True)  # from here on an interrupted run is seen as unfinished
        uv = _uv()
        for command in _with_uv(uv) if uv else _with_pip():
            _run(command)
        # Where PYTHONDONTWRITEBYTECODE is set, our own code would be compiled again by every task.
        _run((str(PYTHON), "-m", "compileall", "-q", "scripts/dbtasks", "backend/app"))
        STAMP.write_text(wanted, encoding="utf-8")


def _fingerprint() -> str:
    """Changes with the lock, the project's metadata (not its tools' settings), this script, and the folder's place."""
    metadata = (ROOT / "pyproject.toml").read_bytes().partition(b"\n[tool.")[0]
    parts = [str(ROOT).encode(), LOCK.read_bytes(), metadata, Path(__file__).read_bytes()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _stamped() -> str:
    try:
        return STAMP.read_text(encoding="utf-8") if PYTHON.exists() else ""
    except FileNotFoundError:
        return ""


def _uv() -> str | None:
    """A uv that is there already: in the environment, beside this Python, or on PATH."""
    places = (FOLDER / "bin" / "uv", Path(sys.executable).parent / "uv")
    return next((str(path) for path in places if path.exists()), shutil.which("uv"))


def _with_uv(uv: str) -> Iterator[Sequence[str]]:
    if not PYTHON.exists():
        yield (uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(FOLDER))
    install = (uv, "pip", "install", "--quiet", "--python", str(PYTHON), "--compile-bytecode")
    yield (uv, "pip", "sync", "--quiet", "--python", str(PYTHON), "--compile-bytecode", "--require-hashes", str(LOCK))
    yield (*install, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))


def _with_pip() -> Iterator[Sequence[str]]:
    if not PYTHON.exists():
        yield (sys.executable, "-m", "venv", "--without-pip", str(FOLDER))
    install = (sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "--compile")
    yield (*install, "--require-hashes", "--requirement", str(LOCK))
    yield (*install, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))


def _run(command: Sequence[str]) -> None:
    try:
        subprocess.run(command, check=True, cwd=ROOT)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(
            f"The environment could not be made: {error}\n"
            f"  checked: {command[0]}, {LOCK.name}\n"
            f"  next: is the network there? Then run the same command again, or: rm -r {FOLDER.name}"
        )


@contextmanager
def _alone() -> Iterator[None]:
    """Let two sessions that start at once take turns; the lock dies with its holder."""
    FOLDER.mkdir(exist_ok=True)
    descriptor = os.open(FOLDER / ".dbtasks-lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    ready()
