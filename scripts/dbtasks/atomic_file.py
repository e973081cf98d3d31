"""Files that are written whole or not at all, from a draft beside them under a name that nobody else has."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replace(file: Path, *, mode: int = 0o666) -> Iterator[Path]:
    """Make an empty draft; it takes the file's name once the caller has filled it, and is gone where that fails.

    Args:
        file: what is made or replaced.
        mode: its permissions, less those of the umask.

    Raises:
        OSError: the place cannot be written; the file is as it was.
    """
    draft = file.with_name(f".{file.name}.{os.urandom(4).hex()}.new")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    try:
        yield draft
        draft.replace(file)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
