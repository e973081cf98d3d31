"""A full disk and a folder that cannot be written, on a real file system of its own."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fixtures.projects import Project

pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system needs root"),
]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 400 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(place)], check=True)
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def small(disk: Path, example: Callable[..., Project]) -> Project:
    """A project whose database is on that file system, with one row of its own."""
    project = example("linear", f"sqlite:///{disk}/books.db")
    assert project.type("reset").code == 0
    return project


@pytest.mark.parametrize(
    "command", [("reset",), ("replay",), ("downgrade", "-1"), ("stamp", "a1", "--force")], ids=" ".join
)
def test_a_full_disk_leaves_everything_as_it_was(small: Project, disk: Path, command: tuple[str, ...]) -> None:
    filler = disk / "filler"
    with pytest.raises(OSError, match="No space left"), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)

    said = small.type(*command)

    assert said.code == (3 if command[0] in {"stamp", "downgrade"} else 1)  # 3: no way back can be kept
    assert "Traceback" not in said.text
    assert "next:" in said.err
    assert (small.database.current(), small.database.rows()) == (("a3",), {"book": 1})
    filler.unlink()
    assert small.type(*command).code == 0
    assert small.database.tidy() == 0


@pytest.mark.parametrize("command", [("reset",), ("drop",), ("migrate", "a3"), ("seed",)], ids=" ".join)
def test_a_folder_that_cannot_be_written_is_explained(small: Project, disk: Path, command: tuple[str, ...]) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)

    said = small.type(*command)

    assert (said.code, "Read-only file system" in said.err) == (1, True)
    assert "Traceback" not in said.text
    assert small.type("status").code == 0
