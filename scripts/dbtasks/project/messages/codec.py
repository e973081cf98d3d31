"""Frozen dataclasses as JSON lines and back, by the types of their fields.

A line is read into the class that its reader expects, so that nothing in it chooses what is made of it.
"""

import dataclasses
import json
import types
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Value = TypeVar("Value")


def write_line(value: object) -> bytes:
    """A value as one line."""
    return json.dumps(_plain(value), ensure_ascii=True).encode() + b"\n"


def read_line(kind: type[Value], line: bytes) -> Value:
    """The value of a line.

    Args:
        kind: a dataclass, or another type that `write_line` takes.
        line: as `write_line` made it.

    Raises:
        ValueError: it is no such value.
    """
    try:
        found: Value = _typed(kind, json.loads(line))
    except (KeyError, TypeError) as error:
        raise ValueError(f"{line[:200]!r} is no {kind.__name__}") from error
    return found


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, (tuple, list)):
        return [_plain(part) for part in value]
    if isinstance(value, frozenset):
        return sorted(_plain(part) for part in value)
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"{type(value).__name__} is no type of a message")


def _typed(kind: Any, data: Any) -> Any:
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{field.name: _typed(hints[field.name], data[field.name]) for field in dataclasses.fields(kind)})
    if get_origin(kind) is not None:
        return _collection(get_origin(kind), get_args(kind), data)
    if kind is Path:
        return Path(data)
    if kind is float and type(data) is int:
        return float(data)
    if type(data) is not kind:  # a bool is an int too, and is none here
        raise TypeError(f"{data!r} is no {kind}")
    return data


def _collection(origin: Any, arguments: tuple[Any, ...], data: Any) -> Any:
    """A value of `X | None`, `tuple[X, ...]`, `tuple[X, Y]`, `frozenset[X]` or `dict[str, X]`."""
    if origin in (Union, types.UnionType):
        (kind,) = (part for part in arguments if part is not type(None))
        return None if data is None and type(None) in arguments else _typed(kind, data)
    if origin is dict:
        return {name: _typed(arguments[1], part) for name, part in data.items()}
    kinds = [arguments[0]] * len(data) if origin is frozenset or arguments[-1] is ... else list(arguments)
    if len(kinds) != len(data):
        raise TypeError(f"{data!r} has another length than {arguments}")
    return origin(_typed(kind, part) for kind, part in zip(kinds, data))  # noqa: B905 (equal by now; 3.10 knows it too)
