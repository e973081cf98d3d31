"""What a build asks of programs and hosts: nobody sees what those read."""

import os
import sys
from typing import Any

OBSERVED = "DBTASKS_OBSERVED"  # the variable that names the file in which a child process records
_UNSEEN_OPTIONS = frozenset("IES")  # an interpreter started with one of them loads no sitecustomize of ours
_SOCKET_OF_POSTGRES = "/.s.PGSQL."


def started_program(event: str, arguments: tuple[Any, ...]) -> str:
    """The name of a program that is started, empty where it is a Python that records as well."""
    if event in {"os.system", "pty.spawn"}:
        words = arguments[0]
        return os.fsdecode(words).split()[0] if isinstance(words, (str, bytes)) else os.fsdecode(words[0])
    program = os.path.basename(os.fsdecode(arguments[0]))
    given = [os.fsdecode(word) for word in arguments[1]]
    variables = arguments[-1]
    if variables is None:
        variables = os.environ._data  # type: ignore[attr-defined]  # noqa: SLF001 (unrecorded)
    names = {os.fsdecode(name) for name in variables}
    return "" if _is_python(program) and OBSERVED in names and not _is_isolated(given) else program


def outside_host(address: Any, port: int) -> str:
    """The host that a socket is connected to, empty where it is the database's server."""
    if isinstance(address, (str, bytes)):
        path = os.fsdecode(address)
        return "" if _SOCKET_OF_POSTGRES in path else path
    return "" if address[1] == port else str(address[0])


def _is_python(program: str) -> bool:
    return program.startswith("python") or program == os.path.basename(sys.executable)


def _is_isolated(words: list[str]) -> bool:
    for word in words[1:]:
        if not word.startswith("-") or word in {"-c", "-m", "-"}:
            return False
        if not word.startswith("--") and _UNSEEN_OPTIONS & set(word[1:]):
            return True
    return False
