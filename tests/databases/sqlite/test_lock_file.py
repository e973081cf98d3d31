import multiprocessing
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dbtasks.databases.sqlite import SqliteDatabase
from dbtasks.databases.sqlite.open_files import find_openers
from dbtasks.errors import BusyError
from tests.fixtures.notes import database_at, filled


def hold(path: Path, seconds: float) -> None:
    with database_at(path).lock("holder", 5):
        (path.parent / "held").touch()
        time.sleep(seconds)


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[multiprocessing.process.BaseProcess]:
    child = multiprocessing.get_context("fork").Process(target=hold, args=(tmp_path / "a.db", 60))
    child.start()
    while not (tmp_path / "held").exists():
        time.sleep(0.01)
    yield child
    child.kill()
    child.join()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # hypothesis starts threads; the child only locks
def test_the_lock_names_its_holder_and_dies_with_it(
    tmp_path: Path, holder: multiprocessing.process.BaseProcess
) -> None:
    said: list[str] = []
    waiting = SqliteDatabase(database_at(tmp_path / "a.db").url, said.append)

    with pytest.raises(BusyError) as refused, waiting.lock("waiter", 0.3):
        pass
    holder.kill()
    holder.join()
    with waiting.lock("waiter", 5):
        pass

    assert f"holder, process {holder.pid}" in refused.value.message
    assert len(said) == 1


def test_openers_are_found(tmp_path: Path) -> None:
    database = filled(database_at(tmp_path / "a.db"), "old")
    code = "import time; file = open('a.db'); print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        found = find_openers(database.url.path)
        child.kill()

    assert len(found) == 1
    assert f"(process {child.pid})" in found[0]
