"""The port on this machine: chosen once, and who has it when it is taken."""

import socket
from contextlib import suppress
from pathlib import Path

from dbtasks.servers.engine import Client, explaining
from dbtasks.servers.wanted import HOST

USUAL = 5432
_LISTENING = "0A"


def choose(taken: set[int]) -> int:
    """5432 if it is free, or any other free port; none of those that were found to be taken already."""
    if USUAL not in taken and free(USUAL):
        return USUAL
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def free(port: int) -> bool:
    """Could something listen on this port here, now?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def holder(client: Client, port: int) -> str:
    """Who listens on a port: a container, a process of this machine, or "another program"."""
    with explaining("list containers"):
        for container in client.api.containers(filters={"publish": str(port)}):
            if any(binding.get("PublicPort") == port for binding in container.get("Ports") or ()):
                return f"container {container['Names'][0].lstrip('/')}"
    return _process(port) or "another program"


def _process(port: int) -> str:
    """The process that listens, as far as /proc shows it to this user."""
    inodes = {
        fields[9]
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for fields in _rows(Path(table))
        if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port
    }
    if not inodes:
        return ""
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if link.readlink().name.removeprefix("socket:[").removesuffix("]") in inodes:
                process = link.parent.parent
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
    return ""


def _rows(table: Path) -> list[list[str]]:
    try:
        return [line.split() for line in table.read_text().splitlines()[1:]]
    except OSError:
        return []
