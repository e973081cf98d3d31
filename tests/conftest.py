"""What every test may use; nothing here starts or imports anything heavy."""

import os
import shutil
import signal
from pathlib import Path

import pytest

pytest_plugins = [
    "tests.fixtures.projects",
    "tests.fixtures.postgres",
    "tests.fixtures.repositories",
    "tests.fixtures.checkouts",
    "tests.fixtures.second_major",
    "tests.state_machine.executions",
    "tests.fixtures.shells",
    "tests.fixtures.ways",
]

MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3  # bytes that a run may need there
SERVER_FIXTURES = {"postgres_url", "postgres_server", "engine", "ways"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--drills", action="store_true", help="run the long fault drills too")
    parser.addoption("--sampled", action="store_true", help="of the longest drills run a part, as CI does")


def pytest_configure() -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in the background of a shell: children would inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    use_memory()


def use_memory() -> None:
    """Let the folders of tests be in memory where there is room: SQLite waits for the disk at each commit."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        if SERVER_FIXTURES & set(getattr(item, "fixturenames", ())) or parameters.get("engine_url") == "postgres":
            item.add_marker("docker")
    if not config.getoption("--drills"):
        leave_out(config, items, "drill")
    elif config.getoption("--sampled"):
        leave_out(config, items, "whole")


def leave_out(config: pytest.Config, items: list[pytest.Item], marker: str) -> None:
    left_out = [item for item in items if item.get_closest_marker(marker)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker(marker)]
