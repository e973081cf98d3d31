"""Arguments in, exit codes out; the only place that catches TaskError.

argparse and not typer: typer's import costs 45 ms (measured), a third of what a cached reset takes.
Only the module of the command that was typed is imported.
"""

import argparse
import gc
import importlib
import signal
import sys
import traceback
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from types import FrameType, ModuleType
from typing import NoReturn

import dbtasks
from dbtasks import config, console, envfile
from dbtasks.errors import TaskError, UsageError
from dbtasks.pyproject import find_root, load_project

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Start", ("setup",)),
    ("Server", ("up", "down", "logs", "image")),
    (
        "Database",
        (
            *("create", "drop", "reset", "replay", "switch", "undo"),
            *("snapshot", "snapshots", "restore", "prune", "seed", "label"),
        ),
    ),
    ("Look", ("status", "shell", "serve")),
    ("Migrations", ("migrate", "downgrade", "revision", "merge", "stamp")),
    ("History", ("history", "current", "heads", "check")),
)
COMMANDS = tuple(name for _, names in GROUPS for name in names)
WORK_ON_DAMAGE = frozenset({"status", "undo", "drop", "snapshot", "snapshots", "label"})  # of pyproject.toml or .env
_STOPPED = 128  # and the number of the signal


class StoppedError(KeyboardInterrupt):
    """A signal other than that of Ctrl-C asks the process to end; whatever tidies up on Ctrl-C tidies up."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.code = _STOPPED + number


def main(arguments: Sequence[str]) -> int:
    """Run one command.

    Returns:
        The exit code: 0 done, 1 failed, 2 wrong usage, 3 refused, 4 not at head, 5 out of
        reach, 129, 130 or 143 stopped by a signal.
    """
    console.use_colour("NO_COLOR" not in config.environment())
    try:
        if not arguments or arguments[0] in {"-h", "--help", "help"}:
            _help()
            return 0
        if arguments[0] == "--version":
            console.say(f"dbtasks {dbtasks.__version__}")
            return 0
        return _command(_named(arguments[0]), arguments[1:])
    except TaskError as error:
        console.fail(error)
        return error.exit_code
    except KeyboardInterrupt as interrupt:
        code = interrupt.code if isinstance(interrupt, StoppedError) else _STOPPED + signal.SIGINT
        console.note("Interrupted. nox -s db_status   says where the database stands")
        return code


def entry() -> NoReturn:
    """The console script: `main` with this process's arguments, signals and exit code."""
    console.open_closed_streams()
    gc.set_threshold(200_000)  # a task is short: to look through all it has imported, again and again, costs 5 %
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
            signal.signal(number, _stop)
    try:
        code = main([*sys.argv[1:], *config.handed_over()])
    except Exception:  # noqa: BLE001 (a bug keeps its traceback, but not the secrets in it)
        console.note(traceback.format_exc(), style="")
        console.note("This is a bug in dbtasks, or in the code of the project that it ran.")
        code = 1
    sys.exit(code)


def _command(name: str, arguments: Sequence[str]) -> int:
    module = _module(name)
    parser = argparse.ArgumentParser(prog=f"dbtasks {name}", description=module.__doc__)
    module.arguments(parser)
    options = parser.parse_args(arguments)
    settings = _settings(tolerant=name in WORK_ON_DAMAGE)
    console.hide(*settings.url.passwords)
    code: int = module.run(settings, options)
    return code


def _settings(*, tolerant: bool) -> config.Settings:
    damages: list[str] | None = [] if tolerant else None
    project = load_project(find_root(Path.cwd()), damages)
    if not config.environment().get(project.url_variable) and envfile.ensure(project.env_file, project.env_example):
        console.note(f"Created {project.env_file.name} from {project.env_example.name}")
    settings = config.load(project, damages=damages)
    for damage in settings.damages:
        console.warn(damage)
    return settings


def _named(typed: str) -> str:
    """The command behind a name, spelled as the command or as the nox session."""
    name = typed.removeprefix("db_").replace("-", "_")
    if name in COMMANDS:
        return name
    near = get_close_matches(name, COMMANDS, n=1)
    raise UsageError(
        f"There is no command {typed!r}.", hint=f"dbtasks {near[0]}" if near else "dbtasks --help   lists them"
    )


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"dbtasks.commands.{name}")


def _help() -> None:
    console.say("usage: dbtasks COMMAND [ARGUMENTS]      dbtasks COMMAND --help")
    for title, names in GROUPS:
        console.say()
        console.say(title, "bold")
        for name in names:
            console.say(f"  {name:<11}{(_module(name).__doc__ or '').splitlines()[0]}")


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    raise StoppedError(number)
