"""Run commands of dbtasks as a user would, stop them at any instant, and write down a script that repeats it all."""

import os
import resource
import shlex
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

CLOCK = Path(__file__).parent / "clock"
REPOSITORY = Path(__file__).parent.parent.parent
HANGS = 90.0  # seconds after which a command counts as hanging
_FULL = 24 * 1024  # bytes that a file may have where the disk is full
_TREE = "STATE_MACHINE_TREE"  # a tree with another scripts/dbtasks, as a mutant has


@dataclass(frozen=True)
class Done:
    """How a command ended.

    Args:
        words: what was typed.
        code: the exit code, negative where a signal ended it.
        text: all that it said.
    """

    words: tuple[str, ...]
    code: int
    text: str

    def __str__(self) -> str:
        return f"dbtasks {' '.join(self.words)} -> {self.code}\n{self.text}"


class Driver:
    """Commands in one project's folder.

    Args:
        root: the project.
        notes: a folder for the writer's notes.
    """

    def __init__(self, root: Path, notes: Path) -> None:
        self.root = root
        self.clock_back = 0
        self.last: Done | None = None
        self._notes = notes / "acknowledged"
        self._notes.touch()
        self._typical: dict[str, float] = defaultdict(lambda: 0.5)
        tree = os.environ.get(_TREE, str(REPOSITORY))
        self.script = [
            "#!/bin/sh",
            "# Repeats a sequence of the state machine; run it in the repository. Instants differ from run to run.",
            "here=$PWD; root=$(mktemp -d)/shop; login=${LOGIN:-postgres:throwaway@127.0.0.1:5432}",
            f'tree=${{{_TREE}:-$here}}; export PYTHONPATH="$here/tests/state_machine/clock:$tree/scripts:$here"',
            'python="$here/.venv/bin/python"; dbtasks="$python -m dbtasks"',
            'by_hand="$python -m tests.state_machine.by_hand"',
            '$python -m tests.state_machine.example "$root"; cd "$root"; ln -s "$root" link',
        ]
        self._path = f"{CLOCK}{os.pathsep}{tree}/scripts"

    def environment(self, **more: str) -> Mapping[str, str]:
        """What a command finds: nothing of this process's settings."""
        names = ("PATH", "HOME", "DOCKER_HOST", "TMPDIR", "LANG")
        kept = {name: os.environ[name] for name in names if name in os.environ}
        clock = {"STATE_MACHINE_CLOCK": str(self.clock_back)} if self.clock_back else {}
        return {**kept, "PYTHONPATH": self._path, "NO_COLOR": "1", **clock, **more}

    def run(self, *words: str, full: bool = False, **variables: str) -> Done:
        """Run a command to its end.

        Args:
            words: what is typed after dbtasks.
            full: let files not grow beyond a few pages, as on a full disk.
            variables: set for this command.
        """
        self._note(words, "", full=full, variables=variables)
        started = time.monotonic()
        with self._started(words, full=full, variables=variables) as child:
            done = self._ended(child, words)
        if not full:
            self._typical[words[0]] = time.monotonic() - started
        return done

    def stop(self, words: Sequence[str], how: signal.Signals, share: float) -> Done:
        """Run a command and send it a signal.

        Args:
            words: what is typed after dbtasks.
            how: SIGKILL or SIGINT.
            share: of the time that this command usually takes, when the signal is sent.
        """
        wait = share * self._typical[words[0]]
        self._note(words, f"timeout --signal={how.name.removeprefix('SIG')} {wait:.3f} ")
        with self._started(words) as child:
            try:
                child.wait(wait)
            except subprocess.TimeoutExpired:
                child.send_signal(how)
            return self._ended(child, words)

    def disturb(self, words: Sequence[str], event: Callable[[], None], share: float) -> Done:
        """Run a command to its end, and let something happen on the way.

        Args:
            words: what is typed after dbtasks.
            event: what happens.
            share: of the time that this command usually takes, when it happens.
        """
        self._note(words, "")
        with self._started(words) as child:
            with suppress(subprocess.TimeoutExpired):
                child.wait(share * self._typical[words[0]])
            event()
            return self._ended(child, words)

    @contextmanager
    def writer(self, url: str, *, expected: bool) -> Iterator[None]:
        """Let the writer work meanwhile.

        Args:
            url: of the database.
            expected: is there a table to write to, so that the first row can be waited for?
        """
        numbers = self.acknowledged()
        first = max(numbers, default=0) + 1000
        program = [sys.executable, str(Path(__file__).parent / "writer.py"), url, str(first), str(self._notes)]
        self.script.append(
            f'"$here/.venv/bin/python" "$here/tests/state_machine/writer.py" URL {first} notes & writer=$!'
        )
        with subprocess.Popen(program) as child:
            try:
                deadline = time.monotonic() + 5
                while expected and len(self.acknowledged()) == len(numbers) and time.monotonic() < deadline:
                    time.sleep(0.005)
                yield
            finally:
                child.terminate()
                self.script.append("kill $writer")

    def acknowledged(self) -> set[int]:
        """The transactions of the writer that the engine acknowledged."""
        return {int(line) for line in self._notes.read_text().splitlines(keepends=True) if line.endswith("\n")}

    def forget_acknowledged(self, gone: set[int]) -> None:
        """Somebody gave up the states that held these."""
        left = self.acknowledged() - gone
        self._notes.write_text("".join(f"{number}\n" for number in sorted(left)))

    def hand(self, what: str) -> None:
        """Write something that was done by hand into the script."""
        self.script.append(what)

    @contextmanager
    def _started(
        self, words: Sequence[str], *, full: bool = False, variables: Mapping[str, str] | None = None
    ) -> Iterator["subprocess.Popen[str]"]:
        child = subprocess.Popen(
            [sys.executable, "-m", "dbtasks", *words],
            cwd=self.root,
            env=self.environment(**(variables or {})),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=_no_room if full else None,  # noqa: PLW1509 (nothing but one system call)
        )
        with child:
            try:
                yield child
            except BaseException:
                child.kill()
                raise

    def _ended(self, child: "subprocess.Popen[str]", words: Sequence[str]) -> Done:
        try:
            text, _ = child.communicate(timeout=HANGS)
        except subprocess.TimeoutExpired:
            child.kill()
            raise AssertionError(f"dbtasks {' '.join(words)} hangs") from None
        self.last = Done(tuple(words), child.returncode, text)
        return self.last

    def _note(
        self, words: Sequence[str], before: str, *, full: bool = False, variables: Mapping[str, str] | None = None
    ) -> None:
        clock = {"STATE_MACHINE_CLOCK": str(self.clock_back)} if self.clock_back else {}
        set_ = "".join(f"{name}={shlex.quote(value)} " for name, value in {**clock, **(variables or {})}.items())
        line = f"{set_}{before}$dbtasks {shlex.join(words)}"
        self.script.append(f"(ulimit -f {_FULL // 512}; {line})" if full else line)


def _no_room() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FULL, _FULL))
