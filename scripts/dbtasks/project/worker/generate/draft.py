"""A revision that is not in the history yet: written and proved in a folder of its own, then put in its place.

Killed at any instant, this leaves the history as it was or with a revision that works.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.script import ScriptDirectory, write_hooks
from alembic.util import CommandError

from ...messages.failures import WorkerError
from ...messages.values import WorkerSettings
from ..compare.differences import difference
from ..run.steps import Way, plan_down, plan_up, run
from ..scripts import folders_of

_SETTINGS = ("file_template", "truncate_slug_length", "output_encoding", "timezone", "recursive_version_locations")


class Draft:
    """A new revision outside the history."""

    def __init__(self, own: ScriptDirectory, folder: Path) -> None:
        self._own = own
        self._folder = folder
        self.script = self._read()

    @property
    def folder(self) -> str:
        """Where Alembic is to write it."""
        return str(self._folder)

    @property
    def file(self) -> Path | None:
        """What was written; None where nothing was."""
        return next(iter(self._folder.rglob("*.py")), None)

    def change(self, change: Callable[[str], str], folder: Path) -> None:
        """Put the last touches to its text, format it as the project is formatted, and load it again.

        Raises:
            SyntaxError: what comes out is no Python.
        """
        assert self.file is not None  # noqa: S101 (only a draft that was written is changed)
        text = change(self.file.read_text(encoding="utf-8"))
        compile(text, self.file.name, "exec")
        self.file.write_text(text, encoding="utf-8")
        _format(self.file, folder)
        self.script = self._read()
        self.script.get_heads()

    def prove(self, settings: WorkerSettings) -> tuple[str, ...]:
        """Run it up, down and up again on a scratch database at the former head.

        Returns:
            What the models still have that the database lacks; nothing when the revision says it all.

        Raises:
            StepError: it does not run.
        """
        below = ",".join(self._own.get_heads()) or "base"
        for target, plan in (("head", plan_up), (below, plan_down), ("head", plan_up)):
            run(settings, Way(target, plan, self.script), lambda _: None)
        return tuple(difference(settings, self.script).told())

    def place(self) -> Path:
        """Put it into the history in one step, and run the project's post-write hooks on it there.

        Raises:
            MigrationError: a file of that name is there, the folder cannot be written, or a hook failed.
        """
        assert self.file is not None  # noqa: S101 (only a draft that was written is put in its place)
        final = self.home / self.file.relative_to(self._folder)
        hidden = final.with_name(f".{final.name}.tmp")  # neither Alembic nor a reloader takes it for Python
        try:
            final.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.file, hidden)
            os.link(hidden, final)  # fails when the name is taken, unlike a rename
        except OSError as error:
            raise WorkerError(
                "migration", f"{final} cannot be written: {error.strerror}.", hint=f"ls -ld {final.parent}"
            ) from error
        finally:
            hidden.unlink(missing_ok=True)
        _run_hooks(self._own, final)
        return final

    @property
    def home(self) -> Path:
        """The folder of the project's history that the revision belongs to."""
        folders = folders_of(self._own)
        if len(folders) == 1:
            return folders[0]
        for name in self._own.get_heads():
            script = self._own.get_revision(name)
            if script is not None:
                return Path(script.path).resolve().parent
        return folders[0]

    def _read(self) -> ScriptDirectory:
        """The project's history together with the draft."""
        own = self._own
        same = {name: getattr(own, name) for name in _SETTINGS if hasattr(own, name)}
        folders = [*map(str, folders_of(own)), str(self._folder)]
        return ScriptDirectory(str(own.dir), version_locations=folders, **same)


@contextmanager
def open_draft(own: ScriptDirectory) -> Iterator[Draft]:
    """A draft in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="dbtasks-revision-") as folder:
        yield Draft(own, Path(folder).resolve())


def _format(file: Path, folder: Path) -> None:
    """Format a revision with ruff, as the project has configured it for the folder that it is going to."""
    if importlib.util.find_spec("ruff") is None:
        return
    command = [sys.executable, "-m", "ruff", "format", "--quiet"]
    named = folder / file.name
    done = subprocess.run(  # noqa: S603 (this very interpreter)
        [*command, "--stdin-filename", str(named), "-"], input=file.read_bytes(), capture_output=True, check=False
    )
    if done.returncode == 0:  # what ruff would not have stays as it is
        file.write_bytes(done.stdout)


def _run_hooks(own: ScriptDirectory, file: Path) -> None:
    """Run the post-write hooks; they read their configuration from where the file is."""
    hooks = getattr(own, "hooks", None) or getattr(own, "hook_config", None)  # its name before Alembic 1.16
    if not hooks:
        return
    try:
        write_hooks._run_hooks(str(file), hooks)  # noqa: SLF001 (there is no public way to run them later)
    except CommandError as error:
        raise WorkerError(
            "migration", f"{file.name} was written, but a post-write hook failed: {error}", hint=f"Look at {file}"
        ) from error
