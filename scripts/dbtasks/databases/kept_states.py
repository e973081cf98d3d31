"""Kept relatives, as both engines write them down and list them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, get_args

from dbtasks.databases.protocol import About, Kept, Kind


def list_kept(found: Iterable[Kept], kind: Kind | None) -> list[Kept]:
    """Those of a kind, of all kinds where it is None, the one kept last first."""
    wanted = (kept for kept in found if kind in {None, kept.about.kind})
    return sorted(wanted, key=lambda kept: (kept.about.number, kept.about.made), reverse=True)


def write_about(about: About) -> dict[str, Any]:
    """What a kept relative says of itself, as JSON takes it."""
    return {
        "kind": about.kind,
        "title": about.title,
        "made": about.made.isoformat(),
        "revisions": list(about.revisions),
        "facts": dict(about.facts),
        "number": about.number,
    }


def read_about(content: Mapping[str, Any]) -> About:
    """What was written; states of older versions have no number.

    Raises:
        ValueError: it is not ours, or it is damaged.
    """
    try:
        kind, title, made = content["kind"], content["title"], datetime.fromisoformat(content["made"])
        revisions, facts, number = content["revisions"], content["facts"], content.get("number", 0)
    except (KeyError, TypeError) as error:
        raise ValueError(str(error)) from error
    shapes = ((title, str), (revisions, list), (facts, dict), (number, int))
    if kind not in get_args(Kind) or made.tzinfo is None or not all(isinstance(*pair) for pair in shapes):
        raise ValueError("a part of it has another shape")
    if not all(isinstance(text, str) for text in (*revisions, *facts.values())):
        raise ValueError("a revision or a fact is no text")
    return About(kind, title, made, tuple(revisions), facts, number)
