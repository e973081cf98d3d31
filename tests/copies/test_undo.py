import shutil
from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.fixtures.projects import Project


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_states_that_take_too_much_of_the_disk_go_but_the_newest(
    example: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = example("linear")
    for _ in range(3):
        project.type("reset")
    assert len(project.database.kept("undo")) == 2
    size = project.database.kept("undo")[0].size
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, size // 2))

    said = project.type("reset")

    assert len(project.database.kept("undo")) == 1
    assert "more than half of what is free" in said.err


def test_on_a_roomy_disk_only_their_number_counts(project: Project) -> None:
    for _ in range(5):
        project.type("reset")

    assert len(project.database.kept("undo")) == 3
