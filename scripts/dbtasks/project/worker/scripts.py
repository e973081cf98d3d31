"""The project's Alembic configuration and its folder of revisions."""

import contextlib
import os
import sys
import time
import warnings
from argparse import Namespace
from collections.abc import Iterator
from configparser import Error as ConfigParserError
from io import StringIO
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from ..messages.failures import WorkerError
from ..messages.values import WorkerSettings
from .broken_history import error_of

_File = tuple[str, int, int]  # its path, the time of its last change in ns, its size
_YOUNG = 2 * 10**9  # ns
# A command asks for the history several times, and loading one is what takes longest.
_loaded: dict[tuple[str, ...], tuple[frozenset[tuple[str, int, int]], ScriptDirectory]] = {}


def configuration(settings: WorkerSettings, output: StringIO | None = None) -> Config:
    """Alembic's Config for the project, without a logging setup of its own.

    The URL travels in the environment, where env.py looks for it, and as `sqlalchemy.url` for an
    env.py written after Alembic's template.
    """
    quiet = Namespace(quiet=True, x=None)  # what a file is called is told in our own words
    config = Config(str(settings.alembic_ini), stdout=StringIO(), output_buffer=output, cmd_opts=quiet)
    try:
        config.set_main_option("sqlalchemy.url", settings.url.replace("%", "%%"))
    except (ConfigParserError, UnicodeDecodeError) as error:
        raise _unreadable(settings, error) from error
    # An env.py calls fileConfig() where there is a file name, and that would drop the handler which
    # reports each step. The file has been read by now.
    config.config_file_name = None
    return config


def scripts(config: Config, settings: WorkerSettings) -> ScriptDirectory:
    """The project's revisions; a history that has not changed since is not loaded again.

    Raises:
        HistoryError: alembic.ini names no folder of revisions.
    """
    found = _scripts(config, settings)
    key = tuple(str(Path(place).resolve()) for place in (found.dir, *(found.version_locations or ())))
    files = _files(found)
    known = _loaded.get(key)
    if known is None or known[0] != files:
        _load(found, files)
        _loaded[key] = known = (files, found)
    return known[1]


def _load(found: ScriptDirectory, files: frozenset[_File]) -> None:
    """Load every revision now, where what is wrong with one can be told.

    Raises:
        HistoryError: one cannot be loaded, or their graph is broken.
    """
    folders = folders_of(found)
    try:
        with _no_bytecode_of_young(files), warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            found.get_heads()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever the code of a revision raises, SystemExit too
        raise error_of(folders, error) or WorkerError("history", str(error)) from error
    problem = error_of(folders) if any(issubclass(one.category, UserWarning) for one in warned) else None
    if problem is not None:
        raise problem
    for one in warned:
        warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)


@contextlib.contextmanager
def _no_bytecode_of_young(files: frozenset[_File]) -> Iterator[None]:
    """Write no bytecode while a file may be edited again in the same second.

    Python takes bytecode for that of a source with the same size and the same second of change; a new parent in a
    revision that was just run would not be seen.
    """
    before, newest = sys.dont_write_bytecode, max((changed for _, changed, _ in files), default=0)
    sys.dont_write_bytecode = before or time.time_ns() - newest < _YOUNG
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def folders_of(found: ScriptDirectory) -> list[Path]:
    """Where the files of a history are; to be called at home."""
    places = [Path(place) for place in found.version_locations or ()] or [Path(found.dir, "versions")]
    return [place.resolve() for place in places]


def version_folders(settings: WorkerSettings) -> list[Path]:
    """Where the files of the project's history are."""
    with at_home(settings):
        return folders_of(scripts(configuration(settings), settings))


def _files(found: ScriptDirectory) -> frozenset[_File]:
    """The files of a history with their times and sizes."""
    return frozenset(state for folder in folders_of(found) for state in _states(str(folder)))


def _states(folder: str) -> Iterator[tuple[str, int, int]]:
    try:
        entries = os.scandir(folder)  # several times as fast as Path.rglob, and asked for at each look
    except OSError:
        return
    with entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                yield entry.path, *_state(entry)
            elif entry.is_dir() and entry.name != "__pycache__":
                yield from _states(entry.path)


def _state(entry: os.DirEntry[str]) -> tuple[int, int]:
    try:
        state = entry.stat()
    except OSError:  # a link to nowhere; loading it says so
        return 0, 0
    return state.st_mtime_ns, state.st_size


def _scripts(config: Config, settings: WorkerSettings) -> ScriptDirectory:
    try:
        return ScriptDirectory.from_config(config)
    except CommandError as error:
        raise WorkerError(
            "history",
            f"The folder of revisions cannot be used: {error}",
            checked=[str(settings.alembic_ini)],
            hint="Set script_location in alembic.ini",
        ) from error
    except (ConfigParserError, ValueError) as error:
        raise _unreadable(settings, error) from error


def _unreadable(settings: WorkerSettings, error: Exception) -> WorkerError:
    reason = " ".join(str(error).split())
    file = settings.alembic_ini
    return WorkerError("history", f"{file.name} cannot be read: {reason}", checked=[str(file)], hint=f"Mend {file}")


@contextlib.contextmanager
def at_home(settings: WorkerSettings) -> Iterator[None]:
    """Run Alembic as it would run by hand: in the folder of alembic.ini, with the URL in the environment."""
    path = list(sys.path)
    variables, folder = dict(os.environ), Path.cwd()
    try:
        os.environ.update(settings.variables)
        os.chdir(settings.alembic_ini.parent)
        yield
    finally:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(variables)
        sys.path[:] = path  # prepend_sys_path adds an entry at each run
