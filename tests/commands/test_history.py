"""`history` and `current`: what is applied, what is pending, and what this checkout does not have."""

import json
import time
from collections.abc import Callable

from tests.fixtures.projects import Project


def test_branches_and_merges_are_drawn_with_what_is_applied(example: Callable[..., Project]) -> None:
    project = example("branched")
    project.type("migrate", "c2")

    drawn = [line.rstrip() for line in project.type("history").out.splitlines()]

    assert [line for line in drawn if "*" not in line] == ["         |/", "         |\\", "         |/"]
    rows = json.loads(project.type("history", "--json").out)
    assert {row["id"] for row in rows if row["state"] == "applied"} == {"a1", "c1", "c2"}
    assert [line.split()[-1] for line in drawn if line.startswith("applied")] == ["(current)", "shelf", "book"]
    assert sum("(head)" in line for line in drawn) == 2


def test_what_this_checkout_lacks_is_marked_foreign(project: Project) -> None:
    foreign = project.revision("x4", "a3", "pass")
    project.type("migrate")
    foreign.unlink()

    said = project.type("history")
    states = {row["id"]: row["state"] for row in json.loads(project.type("history", "--json").out)}

    assert states == {"x4": "foreign", "a3": "applied", "a2": "applied", "a1": "applied"}
    assert "x4" in said.err
    assert said.out.splitlines()[0].split()[:3] == ["foreign", "*", "x4"]


def test_current_explains_a_revision_that_this_checkout_lacks(project: Project) -> None:
    foreign = project.revision("x4", "a3", "pass")
    project.type("migrate")
    foreign.unlink()

    said = project.type("current")

    assert (said.code, said.out.splitlines()[0]) == (0, "x4")
    assert "this checkout does not have x4 (x4 of the test)" in said.err


def test_three_hundred_revisions_are_told_in_a_moment(project: Project) -> None:
    for number in range(4, 304):
        project.revision(f"n{number}", "a3" if number == 4 else f"n{number - 1}", "pass")
    project.type("heads")
    started = time.perf_counter()

    lines = project.type("history").out.splitlines()

    assert len(lines) == 303
    assert time.perf_counter() - started < 5
