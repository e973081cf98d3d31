"""Record what a build reads: files, folders, names of modules, variables, and what lies outside.

Standard library only and Python 3.10: seeds run it in an interpreter that knows nothing of dbtasks.
A file is hashed as it is read, so that an edit during the build cannot pass for what was built.
"""

import importlib.util
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from . import environment
from .callers import Callers, Code
from .hashes import hash_file, hash_names
from .outside import outside_host, started_program

Tell = Callable[[str, str, str], None]  # (kind, name, value)
See = Callable[[str, tuple[Any, ...], "FrameType | None"], None]

_SYSTEM = ("/proc/", "/sys/", "/dev/", "/usr/share/zoneinfo/")
_MEMORY = "/dev/shm/"  # noqa: S108 (no file is made there: it is a file system like any other, which may hold a project)
# What a terminal, a shell, nox or pytest say of themselves: a package may read it, no table depends on it.
_SESSION = frozenset(
    (
        *("PWD", "OLDPWD", "SHLVL", "SHELL", "HOME", "USER", "LOGNAME", "PATH", "VIRTUAL_ENV", "_"),
        *("TERM", "COLORTERM", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "LS_COLORS", "DISPLAY"),
        *("PAGER", "EDITOR", "VISUAL", "TMPDIR", "TEMP", "TMP"),
    )
)
_SESSION_PREFIXES = ("TERM_", "NOX_", "PYTEST_", "PYTHON", "XDG_", "SSH_", "DBTASKS_", "TMUX", "VSCODE_", "COV_", "LC_")
_EVENTS = {  # which method sees which event
    "open": "opened",
    "sqlite3.connect": "connected_file",
    "os.listdir": "listed",
    "os.scandir": "listed",
    "os.mkdir": "made",
    "os.rename": "renamed",
    "import": "imported",
    "subprocess.Popen": "started",
    "os.system": "started",
    "os.exec": "started",
    "os.posix_spawn": "started",
    "pty.spawn": "started",
    "socket.connect": "connected",
    "socket.sendto": "connected",
}
_active: "list[Recorder]" = []
_installed: list[bool] = []


