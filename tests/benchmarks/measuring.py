"""Time whole commands in turns, so that a noisy machine disturbs both sides alike."""

import resource
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal

By = Literal["wall", "cpu"]
Step = Sequence[str] | Callable[[], None]


@dataclass(frozen=True)
class Result:
    """Medians in seconds, and the median of the ratios of the single rounds."""

    ours: float
    peer: float
    ratio: float


@dataclass(frozen=True)
class Target:
    """What a figure should be, in words and as a check."""

    text: str
    met: Callable[[Result], bool]


def at_most_times(factor: float) -> Target:
    """Ours takes at most that many times as long as the peer."""
    return Target(f"at most {factor:g} times", lambda result: result.ratio <= factor)


def times_faster(factor: float) -> Target:
    """The peer takes at least that many times as long as ours."""
    return Target(f"at least {factor:g} times faster", lambda result: result.ratio * factor <= 1)


def at_most_more(seconds: float) -> Target:
    """Ours takes at most that much longer."""
    return Target(f"at most {seconds:g} s more", lambda result: result.ours - result.peer <= seconds)


def at_most(seconds: float) -> Target:
    """Ours takes at most that long."""
    return Target(f"at most {seconds:g} s", lambda result: result.ours <= seconds)


@dataclass(frozen=True)
class Case:
    """One figure: our steps next to the peer's, each a list of commands (or calls, for the preparation).

    Args:
        name: what is measured.
        ours: the commands that make our side.
        peer_name: what we are held against.
        peer: its commands.
        folder: where both run.
        environment: for both.
        by: wall time or CPU time (of all child processes).
        target: what the ratio should be.
        before: called before each side, not measured.
        rounds: how often each side runs.
    """

    name: str
    ours: Sequence[Sequence[str]]
    peer_name: str
    peer: Sequence[Sequence[str]]
    folder: Path
    environment: dict[str, str]
    by: By = "wall"
    target: Target | None = None
    before: Callable[[], None] = lambda: None
    rounds: int = 9


@dataclass(frozen=True)
class Reading:
    """A figure of our own that has no peer on this machine.

    Args:
        name: what was measured.
        seconds: the median.
        limit: what it should stay below.
        beside: what others publish.
    """

    name: str
    seconds: float
    limit: float
    beside: str = ""


def measure(case: Case) -> Result:
    """Run both sides in turns after one round that does not count."""
    pairs = []
    for number in range(case.rounds + 1):
        sides = [case.ours, case.peer] if number % 2 else [case.peer, case.ours]
        times = {id(side): _timed(case, side) for side in sides}
        if number:
            pairs.append((times[id(case.ours)], times[id(case.peer)]))
    return Result(
        ours=median(ours for ours, _ in pairs),
        peer=median(peer for _, peer in pairs),
        ratio=median(ours / peer for ours, peer in pairs),
    )


def _timed(case: Case, side: Sequence[Sequence[str]]) -> float:
    case.before()
    started, used = time.perf_counter(), _cpu()
    for command in side:
        done = subprocess.run(
            command, cwd=case.folder, env=case.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return _cpu() - used if case.by == "cpu" else time.perf_counter() - started


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
