"""A note of the local state is written whole, whoever else writes it at the same time."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from dbtasks.local_state import state_directory

WRITERS = 4
ROUNDS = 50


def test_writers_at_the_same_time_do_not_take_each_others_draft(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "note.json"
    barrier = Barrier(WRITERS, timeout=5)
    contents = [f'"{letter * 20_000}"'.encode() for letter in "abcd"]

    def write(content: bytes) -> None:
        for _ in range(ROUNDS):
            barrier.wait()
            state_directory.write(file, content)
            assert file.read_bytes() in contents

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, contents))

    assert [path.name for path in file.parent.iterdir()] == ["note.json"]


def test_a_write_that_fails_leaves_the_former_note_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "note.json"
    state_directory.write(file, b"1")

    def refuse(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="No space"):
        state_directory.write(file, b"2")

    assert (file.read_bytes(), list(tmp_path.iterdir())) == (b"1", [file])


def test_a_note_is_for_its_owner_alone(tmp_path: Path) -> None:  # R6
    file = tmp_path / "note.json"
    file.touch(0o644)

    state_directory.write(file, b"1")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
