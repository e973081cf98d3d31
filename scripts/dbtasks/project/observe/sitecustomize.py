"""Record what a program of the project reads, in whatever Python it starts; found by PYTHONPATH.

Each line is appended at once, since a program may end without a word. Afterwards the environment's own
sitecustomize is run, as it would have been.
"""

import json
import os
import sys
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

_FOLDER = os.path.dirname(os.path.abspath(__file__))


def _load_observe() -> Any:
    spec = spec_from_file_location(
        "_dbtasks_observe", os.path.join(_FOLDER, "__init__.py"), submodule_search_locations=[_FOLDER]
    )
    if spec is None:
        raise ImportError(_FOLDER)
    sys.modules["_dbtasks_observe"] = module_from_spec(spec)
    return import_module("_dbtasks_observe.recorder")


def _record(observed: str, places: list[str]) -> None:
    recorder = _load_observe()
    orders = json.loads(observed)
    file = os.open(orders["file"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def tell(*seen: str) -> None:
        os.write(file, json.dumps(seen).encode() + b"\n")

    tell("started", "", "")
    recording = recorder.Recorder(tell, ours=_FOLDER, skip=tuple(orders["skip"]), port=orders["port"])
    for name in ("sitecustomize", "usercustomize"):
        recording.look_for(name, places)
        spec = PathFinder.find_spec(name, places)
        if spec is not None and spec.origin:
            recording.read_file(spec.origin)
    recorder.begin(recording)


def _chain(places: list[str]) -> None:
    spec = PathFinder.find_spec("sitecustomize", places)
    if spec is not None and spec.loader is not None:
        module = module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


sys.path[:] = [place for place in sys.path if os.path.abspath(place) != _FOLDER]
if "DBTASKS_OBSERVED" in os.environ:
    _record(os.environ["DBTASKS_OBSERVED"], sys.path)
_chain(sys.path)
