"""Which variables a program reads, however it reads them."""

import os
from collections.abc import Callable

import pytest

from dbtasks.project.observe import environment


def one_by_index() -> object:
    return os.environ["PATH"]


def one_by_get() -> object:
    return os.environ.get("PATH"), os.getenv("PATH")


def one_by_bytes() -> object:
    return os.environb.get(b"PATH")


def one_asked_for() -> object:
    return "PATH" in os.environ


def one_expanded() -> object:
    return os.path.expandvars("$PATH")


COPIES: dict[str, Callable[[], object]] = {
    "dict": lambda: dict(os.environ),
    "display": lambda: {**os.environ},
    "copy": os.environ.copy,
    "or": lambda: os.environ | {"A": "1"},
    "items": lambda: {name.lower(): value for name, value in os.environ.items()},
    "values": lambda: list(os.environ.values()),
    "loop": lambda: [os.environ[name] for name in os.environ],
}


def read(what: Callable[[], object]) -> set[str | None]:
    found: set[str | None] = set()
    with environment.recording(lambda name, _: found.add(name)):
        what()
    return found


@pytest.mark.parametrize("reader", [one_by_index, one_by_get, one_by_bytes, one_asked_for, one_expanded])
def test_each_way_to_read_a_variable_names_it(reader: Callable[[], object]) -> None:
    assert read(reader) == {"PATH"}


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_counts_as_all_variables_and_none_of_them(name: str) -> None:
    assert read(COPIES[name]) == {None}


def test_a_variable_that_is_read_after_a_copy_counts() -> None:
    def copied_and_read() -> None:
        dict(os.environ)
        os.environ.get("PATH")

    assert read(copied_and_read) == {None, "PATH"}


def test_the_environment_is_as_it_was_afterwards() -> None:
    read(one_by_get)

    assert [kind.__name__ for kind in map(type, (os.environ, os.environb))] == ["_Environ", "_Environ"]
