"""The only place that starts another program.

Secrets travel by environment, never by argument: an argument list is readable by every user.
"""

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from dbtasks.errors import ProcessError

_GRACE = 3.0  # seconds
_MISSING = "The program {!r} was not found."


def run(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    text: str | None = None,
) -> str:
    """Run a program to its end and give back what it printed.

    Args:
        command: the program and its arguments.
        environment: its variables; those of this process where none are given.
        folder: where it runs.
        text: what it reads on its standard input.

    Raises:
        ProcessError: it is not there, or it failed; its last words are in the message.
    """
    try:
        done = subprocess.run(  # noqa: S603 (commands come from the configuration or from this code)
            command,
            env=environment,
            cwd=folder,
            input=text,
            capture_output=True,
            text=True,
            check=False,
            errors="replace",
        )
    except FileNotFoundError as error:
        raise ProcessError(_MISSING.format(command[0]), hint=f"Install {command[0]}, or check PATH") from error
    if done.returncode != 0:
        raise failure(command, done.returncode, done.stdout + done.stderr)
    return done.stdout


def pipe(command: Sequence[str], *, environment: Mapping[str, str], source: Path | None, target: Path | None) -> None:
    """Run a program that reads a file from its standard input, or writes one to its standard output.

    Raises:
        ProcessError: it is not there, or it failed; its last words are in the message.
        OSError: a file cannot be opened.
    """
    with ExitStack() as files:
        reading = files.enter_context(source.open("rb")) if source else subprocess.DEVNULL
        writing = files.enter_context(target.open("wb")) if target else subprocess.DEVNULL
        try:
            done = subprocess.run(  # noqa: S603 (commands come from the configuration or from this code)
                command, env=environment, stdin=reading, stdout=writing, stderr=subprocess.PIPE, check=False
            )
        except FileNotFoundError as error:
            raise ProcessError(_MISSING.format(command[0]), hint=f"Install {command[0]}, or check PATH") from error
    if done.returncode != 0:
        raise failure(command, done.returncode, done.stderr.decode(errors="replace"))


def stream(
    command: Sequence[str], *, environment: Mapping[str, str], folder: Path, tell: Callable[[str], None]
) -> None:
    """Run a program and pass on each line that it prints, as it comes; whoever stops the task stops the program.

    Args:
        command: with its arguments; none of them secret.
        environment: of the program.
        folder: where it runs.
        tell: told each line.

    Raises:
        ProcessError: it is not there, or it failed.
    """
    try:
        child = subprocess.Popen(  # noqa: S603 (commands come from the configuration or from this code)
            command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", bufsize=1,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise ProcessError(_MISSING.format(command[0]), hint=f"Install {command[0]}, or check PATH") from error
    with child:
        try:
            for line in child.stdout or ():
                tell(line.rstrip("\n"))
            child.wait()
        except BaseException:
            _end(child)
            raise
    if child.returncode != 0:
        raise failure(command, child.returncode)


def _end(child: "subprocess.Popen[str]") -> None:
    """Let a program tidy up, but not for long: until it ends, it may write to a database that is given up."""
    child.terminate()
    try:
        child.wait(_GRACE)
    except subprocess.TimeoutExpired:
        child.kill()


def attach(command: Sequence[str], *, environment: Mapping[str, str], folder: Path) -> int:
    """Hand the terminal over to an interactive program; its exit code.

    Raises:
        ProcessError: it is not there.
    """
    try:
        return subprocess.run(command, env=environment, cwd=folder, check=False).returncode  # noqa: S603 (see above)
    except FileNotFoundError as error:
        raise ProcessError(_MISSING.format(command[0]), hint=f"Install {command[0]}, or check PATH") from error
    except KeyboardInterrupt:
        return 130


def beside_python(program: str) -> str:
    """The program of that name in this interpreter's environment; the name alone where there is none."""
    installed = Path(sys.executable).parent / program
    return str(installed) if installed.exists() else program


def own_python(command: Sequence[str]) -> list[str]:
    """The command with its program taken from this interpreter's environment, whatever PATH says."""
    first, *rest = command
    return [sys.executable if first in {"python", "python3"} else beside_python(first), *rest]


def failure(command: Sequence[str], code: int, output: str = "") -> ProcessError:
    """The error for a program that ended badly."""
    last = tuple(line for line in output.splitlines() if line.strip())[-5:]
    return ProcessError(
        f"{command[0]} failed with exit code {code}.", checked=last, hint=f"Run it yourself: {' '.join(command)}"
    )