class Recorder:
    """Turns events into what was read, and tells each once.

    Args:
        tell: of a kind ("file", "folder", "module", "variable", "environment", "outside"), a name and a value.
        ours: the folder of dbtasks where it runs in this process, empty elsewhere.
        skip: the beginnings of paths that do not count: the database's own files.
        port: of the database's server, which is not outside.
    """

    def __init__(self, tell: Tell, *, ours: str = "", skip: tuple[str, ...] = (), port: int = 0) -> None:
        self._tell = tell
        self._callers = Callers(ours)
        self._skip = skip
        self._port = port
        self._told: set[tuple[str, str, str]] = set()
        self._written: set[str] = set()
        self._thread = threading.local()

    def read_file(self, path: str) -> None:
        """Note a file, or that it is missing."""
        name = source_of(os.path.abspath(path))
        if ("file", name, "") not in self._told and not self._is_skipped(name):
            self._told.add(("file", name, ""))
            self._tell("file", name, hash_file(name))

    def list_folder(self, path: str) -> None:
        """Note a folder whose names are read."""
        name = os.path.abspath(path)
        if ("folder", name, "") not in self._told and not self._is_skipped(name):
            self._told.add(("folder", name, ""))
            self._tell("folder", name, hash_names(name, self._skip))

    def look_for(self, module: str, places: Iterable[str]) -> None:
        """Note the folders in which a module was looked for, or would be found first if it were there."""
        for place in places:
            folder = os.path.abspath(place)
            if not self._is_skipped(folder):
                self._once("module", folder, module)

    def read_variable(self, name: "str | None", frame: FrameType) -> None:
        """Note a variable that is read, or with None all of them."""
        caller = self._callers.nearest(frame)
        if caller.code is not Code.PROJECT:
            return
        if name is None:
            self._once("environment", "")
        elif caller.is_direct or not (caller.is_import or name in _SESSION or name.startswith(_SESSION_PREFIXES)):
            self._once("variable", name)

    def see(self, event: str, arguments: tuple[Any, ...], frame: FrameType | None) -> None:
        """Note an audit event, if it matters."""
        if getattr(self._thread, "is_busy", False):
            return  # what this very method opens
        self._thread.is_busy = True
        try:
            if self._callers.nearest(frame).code is not Code.OURS:
                see: See = getattr(self, _EVENTS[event])
                see(event, arguments, frame)
        except Exception as error:  # noqa: BLE001 (an audit hook that raises would stop the project's code)
            self._once("outside", f"{event} ({type(error).__name__})")
        finally:
            self._thread.is_busy = False

    def opened(self, _event: str, arguments: tuple[Any, ...], _frame: FrameType | None) -> None:
        """A file is opened."""
        path, _mode, flags = arguments
        if isinstance(path, int):
            return
        name = os.path.abspath(os.fsdecode(path))
        if flags & os.O_TRUNC or (flags & os.O_CREAT and not os.path.exists(name)):
            self._written.add(name)
        elif flags & os.O_ACCMODE != os.O_WRONLY:
            self.read_file(name)

    def connected_file(self, _event: str, arguments: tuple[Any, ...], _frame: FrameType | None) -> None:
        """A SQLite database is opened."""
        path = os.fsdecode(arguments[0]).removeprefix("file:").partition("?")[0]
        if path and path != ":memory:":
            self.read_file(path)

    def listed(self, _event: str, arguments: tuple[Any, ...], frame: FrameType | None) -> None:
        """A folder is listed."""
        path = arguments[0]
        if isinstance(path, int) or (frame and self._callers.code(frame.f_code.co_filename) is Code.IMPORTS):
            return  # which names an import looks for is told by its own event
        self.list_folder(os.fsdecode(path or "."))

    def made(self, _event: str, arguments: tuple[Any, ...], _frame: FrameType | None) -> None:
        """A folder is made: what is in it was put there by the build."""
        name = os.path.abspath(os.fsdecode(arguments[0]))
        if not os.path.exists(name):
            self._written.add(name)

    def renamed(self, _event: str, arguments: tuple[Any, ...], _frame: FrameType | None) -> None:
        """A file or folder is moved."""
        source, target = (os.path.abspath(os.fsdecode(path)) for path in arguments[:2])
        if source in self._written:
            self._written.add(target)  # as of a file that is written beside its place

    def imported(self, _event: str, arguments: tuple[Any, ...], _frame: FrameType | None) -> None:
        """Note the folders in which a module would be found first, if it were there."""
        parent, _dot, name = arguments[0].rpartition(".")
        places = getattr(sys.modules.get(parent), "__path__", ()) if parent else arguments[2]
        self.look_for(name, places or ())

    def started(self, event: str, arguments: tuple[Any, ...], _frame: FrameType | None) -> None:
        """A program is started."""
        program = started_program(event, arguments)
        if program:
            self._once("outside", program)

    def connected(self, _event: str, arguments: tuple[Any, ...], _frame: FrameType | None) -> None:
        """A connection is made."""
        host = outside_host(arguments[1], self._port)
        if host:
            self._once("outside", host)

    def _once(self, kind: str, name: str, value: str = "") -> None:
        if (kind, name, value) not in self._told:
            self._told.add((kind, name, value))
            self._tell(kind, name, value)

    def _is_skipped(self, name: str) -> bool:
        """Is a path of no account: of a package, of the system, of the database, or made by the build itself?"""
        if name.startswith(self._skip) or _is_system(name) or self._callers.is_installed(name):
            return True
        return name in self._written or os.path.dirname(name) in self._written


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """Let a recorder see what this process does."""
    _install()
    _active.append(recorder)
    try:
        with environment.recording(recorder.read_variable):
            yield
    finally:
        _active.remove(recorder)


def begin(recorder: Recorder) -> None:
    """Let a recorder see what this process does until it ends."""
    _install()
    _active.append(recorder)
    environment.begin(recorder.read_variable)


def source_of(path: str) -> str:
    """The source of a file of bytecode, which is all that an import opens when it is there."""
    if not path.endswith(".pyc"):
        return path
    try:
        return importlib.util.source_from_cache(path)
    except ValueError:
        return path


def _is_system(path: str) -> bool:
    return path.startswith(_SYSTEM) and not path.startswith(_MEMORY)


def _install() -> None:
    """An audit hook stays for ever, so there is one, and it does nothing while nobody records."""
    if not _installed:
        sys.addaudithook(_hook)
        _installed.append(True)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _EVENTS and _active:  # sys._getframe is an event of its own
        try:
            frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 (the documented way to the caller)
        except ValueError:
            frame = None  # the interpreter itself, opening the script that it is given
        for recorder in _active:
            recorder.see(event, arguments, frame)
