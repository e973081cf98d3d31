"""Every change of a SQLite database is killed before any of its steps."""

from pathlib import Path

import pytest

from tests.fixtures.sqlite_steps import ACTIONS, folder_in_memory, require_whole_when_killed

pytestmark = [
    pytest.mark.drill,
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),  # the child only touches files
]


@pytest.mark.parametrize("name", ACTIONS)
def test_killed_before_any_step_it_is_the_old_or_the_new(tmp_path: Path, name: str) -> None:
    with folder_in_memory(tmp_path) as folder:
        require_whole_when_killed(name, folder)
