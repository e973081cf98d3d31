"""Who may read and write a file: private while it is built, as its name was before when it takes that name."""

import os
import stat
from contextlib import suppress
from pathlib import Path

_BY_DEFAULT = 0o644  # of a file that SQLite makes, less the bits of the umask
_GROUP, _OTHERS = 0o070, 0o007


def make_private(path: Path) -> None:
    """Make an empty file that only its owner may read; SQLite gives the files beside it the same mode.

    Raises:
        OSError: it exists, or it cannot be made.
    """
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))


def give_access_of(path: Path, to: Path) -> None:
    """Give a file the mode of another one, and its owner and group where this process may.

    Where the group could not be given, its members get what everybody has: it is another group.
    """
    wanted, has = path.stat(), to.stat()
    if (has.st_uid, has.st_gid) != (wanted.st_uid, wanted.st_gid):
        with suppress(OSError):
            os.chown(to, -1, wanted.st_gid)
        with suppress(OSError):
            os.chown(to, wanted.st_uid, -1)
        has = to.stat()
    mode = stat.S_IMODE(wanted.st_mode)
    if has.st_gid != wanted.st_gid:
        mode = mode & ~_GROUP | (mode & _OTHERS) << 3
    if stat.S_IMODE(has.st_mode) != mode:
        with suppress(PermissionError):  # of a kept state that is somebody else's
            to.chmod(mode)


def give_default_access(to: Path) -> None:
    """Give a file the mode of one that SQLite makes."""
    mask = os.umask(0o077)  # there is no way to ask for it alone
    os.umask(mask)
    to.chmod(_BY_DEFAULT & ~mask)
