"""What a task has to make of a content: computed by plain Alembic on a scratch copy, and remembered.

A way through the history is walked step by step, so that what a task leaves between two revisions is known too.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from tests.state_machine import example
from tests.state_machine.content import ABSENT, Content
from tests.state_machine.places import Place


@dataclass(frozen=True)
class Walk:
    """What comes of a content on the way.

    Args:
        steps: after each step that worked, the start included.
        complete: did every step work?
        commits_on_the_way: was a revision with an autocommit block among the steps?
    """

    steps: tuple[Content, ...]
    complete: bool
    commits_on_the_way: bool = False

    @property
    def end(self) -> Content:
        """Where it ends."""
        return self.steps[-1]


Step = tuple[str, str]  # up, down, seed or stamp, and where to


class Oracle:
    """Walks; contents are equal in each sequence, so most walks are known already."""

    _known: dict[tuple[str, str, tuple[Step, ...]], Walk] = {}  # noqa: RUF012 (of all sequences of the process)

    def __init__(self, folder: Path, project: Path) -> None:
        self._project = project
        self._ini = folder / "alembic.ini"
        (folder / "migrations").mkdir(parents=True)
        (folder / "migrations" / "env.py").write_text((project / "migrations" / "env.py").read_text())
        example.write_revisions(folder / "migrations" / "versions", example.PARENTS)
        self._ini.write_text("[alembic]\nscript_location = %(here)s/migrations\npath_separator = os\n")

    def walk(self, place: Place, start: Content, source: str | None, steps: Sequence[Step]) -> Walk:
        """Take steps on a copy.

        Args:
            place: where scratch copies are made.
            start: what is copied.
            source: where that is: "" for the database itself, None for nothing at all.
            steps: in order.
        """
        key = (place.engine, start.hash if source is not None else "", tuple(steps))
        if key not in self._known:
            with place.clone(source) as (url, read):
                self._known[key] = self._walk(url, read, start, steps)
        return self._known[key]

    def _walk(self, url: str, read: Callable[[], Content], start: Content, steps: Sequence[Step]) -> Walk:
        seen = [start]
        commits = any(where == example.COMMITS_ON_THE_WAY for what, where in steps if what in {"up", "down"})
        for what, revision in steps:
            try:
                self._take(url, what, revision)
            except (SQLAlchemyError, CommandError, subprocess.CalledProcessError):
                return Walk(tuple(seen), complete=False, commits_on_the_way=commits)
            seen.append(read())
        return Walk(tuple(seen), complete=True, commits_on_the_way=commits)

    def _take(self, url: str, what: str, revision: str) -> None:
        if what == "seed":
            environment = {**os.environ, "DATABASE_URL": url}
            subprocess.run(
                [sys.executable, "seeds.py"], cwd=self._project, env=environment, capture_output=True, check=True
            )
            return
        config = Config(str(self._ini))
        config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
        if what == "up":
            command.upgrade(config, revision)
        elif what == "down":
            command.downgrade(config, example.PARENTS[revision] or "base")
        else:
            command.stamp(config, revision, purge=True)  # from another branch's revision too


def ancestors(revision: str) -> list[str]:
    """A revision and those below it, from the first on."""
    line: list[str] = []
    while revision:
        line.insert(0, revision)
        revision = example.PARENTS[revision]
    return line


def way(start: str, target: str) -> list[Step]:
    """The steps from one revision to another: down to what both have, and up."""
    have, want = ancestors(start), ancestors(target)
    down = [("down", revision) for revision in reversed(have) if revision not in want]
    return down + [("up", revision) for revision in want if revision not in have]


NOTHING = Walk((ABSENT,), complete=True)
