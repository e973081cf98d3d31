"""Killed or refused by the file system at any step, a change leaves the old or the new, whole."""

from pathlib import Path

import pytest

from tests.fixtures.sqlite_steps import (
    ACTIONS,
    folder_in_memory,
    require_whole_when_killed,
    require_whole_when_refused,
)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # the child only touches files
@pytest.mark.parametrize("name", ["swap and keep", "undo", "label test"])  # the others are killed by the drills
def test_killed_before_any_step_it_is_the_old_or_the_new(tmp_path: Path, name: str) -> None:
    with folder_in_memory(tmp_path) as folder:
        require_whole_when_killed(name, folder)


@pytest.mark.parametrize("name", ACTIONS)
def test_refused_at_any_step_it_is_the_old_or_the_new(tmp_path: Path, name: str) -> None:
    with folder_in_memory(tmp_path) as folder:
        require_whole_when_refused(name, folder)
