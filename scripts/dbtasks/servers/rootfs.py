"""A root file system with PostgreSQL in it, made from packages, as a tar file.

Whoever kills this leaves no running debootstrap and no mounted /proc behind: both end with the
namespace they live in, and the folder is removed by the next build, which sees that nobody holds it.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from dbtasks import process
from dbtasks.servers.packages import Source

_PREFIX = "dbtasks-image-"
# Documentation, caches, and the cluster and keys that the packages make at once and that no image may share.
_NOT_NEEDED = (
    "usr/share/doc/*", "usr/share/man/*", "usr/share/info/*", "var/cache/apt/*", "var/lib/apt/lists/*", "var/log/*",
    "var/lib/postgresql/*", "etc/postgresql/*", "etc/ssl/private/*",
)  # fmt: skip
# Its own mount and process namespace, which dies with this process.
_CAGE = ("setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child")


@contextmanager
def make_archive(where: Source, packages: Sequence[str]) -> Iterator[Path]:
    """Install the packages into an empty folder; the tar file of it, gone afterwards.

    Raises:
        ProcessError: debootstrap or tar failed; its last words are in the message.
    """
    with _folder() as folder:
        root, archive = folder / "root", folder / "root.tar"
        options = [f"--include={','.join(packages)}", f"--components={','.join(where.components)}"]
        if where.keyring:
            options.append(f"--keyring={where.keyring}")
        process.run([*_CAGE, "debootstrap", "--variant=minbase", *options, where.suite, str(root), where.address])
        for pattern in _NOT_NEEDED:
            for path in root.glob(pattern):
                _remove(path)
        process.run(["tar", "--create", "--numeric-owner", "--file", str(archive), "--directory", str(root), "."])
        yield archive


@contextmanager
def _folder() -> Iterator[Path]:
    """A temporary folder; those of killed builds are removed first."""
    for old in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError), _held(old):
            _remove(old)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        with _held(folder):
            yield folder
    finally:
        _remove(folder)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder; the system lets go when this process dies.

    Raises:
        BlockingIOError: somebody else holds it.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
