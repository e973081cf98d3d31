"""What may come of a task, and whether it did."""

import signal
from dataclasses import dataclass
from typing import Literal

from tests.state_machine.content import Content
from tests.state_machine.driver import Done
from tests.state_machine.oracle import Walk

How = Literal["plain", "kill", "interrupt", "writer", "full", "protected", "crash"]


@dataclass(frozen=True)
class Meanwhile:
    """What happens while a task is at work.

    Args:
        how: what.
        share: when, as a share of the time that the task usually takes.
    """

    how: How
    share: float = 1.0


NOTHING_ELSE = Meanwhile("plain")
SIGNALS = {"kill": signal.SIGKILL, "interrupt": signal.SIGINT}
REFUSED = 3
INTERRUPTED = 130


@dataclass(frozen=True)
class Plan:
    """What may come of a task.

    Args:
        walks: each of them is right; none: the task has to leave everything as it is.
        in_place: a task that is stopped may leave what is between two steps.
        may_refuse: a refusal is right too.
    """

    walks: tuple[Walk, ...] = ()
    in_place: bool = False
    may_refuse: bool = False

    @property
    def ends(self) -> set[str]:
        """The contents that a finished task may leave."""
        return {walk.end.hash for walk in self.walks if walk.complete}

    @property
    def between(self) -> set[str]:
        """The contents that a stopped task may leave, the old one apart."""
        steps = {step.hash for walk in self.walks for step in walk.steps if self.in_place}
        return steps | self.ends


def judge(done: Done, meanwhile: Meanwhile, plan: Plan, old: Content, now: Content) -> None:
    """Is it the old content or a new one that is right, and does the exit code say so?"""
    how = meanwhile.how
    require_no_traceback(done, meanwhile)
    complete = bool(plan.ends)
    if how == "protected":
        require(now.hash == old.hash, "a protected database was changed", done)
        require(done.code == REFUSED or not old.present, "a protected database has to be refused with 3", done)
    elif how in {"plain", "writer"} and complete and not plan.may_refuse:
        require(done.code == 0, f"it has to work on {old}", done)
    if how in {"plain", "writer"} and done.code == 0 and complete:
        require(
            now.hash in plan.ends,
            f"{old} became {now}, not {', '.join(map(str, (walk.end for walk in plan.walks)))}",
            done,
        )
    elif how == "interrupt" and complete and not plan.may_refuse and has_begun(done):
        require(done.code in {0, INTERRUPTED, -signal.SIGINT}, "an interrupted task ends with 130", done)
    allowed = plan.between | {old.hash}
    mendable = how in SIGNALS and any(walk.commits_on_the_way for walk in plan.walks)
    require(now.hash in allowed or mendable, f"neither old nor new: {old} became {now}", done)


def require_no_traceback(done: Done, meanwhile: Meanwhile = NOTHING_ELSE) -> None:
    """Whatever can be foreseen ends with one short message."""
    begun = has_begun(done) or meanwhile.how != "interrupt"
    require("Traceback" not in done.text or not begun, "an expected failure is one short message", done)


def has_begun(done: Done) -> bool:
    """Did our code see the Ctrl-C? Before that Python answers it, in its own words and with its own exit code."""
    return "KeyboardInterrupt" not in done.text or "in entry" in done.text


def require(holds: object, sentence: str, done: Done | None) -> None:
    """Fail with what the last command said.

    Raises:
        AssertionError: it does not hold.
    """
    if not holds:
        raise AssertionError(f"{sentence}\n{done}")
