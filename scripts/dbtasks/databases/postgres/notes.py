"""What a database says of itself: JSON in its comment, which no dump or clone carries along.

A comment that somebody else wrote is kept inside, under "comment", and goes wherever the name goes.
"""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from dbtasks.databases import About, Label

Kind = Literal["live", "draft", "kept"]


@dataclass(frozen=True)
class Note:
    """The content of one database's comment.

    Args:
        kind: what the database is; None where dbtasks has not written anything.
        of: the name of the database that a relative belongs to.
        label: environment and project.
        about: why a relative is kept.
        comment: what somebody else had written there.
        size: the bytes of a kept relative, which nobody writes to any more; measuring takes the server long.
    """

    kind: Kind | None = None
    of: str = ""
    label: Label | None = None
    about: About | None = None
    comment: str = ""
    size: int = 0

    def render(self) -> str:
        """The comment's text; plain ASCII, so that it fits into any encoding."""
        ours: dict[str, Any] = {"kind": self.kind}
        if self.of:
            ours["of"] = self.of
        if self.size:
            ours["size"] = self.size
        if self.label is not None:
            ours["label"] = {"environment": self.label.environment, "project": self.label.project}
        if self.kind == "draft":
            ours |= {"pid": os.getpid(), "host": os.uname().nodename, "started": datetime.now(UTC).isoformat()}
        if self.about is not None:
            ours["about"] = {
                "kind": self.about.kind,
                "title": self.about.title,
                "made": self.about.made.isoformat(),
                "revisions": list(self.about.revisions),
                "facts": dict(self.about.facts),
            }
        return json.dumps({"dbtasks": ours} | ({"comment": self.comment} if self.comment else {}))


def read(comment: str | None) -> Note:
    """Understand a comment; whatever is not ours is somebody else's text."""
    if not comment:
        return Note()
    try:
        found = json.loads(comment)
        ours = found["dbtasks"]
        return Note(
            ours["kind"],
            ours.get("of", ""),
            _label(ours),
            _about(ours),
            found.get("comment", ""),
            ours.get("size", 0),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return Note(comment=comment)


def _label(ours: dict[str, Any]) -> Label | None:
    return Label(ours["label"]["environment"], ours["label"]["project"]) if "label" in ours else None


def _about(ours: dict[str, Any]) -> About | None:
    if "about" not in ours:
        return None
    read = ours["about"]
    made = datetime.fromisoformat(read["made"])
    return About(read["kind"], read["title"], made, tuple(read["revisions"]), read["facts"])
