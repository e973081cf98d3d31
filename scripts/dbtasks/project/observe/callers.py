"""Whose doing is it? The nearest caller that is more than a library: the project, Alembic, or dbtasks itself."""

import os
import sysconfig
from enum import Enum
from types import FrameType
from typing import NamedTuple

_SEPARATE = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_STANDARD = tuple({sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib")})


class Code(Enum):
    """Where a piece of code comes from."""

    PROJECT = "project"
    ALEMBIC = "alembic"
    OURS = "dbtasks"
    LIBRARY = "library"
    STANDARD = "standard library"
    IMPORTS = "import system"


class Caller(NamedTuple):
    """Who asked for something.

    Args:
        code: the nearest caller: project, Alembic or dbtasks.
        is_direct: no library stands between.
        is_import: a library was being imported.
    """

    code: Code
    is_direct: bool
    is_import: bool


class Callers:
    """Tells callers by the files of their code."""

    def __init__(self, ours: str) -> None:
        self._ours = ours and os.path.join(ours, "")
        self._known: dict[str, Code] = {}

    def nearest(self, frame: FrameType | None) -> Caller:
        """The caller on whose behalf a frame runs; a thread of nobody's counts as the project's."""
        is_direct, is_import = True, False
        while frame is not None:
            code = self.code(frame.f_code.co_filename)
            if code is Code.LIBRARY:
                is_direct = False
            elif code is Code.IMPORTS:
                is_import = True
            elif code is not Code.STANDARD:
                return Caller(code, is_direct, is_import and not is_direct)
            frame = frame.f_back
        return Caller(Code.PROJECT, is_direct, is_import and not is_direct)

    def code(self, filename: str) -> Code:
        """Where the code of a file comes from."""
        known = self._known.get(filename)
        if known is None:
            known = self._known[filename] = self._classify(filename)
        return known

    def is_installed(self, path: str) -> bool:
        """Does a file belong to the interpreter, a package or dbtasks, all of which count by their versions?"""
        return bool(self._ours and path.startswith(self._ours)) or _is_package(path) or path.startswith(_STANDARD)

    def _classify(self, filename: str) -> Code:
        if filename.startswith("<frozen importlib"):
            return Code.IMPORTS
        if filename.startswith("<"):  # frozen parts of the standard library, and code that was made as text
            return Code.STANDARD
        if self._ours and filename.startswith(self._ours):
            return Code.OURS
        if _is_package(filename):
            return Code.ALEMBIC if f"{os.sep}alembic{os.sep}" in filename else Code.LIBRARY
        return Code.STANDARD if filename.startswith(_STANDARD) else Code.PROJECT


def _is_package(path: str) -> bool:
    return any(part in path for part in _SEPARATE) or path.endswith(("site-packages", "dist-packages"))
