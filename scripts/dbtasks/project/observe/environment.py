"""An `os.environ` that tells which of its variables are read."""

import os
import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from types import FrameType

Read = Callable[["str | None", FrameType], None]  # None: all of them

_told: list[Read] = []
_VIEWS = (os.__name__, MutableMapping.__module__)  # what stands between a mapping and its reader


class _Copy:
    """The copy of the environment that is being made, which reads each name after it was given all of them."""

    yielded: object = None
    reader: FrameType | None = None
    instruction: int = -1


class _Recording(os._Environ):  # type: ignore[type-arg]  # noqa: SLF001 (its instance is what everyone has imported)
    """What `os.environ` becomes; a subclass, so that every earlier `from os import environ` is recorded too."""

    def __getitem__(self, key):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN204 (str or bytes, as in the base)
        reader = _reader(sys._getframe(1))  # noqa: SLF001 (the documented way to the caller)
        is_copied = reader is _Copy.reader and reader.f_lasti == _Copy.instruction
        if key != _Copy.yielded and not is_copied:
            _Copy.reader = None
            for tell in _told:
                tell(os.fsdecode(key), reader)
        return super().__getitem__(key)

    def __iter__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204 (as in the base)
        reader = _reader(sys._getframe(1))  # noqa: SLF001 (see above)
        _Copy.reader, _Copy.instruction = reader, reader.f_lasti
        for tell in _told:
            tell(None, reader)
        try:
            for key in super().__iter__():
                _Copy.yielded = key
                yield key
        finally:
            _Copy.yielded = None


def _reader(frame: FrameType) -> FrameType:
    """The frame behind those of the mapping's own methods and views."""
    while frame.f_back is not None and frame.f_globals.get("__name__") in _VIEWS:
        frame = frame.f_back
    return frame


@contextmanager
def recording(tell: Read) -> Iterator[None]:
    """Be told of each variable that is read; the name is None when all are read."""
    begin(tell)
    try:
        yield
    finally:
        for environment in (os.environ, os.environb):
            environment.__class__ = os._Environ  # noqa: SLF001 (what it was)
        _told.remove(tell)
        _Copy.reader = None


def begin(tell: Read) -> None:
    """Be told until the process ends; arguments as for `recording`."""
    _told.append(tell)
    for environment in (os.environ, os.environb):
        environment.__class__ = _Recording
