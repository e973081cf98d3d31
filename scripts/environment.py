"""The one environment that all sessions share: `.venv`, kept equal to requirements.lock.

Run by the noxfile before each session, and by nothing else. Standard library only: when it runs for the
first time nothing is installed. It works with uv, and without it: uv is handed what pip is configured with, and
where it fails still, as with certificates that only pip takes, pip installs the same lock.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pip_settings

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
LOCK = ROOT / "requirements.lock"
STAMP = FOLDER / ".dbtasks-environment"
OLDEST = (3, 11)
SCRIPTS = (Path(__file__), Path(pip_settings.__file__))
REDRAW = 0.2  # seconds between two drawings of the moving line
ERASE = "\r\x1b[K"

Step = tuple[str, Sequence[str]]  # what is being done, and the command that does it


class StepError(Exception):
    """A step could not be started or ended with an error; the message holds the end of its output."""


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
        _say(f"Making {FOLDER.name} what {LOCK.name} says ...")
        STAMP.unlink(missing_ok=True)  # from here on an interrupted run is seen as unfinished
        _install()
        STAMP.write_text(wanted, encoding="utf-8")


def _fingerprint() -> str:
    """Changes with the lock, the project's metadata (not its tools' settings), the scripts, and the folder's place."""
    metadata = (ROOT / "pyproject.toml").read_bytes().partition(b"\n[tool.")[0]
    parts = [str(ROOT).encode(), LOCK.read_bytes(), metadata, *(script.read_bytes() for script in SCRIPTS)]
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


def _install() -> None:
    """Install what the lock says, with uv or else with pip, and compile our own code."""
    failures = []
    uv, pip = _uv(), _pip()
    try:
        if uv:
            try:
                return _run_all(_with_uv(uv), pip_settings.for_uv(pip))
            except StepError as failure:
                failures.append(failure)
                if pip:
                    _say(f"uv failed ({str(failure).splitlines()[-1].strip()}), so pip is used instead.")
        if pip:
            return _run_all(_with_pip(pip))
    except StepError as failure:
        failures.append(failure)
    sys.exit(
        "The environment could not be made.\n"
        + "".join(f"{failure}\n" for failure in failures)
        + f"  checked: uv ({uv or 'not found'}), pip ({' '.join(pip) if pip else 'not found'}), {LOCK.name}\n"
        f"  next: is the network there? Then run the same command again, or: rm -r {FOLDER.name}"
    )


def _with_uv(uv: str) -> Iterator[Step]:
    if not PYTHON.exists():
        create = (uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(FOLDER))
        yield "making the folder with uv", create
    target = ("--quiet", "--python", str(PYTHON), "--compile-bytecode")
    yield _packages("uv"), (uv, "pip", "sync", *target, "--require-hashes", str(LOCK))
    yield _OURS, (uv, "pip", "install", *target, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))


def _pip() -> Sequence[str] | None:
    """A pip that is there already, of this Python, of the one it was made from, or on PATH."""
    base = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    ways: list[Sequence[str]] = [(python, "-m", "pip") for python in (sys.executable, str(base))]
    ways += [(path,) for path in (shutil.which("pip3"), shutil.which("pip")) if path]
    return next((way for way in ways if _answers(way)), None)


def _answers(way: Sequence[str]) -> bool:
    try:
        return subprocess.run((*way, "--version"), capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _with_pip(pip: Sequence[str]) -> Iterator[Step]:
    if not PYTHON.exists():
        yield "making the folder", (sys.executable, "-m", "venv", "--without-pip", str(FOLDER))
    install = (*pip, "--python", str(PYTHON), "install", "--quiet", "--no-input", "--compile")
    yield _packages("pip"), (*install, "--require-hashes", "--requirement", str(LOCK))
    yield _OURS, (*install, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))


_OURS = "installing this checkout"
_PASSWORD = re.compile(r"//[^/\s@]+@")  # of an index


def _packages(installer: str) -> str:
    count = sum("==" in line and not line.lstrip().startswith("#") for line in LOCK.read_text().splitlines())
    return f"installing {count} package{'' if count == 1 else 's'} with {installer}"


def _run_all(steps: Iterable[Step], variables: Mapping[str, str] | None = None) -> None:
    for doing, command in steps:
        _run(doing, command, variables or {})
    # Where PYTHONDONTWRITEBYTECODE is set, our own code would be compiled again by every task.
    _run("compiling", (str(PYTHON), "-m", "compileall", "-q", "scripts/dbtasks", "backend/app"), {})


def _run(doing: str, command: Sequence[str], variables: Mapping[str, str]) -> None:
    """Run one step and show that it is running; its output appears only if it fails.

    Raises:
        StepError: it could not be started, or ended with an error.
    """
    with tempfile.TemporaryFile() as output:
        try:
            child = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **variables},
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        except OSError as error:
            raise StepError(f"{command[0]}: {error}") from error
        with child:
            try:
                _watch(child, doing)
            except BaseException:
                child.kill()
                raise
        if child.returncode:
            output.seek(0)
            said = _PASSWORD.sub("//****@", output.read().decode(errors="replace")).strip().splitlines()[-20:]
            raise StepError("\n".join([f"{' '.join(command)} ended with {child.returncode}:", *said]))


def _watch(child: "subprocess.Popen[bytes]", doing: str) -> None:
    """Wait for a step; a terminal shows a line with the seconds, erased at the end, and a file one plain line."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        _say(f"  {doing} ...")
        child.wait()
        return
    width = (os.get_terminal_size(sys.stderr.fileno()).columns or 80) - 1  # a full line could not be erased
    started = time.monotonic()
    try:
        while True:
            line = f"  {doing} ... {time.monotonic() - started:.0f} s"
            print(f"{ERASE}{line[:width]}", end="", file=sys.stderr, flush=True)
            with suppress(subprocess.TimeoutExpired):
                child.wait(REDRAW)
                return
    finally:
        print(ERASE, end="", file=sys.stderr, flush=True)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


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
