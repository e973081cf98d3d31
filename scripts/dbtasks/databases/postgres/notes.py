"""What a database says of itself: one line of JSON in its comment, bound to the very database by "on".

The other lines are the owner's text; the version before kept that inside the JSON. `pg_dump -C` and a copied
data directory carry comments along, so label and branch count only where "on" names this database; a note of
the version before has no "on" and counts.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from dbtasks.databases.kept_states import read_about, write_about
from dbtasks.databases.label_and_branch import read_label
from dbtasks.databases.protocol import About, Label

Kind = Literal["live", "draft", "kept"]
_OF_A_RELATIVE = {"of": str, "size": int, "flags": dict, "complete": bool}


@dataclass(frozen=True)
class Note:
    """The content of one database's comment.

    Args:
        kind: what the database is; None where dbtasks has not written anything.
        of: the name of the database that a relative belongs to.
        label: environment and project.
        about: why a relative is kept.
        comment: the text that somebody else wrote there.
        size: the bytes of a kept relative, which nobody writes to any more; measuring takes the server long.
        branch: the git branch whose state it is.
        on: the identity of the database that label and branch were written for.
        flags: the columns of pg_database that a kept relative had while it was live, where they close or protect it.
        complete: whether a kept relative has all that belonged to the name: comment, settings, owner, privileges.
    """

    kind: Kind | None = None
    of: str = ""
    label: Label | None = None
    about: About | None = None
    comment: str = ""
    size: int = 0
    branch: str = ""
    on: str = ""
    flags: Mapping[str, int] = field(default_factory=dict)
    complete: bool = False

    def holding(self, identity: str) -> "Note":
        """What counts of it on the database of that identity."""
        return self if self.on in {"", identity} else replace(self, label=None, branch="")

    def render(self) -> str:
        """The comment: the owner's text, then our line, in ASCII so that it fits into any encoding."""
        ours: dict[str, Any] = {"kind": self.kind}
        optional = {
            "of": self.of,
            "size": self.size,
            "branch": self.branch,
            "on": self.on,
            "flags": dict(self.flags),
            "complete": self.complete,
        }
        ours |= {key: value for key, value in optional.items() if value}
        if self.label is not None:
            ours["label"] = {"environment": self.label.environment, "project": self.label.project}
        if self.kind == "draft":
            ours |= {"pid": os.getpid(), "host": os.uname().nodename, "started": datetime.now(UTC).isoformat()}
        if self.about is not None:
            ours["about"] = write_about(self.about)
        line = json.dumps({"dbtasks": ours})
        return f"{self.comment}\n{line}" if self.comment else line


def read(comment: str | None) -> Note:
    """Understand a comment: the last line that is ours, and the others, which are somebody else's text."""
    lines = (comment or "").split("\n")
    for place in reversed(range(len(lines))):
        note = _read_line(lines[place])
        if note is not None:
            return replace(note, comment=note.comment or "\n".join(lines[:place] + lines[place + 1 :]))
    return Note(comment=comment or "")


def rebind(comment: str, old: str, new: str) -> str:
    """The comment of a database that has moved to another identity, so that what counted before counts there."""
    note = read(comment)
    return replace(note, on=new).render() if old and note.on == old else comment


def _read_line(line: str) -> Note | None:
    try:
        found = json.loads(line)
        ours = found["dbtasks"]
        note = Note(
            ours["kind"] if ours["kind"] in get_args(Kind) else None,
            label=read_label(ours.get("label")),
            about=read_about(ours["about"]) if "about" in ours else None,
            comment=_text(found.get("comment")),
            branch=_text(ours.get("branch")),
            on=str(ours.get("on", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return _as_a_relative(note, ours)


def _as_a_relative(note: Note, ours: Mapping[str, Any]) -> Note:
    """With what it says of a relative; one that says a part of it in another shape does not say why it is kept."""
    parts = {key: ours[key] for key in _OF_A_RELATIVE if key in ours}
    flags = parts.get("flags", {})
    fits = all(isinstance(part, _OF_A_RELATIVE[key]) for key, part in parts.items())
    if not fits or not all(isinstance(flag, int) for flag in flags.values()):
        return replace(note, about=None)
    return replace(note, **parts)


def _text(content: Any) -> str:
    return content if isinstance(content, str) else ""
