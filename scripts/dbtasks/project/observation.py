"""Let a piece of work in this process, or a program that it starts, tell what it reads."""

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from pathlib import Path

import dbtasks
from dbtasks.project.observe.outside import OBSERVED
from dbtasks.project.observe.recorder import Recorder, Tell, recording

_OURS = str(Path(dbtasks.__file__).parent)
_OBSERVE = str(Path(__file__).parent / "observe")


@contextmanager
def observed(tell: Tell, *, skip: tuple[str, ...], port: int) -> Iterator[Recorder]:
    """Be told what the project's code reads in this process, modules included that it had loaded before."""
    recorder = Recorder(tell, ours=_OURS, skip=skip, port=port)
    for name, module in list(sys.modules.items()):
        if name != "__main__" and type(getattr(module, "__loader__", None)) is SourceFileLoader and module.__file__:
            recorder.read_file(module.__file__)
    for name in ("sitecustomize", "usercustomize"):
        recorder.look_for(name, sys.path)
    with recording(recorder):
        yield recorder


@contextmanager
def observed_program(
    environment: Mapping[str, str], tell: Tell, *, skip: tuple[str, ...], port: int
) -> Iterator[Mapping[str, str]]:
    """An environment in which every Python tells what it reads, and that it started; told when the context ends."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "seen")
        orders = json.dumps({"file": str(file), "skip": [*skip, folder], "port": port})
        path = os.pathsep.join(filter(None, (_OBSERVE, environment.get("PYTHONPATH", ""))))
        yield {**environment, "PYTHONPATH": path, OBSERVED: orders}
        for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
            tell(*json.loads(line))


def read_trees(recorder: Recorder, places: Iterable[Path]) -> None:
    """Count files, and folders with everything in them, as read."""
    for place in places:
        for folder, inner, names in os.walk(place, followlinks=True):
            inner[:] = [name for name in inner if name != "__pycache__"]
            recorder.list_folder(folder)
            for name in names:
                recorder.read_file(os.path.join(folder, name))  # noqa: PTH118 (as os.walk has them)
        if not place.is_dir():
            recorder.read_file(str(place))
