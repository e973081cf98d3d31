"""Everything the suite prints goes through here: words, tables, progress, and no secret.

Results go to standard output, remarks to standard error, so that `--json` can be piped as it is.
rich is imported only where a table or a bar is drawn; it costs more than a whole cached reset may.
"""

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, TextIO

from dbtasks.errors import TaskError

_secrets: set[str] = set()
_colour = True
_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_SHORTEST_SECRET = 3  # blanking every "a" of a one-letter password would hide nothing and break everything


def open_closed_streams() -> None:
    """Open what the caller has closed of standard input, output and error.

    Their numbers would go to the next files that are opened, a database among them, and words into those.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", closefd=False))


def hide(*values: str) -> None:
    """Never print these values from now on, nor as a URL spells them; `***` stands in their place."""
    _secrets.update(value for value in values if len(value) >= _SHORTEST_SECRET)


def use_colour(wanted: bool) -> None:  # noqa: FBT001 (a setter of one switch)
    """Colour terminals, or never colour anything (NO_COLOR)."""
    global _colour  # noqa: PLW0603 (one process, one terminal)
    _colour = wanted


def blank(text: str) -> str:
    """The text with every known secret replaced."""
    if not _secrets:
        return text
    return re.sub("|".join(map(_spellings, sorted(_secrets, key=len, reverse=True))), "***", text)


def say(text: str = "", style: str = "") -> None:
    """Print a line of the result."""
    _write(sys.stdout, text, style)


def note(text: str, style: str = "dim") -> None:
    """Print a remark about what is going on; it does not mix with piped output."""
    _write(sys.stderr, text, style)


def warn(text: str) -> None:
    """Print something the reader should act on."""
    _write(sys.stderr, f"warning: {text}", "yellow")


def fail(error: TaskError) -> None:
    """Print an expected failure: what happened, what was checked, what to type."""
    _write(sys.stderr, f"error: {error.message}", "red")
    for line in error.checked:
        _write(sys.stderr, f"  checked: {line}", "")
    if error.hint:
        _write(sys.stderr, f"  next: {error.hint}", "bold")


def data(value: Any) -> None:
    """Print a value as JSON, for programs; of that secrets are taken out of the texts in it, and nothing else."""
    _put(sys.stdout, json.dumps(_blanked(value), indent=2, ensure_ascii=False) + "\n")


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[str] = ()) -> None:
    """Print aligned columns; those whose heading is in `numbers` are flush right."""
    lines = [list(headings), *[[blank(cell) for cell in row] for row in rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(headings))]
    for index, line in enumerate(lines):
        cells = [
            cell.rjust(width) if heading in numbers else cell.ljust(width)
            for cell, width, heading in zip(line, widths, headings, strict=True)
        ]
        say("  " + "  ".join(cells).rstrip(), "dim" if index == 0 else "")


def shows_bars() -> bool:
    """Is there a terminal that a bar can be drawn on?"""
    return sys.stderr.isatty()


def interactive() -> bool:
    """Is a person at the keyboard?"""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str) -> str:
    """Ask a person for one line; empty when nobody is there to answer."""
    if not interactive():
        return ""
    _put(sys.stderr, blank(question) + " ")
    return sys.stdin.readline().strip()


@contextmanager
def progress(title: str, total: int | None) -> Iterator["Progress"]:
    """Show how far a long piece of work has come: a bar in a terminal, nothing when piped."""
    if not shows_bars():
        yield Progress()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        yield Progress(bars, bars.add_task(title, total=total))


class Progress:
    """The handle on one bar; a no-op where none is shown."""

    def __init__(self, bars: Any = None, task: Any = None) -> None:
        self._bars = bars
        self._task = task

    def advance(self, steps: int = 1, title: str | None = None) -> None:
        """Count steps as done."""
        if self._bars is not None:
            extra = {} if title is None else {"description": blank(title)}
            self._bars.update(self._task, advance=steps, **extra)

    def set_total(self, total: int) -> None:
        """Tell how many steps there are, once that is known."""
        if self._bars is not None:
            self._bars.update(self._task, total=total)


def _blanked(value: Any) -> Any:
    """A value for JSON without secrets; its keys are our own words."""
    if isinstance(value, dict):
        return {key: _blanked(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_blanked(part) for part in value]
    return value if value is None or isinstance(value, int | float) else blank(str(value))


@cache
def _spellings(secret: str) -> str:
    """A pattern of a secret as it is, as a URL may spell it, and as Python and JSON escape it."""
    return "".join(map(_spelling, secret))


def _spelling(char: str) -> str:
    """A pattern of one character: which are encoded, and how often they are escaped, is the writer's choice."""
    encoded = "".join(f"%{byte:02x}" for byte in char.encode(errors="surrogatepass"))
    escaped = {ascii(char)[1:-1], json.dumps(char)[1:-1]} - {char}
    ways = [f"(?i:{encoded})", *(re.escape(one).replace(r"\\", r"\\+") for one in sorted(escaped))]
    if char == " ":
        ways.append("[+]")
    beginning = r"\\*" if char in "'\"" else ""
    return f"(?:{'|'.join(ways)}|{beginning}{re.escape(char)})"


def _write(stream: TextIO, text: str, style: str) -> None:
    text = blank(text)
    if style and _colour and stream.isatty():
        text = f"\033[{_STYLES[style]}m{text}\033[0m"
    _put(stream, text + "\n")


def _put(stream: TextIO, text: str) -> None:
    """Write, and go on where the reader has gone away, as `head` does: output is not the work."""
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError):  # a pipe that nobody reads, a full disk behind it, or a stream that was closed
        _silence(stream)


def _silence(stream: TextIO) -> None:
    """Send what else is written there nowhere, so that Python finds nothing to complain of at the end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
