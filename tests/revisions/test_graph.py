"""The drawing of a history."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbtasks.revisions.graph import draw, fork


def drawn(*nodes: tuple[str, list[str]]) -> list[str]:
    return [f"{row} {node}".rstrip() for row, node in draw(nodes)]


def test_a_line_is_a_line() -> None:
    assert drawn(("b", ["a"]), ("a", [])) == ["* b", "* a"]


def test_branches_part_and_meet() -> None:
    assert drawn(("m", ["x", "y"]), ("y", ["a"]), ("x", ["a"]), ("a", [])) == [
        "* m",
        "|\\",
        "| * y",
        "* | x",
        "|/",
        "* a",
    ]


def test_several_heads_stand_side_by_side() -> None:
    assert drawn(("h1", ["b"]), ("h2", ["c"]), ("c", ["b"]), ("b", [])) == ["* h1", "| * h2", "| * c", "|/", "* b"]


def test_a_line_goes_round_what_lies_between() -> None:
    assert drawn(("h1", ["a"]), ("h2", ["r"]), ("h3", ["a"]), ("a", []), ("r", [])) == [
        "* h1",
        "| * h2",
        "| | * h3",
        "|_|/",
        "* | a",
        " /",
        "* r",
    ]


@st.composite
def histories(some: st.DrawFn) -> list[tuple[str, list[str]]]:
    size = some(st.integers(1, 12))
    nodes = []
    for number in range(size):
        below = [str(other) for other in range(number + 1, size)]
        parents = some(st.lists(st.sampled_from(below), max_size=3, unique=True)) if below else []
        nodes.append((str(number), parents))
    return nodes


@given(histories())
def test_each_node_is_drawn_once_in_order_and_no_line_ends_open(nodes: list[tuple[str, list[str]]]) -> None:
    rows = list(draw(nodes))

    assert [node for _, node in rows if node] == [node for node, _ in nodes]
    assert all(row.count("*") == bool(node) for row, node in rows)
    assert rows[-1][0].replace("*", "").strip() == ""


def test_a_fork_is_the_newest_node_below_all_heads() -> None:
    history = {"h1": ["x"], "x": ["b"], "h2": ["b"], "b": ["a"], "a": []}

    assert fork(history, ["h1", "h2"]) == ("b", {"h1": ["h1", "x"], "h2": ["h2"]})
    assert fork({"a": [], "b": []}, ["a", "b"])[0] is None


@pytest.mark.parametrize("size", [300])
def test_a_long_history_is_drawn_at_once(size: int) -> None:
    def line() -> Iterator[tuple[str, list[str]]]:
        for number in range(size, 0, -1):
            yield str(number), [str(number - 1)] if number > 1 else []

    assert len(list(draw(line()))) == size
