"""Run the history on a database: step by step, each whole or not at all."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationStep, RevisionStep
from alembic.script import ScriptDirectory

from ...messages.failures import WorkerError
from ...messages.values import Run, Step, WorkerSettings
from ..history import message_of
from ..scripts import at_home, configuration, scripts
from .additive_run import LossFoundError, only_additions
from .aim import NOT_A_FAILURE
from .environment import Attempt, listening, safe_environment
from .failures import explain
from .lock_timeouts import Tell, Watch, is_lock_failure, pause_before

Before = Callable[[Step], None]
Plan = Callable[[ScriptDirectory, Any, str], Iterable[RevisionStep]]  # (history, from, to) -> what to run


@dataclass(frozen=True)
class Way:
    """From where a database stands to somewhere else.

    Args:
        target: where it goes.
        plan: which revisions to run.
        script: the history, when it is not the project's own.
        start: where SQL starts from.
        output: where SQL is written, instead of being run.
        only_additions: stop where a statement does more than add.
    """

    target: str
    plan: Plan
    script: ScriptDirectory | None = None
    start: str | None = None
    output: StringIO | None = None
    only_additions: bool = False


def stamp(settings: WorkerSettings, target: str) -> None:
    """Write a revision into alembic_version without running anything.

    Raises:
        MigrationError: there is no such revision, or the database did not take it.
    """
    with at_home(settings):
        try:
            command.stamp(configuration(settings), target, purge=True)
        except NOT_A_FAILURE:
            raise
        except BaseException as error:
            raise explain(error, Attempt(0), settings) from error


def sql(settings: WorkerSettings, target: str, *, up: bool = True, script: ScriptDirectory | None = None) -> str:
    """The SQL of an upgrade or downgrade, without a database.

    Args:
        settings: naming the engine whose SQL is wanted.
        target: a revision, or a range `FROM:TO` (needed to go down).
        up: which way.
        script: the history, when it is not the project's own.

    Raises:
        MigrationError: a revision reads from the database, or the range is none.
    """
    output = StringIO()
    start, colon, end = target.rpartition(":")
    way = Way(end, plan_up if up else plan_down, script=script, start=start if colon else None, output=output)
    run(settings, way, lambda _: None)
    return output.getvalue()


def run(settings: WorkerSettings, way: Way, before: Before, tell: Tell = lambda _: None) -> Run:
    """Run the steps; retry those that failed on a lock timeout.

    Raises:
        MigrationError: a revision failed, or there is no such way.
    """
    one_run = _Run(settings, way, before, tell)
    with at_home(settings):
        config = configuration(settings, way.output)
        own = scripts(config, settings)  # which also puts prepend_sys_path where env.py's imports look
        script = way.script or own
        for number in range(settings.lock_retries + 1):
            if one_run.attempt(number, config, script):
                break
    if one_run.heads is None:
        raise WorkerError(
            "migration",
            "env.py ran no migrations: the database is as it was.",
            checked=[f"database {settings.place}", f"{script.env_py_location} never called context.run_migrations()"],
            hint="Let env.py call context.run_migrations() when it is not in offline mode; then: nox -s migrate",
        )
    return Run(tuple(one_run.done.values()), one_run.heads)


def plan_up(script: ScriptDirectory, heads: Any, target: str) -> list[RevisionStep]:
    """What is missing up to a target, parents first."""
    missing = list(script.iterate_revisions(target, heads, implicit_base=True))
    return [MigrationStep.upgrade_from_script(script.revision_map, found) for found in reversed(missing)]


def plan_down(script: ScriptDirectory, heads: Any, target: str) -> list[RevisionStep]:
    """What has to be taken back down to a target, children first."""
    going = script.iterate_revisions(heads, target, select_for_downgrade=True)
    return [MigrationStep.downgrade_from_script(script.revision_map, found) for found in going]


class _Run:
    """One run of some revisions, which may take several attempts."""

    def __init__(self, settings: WorkerSettings, way: Way, before: Before, tell: Tell) -> None:
        self.done: dict[str, Step] = {}
        self.heads: tuple[str, ...] | None = None
        self._settings = settings
        self._way = way
        self._before = before
        self._tell = tell
        self._offline = way.output is not None
        self._begun: set[str] = set()

    def attempt(self, number: int, config: Config, script: ScriptDirectory) -> bool:
        """Run all that is missing; False when that is worth another attempt."""
        attempt = Attempt(self._settings.lock_timeout, only_additions=self._way.only_additions)
        has_locks = self._settings.engine == "postgres" and not self._offline
        watch = Watch(self._settings, attempt, self._tell) if has_locks else None
        environment = safe_environment(
            config, script, attempt, fn=lambda heads, _: self._steps(script, heads, attempt),
            as_sql=self._offline, starting_rev=self._way.start, destination_rev=self._way.target, tag=None,
        )  # fmt: skip
        try:
            with (
                listening(attempt),
                watch.on() if watch else nullcontext(),
                only_additions(wanted=self._way.only_additions),
                environment,
            ):
                script.run_env()
        except NOT_A_FAILURE:
            raise
        except LossFoundError as error:
            step = f"{attempt.step.revision}: " if attempt.step else ""
            raise WorkerError("loss", f"{step}{error}") from error
        except BaseException as error:  # a SystemExit of the project's code is no success of the task
            blockers = watch.blockers if watch else ()
            if is_lock_failure(error) and not attempt.partly_committed and number < self._settings.lock_retries:
                self._wait(number, attempt, blockers)
                return False
            raise explain(error, attempt, self._settings, blockers) from error
        self.heads = attempt.heads
        return True

    def _steps(self, script: ScriptDirectory, heads: Any, attempt: Attempt) -> Iterator[RevisionStep]:
        """The steps for Alembic, which asks for the next one when the last one is committed."""
        attempt.heads = tuple(sorted(heads))
        steps = list(self._way.plan(script, heads, self._way.target))
        for number, step in enumerate(steps, start=1):
            revision = step.revision
            file = Path(revision.path)
            told = Step(revision.revision, message_of(revision), step.is_upgrade, file, number, len(steps))
            attempt.step, attempt.partly_committed = told, False
            if told.revision not in self._begun:
                self._before(told)
                self._begun.add(told.revision)
            yield step
            self.done[told.revision] = told
        attempt.step = None

    def _wait(self, number: int, attempt: Attempt, blockers: Sequence[str]) -> None:
        pause = pause_before(number, attempt.lock_timeout)
        name = attempt.step.revision if attempt.step else "the first statement"
        holder = f"; it is held by {'; '.join(blockers)}" if blockers else ""
        self._tell(
            f"  {name} got no lock within {attempt.lock_timeout:g} s{holder}. "
            f"Attempt {number + 2} of {self._settings.lock_retries + 1} in {pause:.1f} s"
        )
        time.sleep(pause)
