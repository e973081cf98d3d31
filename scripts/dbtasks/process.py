"""The only place that starts another program.

Secrets travel by environment, never by argument: an argument list is readable by every user.
"""

import codecs
import io
import locale
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from dbtasks.errors import ProcessError

_GRACE = 3.0  # seconds
_LOOK = 0.05  # seconds between two looks whether a program that says nothing has ended
_DRAIN = 0.5  # seconds for reading what it had printed by then, where a child that it left goes on printing


def run(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    text: str | None = None,
) -> str:
    """Run a program to its end and give back what it printed; `text` is its standard input.

    Raises:
        ProcessError: it is not there, or it failed; its last words are in the message.
    """
    with _finding(command[0]):
        done = subprocess.run(  # noqa: S603 (commands come from the configuration or from this code)
            command, env=environment, cwd=folder, input=text, capture_output=True, text=True, check=False,
            errors="replace",
        )  # fmt: skip
    if done.returncode != 0:
        raise _failure(command, done.returncode, done.stdout + done.stderr)
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
        with _finding(command[0]):
            done = subprocess.run(  # noqa: S603 (commands come from the configuration or from this code)
                command, env=environment, stdin=reading, stdout=writing, stderr=subprocess.PIPE, check=False
            )
    if done.returncode != 0:
        raise _failure(command, done.returncode, done.stderr.decode(errors="replace"))


def stream(
    command: Sequence[str], *, environment: Mapping[str, str], folder: Path, tell: Callable[[str], None]
) -> None:
    """Run a program and pass on each line that it prints, as it comes; whoever stops the task stops the program.

    Raises:
        ProcessError: it is not there, or it failed.
    """
    with _finding(command[0]):
        child = subprocess.Popen(  # noqa: S603 (commands come from the configuration or from this code)
            command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0
        )
    with child:
        try:
            for line in _lines(child):
                tell(line)
            child.wait()
        except BaseException:
            _end(child)
            raise
    if child.returncode != 0:
        raise _failure(command, child.returncode)


def _lines(child: "subprocess.Popen[bytes]") -> Iterator[str]:
    """Each line that a program prints until it has ended; a child that it leaves may hold the pipe open for ever."""
    decode = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder(locale.getpreferredencoding(False))("replace"), translate=True
    ).decode
    rest = ""
    for chunk in _chunks(child):
        *lines, rest = (rest + decode(chunk)).split("\n")
        yield from lines
    rest += decode(b"", final=True)
    if rest:
        yield rest


def _chunks(child: "subprocess.Popen[bytes]") -> Iterator[bytes]:
    ended = 0.0
    with selectors.DefaultSelector() as selector:
        if child.stdout is None:
            return
        selector.register(child.stdout, selectors.EVENT_READ)
        while not ended or time.monotonic() < ended + _DRAIN:
            if not ended and child.poll() is not None:
                ended = time.monotonic()
            if selector.select(0 if ended else _LOOK):
                chunk = os.read(child.stdout.fileno(), 1 << 16)
                if not chunk:
                    return
                yield chunk
            elif ended:
                return


def _end(child: "subprocess.Popen[bytes]") -> None:
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
    with _finding(command[0]):
        try:
            return subprocess.run(command, env=environment, cwd=folder, check=False).returncode  # noqa: S603 (see above)
        except KeyboardInterrupt:
            return 130


def own_python(command: Sequence[str]) -> list[str]:
    """The command with its program taken from this interpreter's environment, whatever PATH says."""
    first, *rest = command
    if first in {"python", "python3"}:
        return [sys.executable, *rest]
    installed = Path(sys.executable).parent / first
    return [str(installed) if installed.exists() else first, *rest]


@contextmanager
def _finding(program: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise ProcessError(
            f"The program {program!r} was not found.", hint=f"Install {program}, or check PATH"
        ) from error


def _failure(command: Sequence[str], code: int, output: str = "") -> ProcessError:
    last = tuple(line for line in output.splitlines() if line.strip())[-5:]
    return ProcessError(
        f"{command[0]} failed with exit code {code}.", checked=last, hint=f"Run it yourself: {' '.join(command)}"
    )
