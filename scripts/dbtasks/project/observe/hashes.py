"""Hashes of a file's content and of the names in a folder; a build and a later look take them alike."""

import hashlib
import os
import stat

_MISSING = "missing"


def hash_file(path: str) -> str:
    """A hash of a file's content, or a word for why there is none."""
    try:
        mode = os.stat(path).st_mode
        if not stat.S_ISREG(mode):
            return f"no file but {stat.filemode(mode)[0]}"  # to read from a pipe would take from its reader
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return _MISSING


def hash_names(folder: str, skip: tuple[str, ...]) -> str:
    """A hash of the names in a folder, bytecode and some paths left out."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return _MISSING
    counted = (
        name
        for name in names
        if name != "__pycache__" and not name.endswith(".pyc") and not os.path.join(folder, name).startswith(skip)
    )
    return hashlib.sha256("\0".join(counted).encode(errors="surrogateescape")).hexdigest()
