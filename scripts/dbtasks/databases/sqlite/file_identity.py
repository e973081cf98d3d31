"""What no other file has: device, inode, and the moment the inode was given out.

A file system gives the inode of a removed file to the next one, ext4 at once. Without the time of birth
a note about the removed file would count for the new one.
"""

import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ctypes

_AT_FDCWD = -100
_NO_FOLLOW = 0x100
_BIRTH = 0x800
_STATX_SIZE = 256
_SECONDS = slice(80, 88)  # of struct statx, as Linux fixes it for every architecture
_NANOSECONDS = slice(88, 92)
_MASK = slice(0, 4)


@dataclass(frozen=True)
class FileIdentity:
    """Which file it is, whatever it is called.

    Args:
        device: of its file system.
        inode: on it.
        born: nanoseconds since 1970 at which the inode was given out; 0 where the system does not tell.
        links: how many names it has.
    """

    device: int
    inode: int
    born: int
    links: int

    @property
    def key(self) -> str:
        """Device and inode, as in "64769-131"."""
        return f"{self.device}-{self.inode}"


def identify(path: Path) -> FileIdentity | None:
    """The identity of what is at the path, a symbolic link not followed; None where there is nothing."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    return FileIdentity(found.st_dev, found.st_ino, _born(path, found), found.st_nlink)


def _born(path: Path, found: os.stat_result) -> int:
    seconds = getattr(found, "st_birthtime", None)  # macOS
    if seconds is not None:
        return int(seconds * 1_000_000_000)
    library = _library()
    if library is None:
        return 0
    import ctypes

    answer = ctypes.create_string_buffer(_STATX_SIZE)
    if library.statx(_AT_FDCWD, os.fsencode(path), _NO_FOLLOW, _BIRTH, answer) != 0:
        return 0
    told = answer.raw
    if not int.from_bytes(told[_MASK], sys.byteorder) & _BIRTH:
        return 0
    seconds = int.from_bytes(told[_SECONDS], sys.byteorder)
    return int(seconds * 1_000_000_000 + int.from_bytes(told[_NANOSECONDS], sys.byteorder))


@cache
def _library() -> "ctypes.CDLL | None":
    """The C library, where it has statx: Python's own stat does not tell the time of birth on Linux."""
    import ctypes

    try:
        library = ctypes.CDLL(None)
        library.statx  # noqa: B018 (asks whether there is such a function)
    except (OSError, AttributeError):
        return None
    return library
