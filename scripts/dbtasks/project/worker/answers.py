"""Carry out what the worker is asked."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

from ..messages import requests
from ..messages.requests import Request
from ..messages.values import Differences, Run, Step
from . import history
from .compare.differences import difference
from .compare.schema_names import differences
from .generate import files, review
from .run import invalid_indexes, steps
from .run.aim import only
from .run.archived_downgrade import take_back
from .scripts import version_folders

Answer = TypeVar("Answer")
Report = Callable[[Step], None]
Tell = Callable[[str], None]


class Listener:
    """Whoever asked hears of each step before it is run, and of all else that is worth a line."""

    def __init__(self, report: Report, tell: Tell) -> None:
        self.report = report
        self.tell = tell


def answer(request: Request[Answer], listener: Listener) -> Answer:
    """Carry out a request.

    Raises:
        WorkerError: it failed for a reason that was foreseen.
    """
    aim: AbstractContextManager[None] = nullcontext() if request.aimed is None else only(request.aimed)
    with aim:
        found: Answer = _ANSWERS[type(request)](request, listener)
        return found


def _compare(request: requests.Compare, _: Listener) -> Differences:
    found = difference(request.settings)
    return Differences(tuple(found.told()), found.tables)


def _stamp(request: requests.Stamp, _: Listener) -> str:
    steps.stamp(request.settings, request.target)
    return history.resolve(request.settings, request.target)


def _run(
    request: requests.Upgrade | requests.Downgrade,
    plan: steps.Plan,
    listener: Listener,
    *,
    only_additions: bool = False,
) -> Run:
    way = steps.Way(request.target, plan, only_additions=only_additions)
    return steps.run(request.settings, way, listener.report, listener.tell)


_ANSWERS: "dict[type[Request[Any]], Callable[[Any, Listener], Any]]" = {
    requests.ReadHistory: lambda request, _: history.read(request.settings),
    requests.FindScriptFolder: lambda request, _: history.script_folder(request.settings),
    requests.FindVersionFolders: lambda request, _: tuple(version_folders(request.settings)),
    requests.Resolve: lambda request, _: history.resolve(request.settings, request.target),
    requests.Upgrade: lambda request, listener: _run(
        request, steps.plan_up, listener, only_additions=request.only_additions
    ),
    requests.Downgrade: lambda request, listener: _run(request, steps.plan_down, listener),
    requests.TakeBackForeign: lambda request, listener: take_back(
        request.settings, request.wanted, listener.report, listener.tell
    ),
    requests.WriteSql: lambda request, _: steps.sql(request.settings, request.target, up=request.up),
    requests.Stamp: _stamp,
    requests.Compare: _compare,
    requests.CompareNames: lambda request, _: tuple(differences(request.settings, request.expected)),
    requests.WriteRevision: lambda request, _: files.write(request.settings, request.wanted),
    requests.ReviewRevision: lambda request, _: review.review(request.settings, request.file),
    requests.FindInvalidIndexes: lambda request, _: tuple(invalid_indexes.invalid_indexes(request.settings)),
    requests.DropInvalidIndexes: lambda request, _: tuple(
        invalid_indexes.drop_invalid_of(request.settings, request.sources)
    ),
}
