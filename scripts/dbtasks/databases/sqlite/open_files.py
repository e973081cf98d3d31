"""Which programs have a file open? Answered where Linux tells (/proc), for processes of this user."""

import os
from pathlib import Path


def find_openers(path: Path) -> list[str]:
    """The other processes that have the file open, as in "uvicorn (process 4711)"; empty where nobody can tell."""
    try:
        wanted = path.stat()
        processes = [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 (names are enough)
    except OSError:
        return []
    me = os.getpid()
    return [_named(pid) for pid in processes if pid != me and _has_open(pid, wanted)]


def _has_open(pid: int, wanted: os.stat_result) -> bool:
    try:
        with os.scandir(f"/proc/{pid}/fd") as entries:
            return any(_same(entry, wanted) for entry in entries)
    except OSError:  # gone meanwhile, or another user's
        return False


def _same(entry: os.DirEntry[str], wanted: os.stat_result) -> bool:
    try:
        found = entry.stat()
    except OSError:
        return False
    return (found.st_dev, found.st_ino) == (wanted.st_dev, wanted.st_ino)


def _named(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        words = []
    program = Path(words[0].decode(errors="replace")).name if words and words[0] else "a program"
    return f"{program} (process {pid}) has it open"
