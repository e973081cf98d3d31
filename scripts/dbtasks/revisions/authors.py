"""Who wrote a revision, and when: git's word for it, and nothing where there is no git."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dbtasks import process
from dbtasks.errors import ProcessError

_NEW = "\x01"


@dataclass(frozen=True)
class Origin:
    """Where a revision comes from."""

    author: str = ""
    date: str = ""

    def __str__(self) -> str:
        return f"{self.author}, {self.date}" if self.author else "not committed"


def origins(folder: Path, ref: str = "HEAD") -> Mapping[Path, Origin]:
    """The first commit of each file below a folder, from one question to git."""
    question = ("log", "--diff-filter=A", "--no-renames", f"--format={_NEW}%an\t%as", "--name-only", ref, "--", ".")
    try:
        root = Path(process.run(["git", "rev-parse", "--show-toplevel"], folder=folder).strip())
        told = process.run(["git", "-c", "core.quotePath=false", *question], folder=folder)
    except ProcessError:
        return {}
    found: dict[Path, Origin] = {}
    origin = Origin()
    for line in told.splitlines():
        if line.startswith(_NEW):
            author, _, date = line.removeprefix(_NEW).partition("\t")
            origin = Origin(author, date)
        elif line:
            found[root / line] = origin  # newest first, so the oldest stays
    return found
