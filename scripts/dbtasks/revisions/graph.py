"""Draw a history as `git log --graph` would: a line down for every branch, and where they part and meet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dbtasks.revisions.history import ancestors


def draw(nodes: Iterable[tuple[str, Sequence[str]]]) -> Iterator[tuple[str, str]]:
    """Draw nodes and what lies between them.

    Args:
        nodes: each with its parents, children before parents.

    Yields:
        The drawing of a line, and the node that stands on it or "" where none does.
    """
    lanes: list[str] = []  # which node each line down is waiting for
    for node, parents in nodes:
        yield from (("".join(row).rstrip(), "") for row in _joined(lanes, node))
        if node not in lanes:
            lanes.append(node)
        column = lanes.index(node)
        yield " ".join("*" if index == column else "|" for index in range(len(lanes))), node
        yield from ((row, "") for row in _onward(lanes, column, list(dict.fromkeys(parents))))


def fork(history: Mapping[str, Sequence[str]], heads: Sequence[str]) -> tuple[str | None, dict[str, list[str]]]:
    """Where branches part, and what each has of its own.

    Args:
        history: every node with its parents, children before parents.
        heads: the ends of the branches.

    Returns:
        The newest node that all heads have in common, None where there is none, and for each head its
        own nodes, newest first.
    """
    below = {head: ancestors(history, [head]) for head in heads}
    shared = set.intersection(*below.values()) if below else set()
    base = next((node for node in history if node in shared), None)
    return base, {head: [node for node in history if node in below[head] - shared] for head in heads}


def _joined(lanes: list[str], node: str) -> Iterator[list[str]]:
    """Bring all lines that wait for the node together, the rightmost first."""
    while lanes.count(node) > 1:
        first = lanes.index(node)
        last = len(lanes) - 1 - lanes[::-1].index(node)
        row = [part for _ in lanes for part in ("|", " ")]
        row[2 * last - 1] = "/"
        for gap in range(2 * first + 1, 2 * last - 1, 2):
            row[gap] = "_"
        row[2 * last] = " "
        for later in range(last + 1, len(lanes)):  # the lines to its right move one place to the left
            row[2 * later - 1], row[2 * later] = "/", " "
        del lanes[last]
        yield row


def _onward(lanes: list[str], column: int, parents: list[str]) -> Iterator[str]:
    """Let the node's line wait for its parents instead: one more line for each further parent, none for a root."""
    right = len(lanes) - column - 1
    left = "| " * column
    if not parents:
        del lanes[column]
        if right:
            yield left + " " + "/ " * right
        return
    lanes[column] = parents[0]
    for further in parents[1:]:
        lanes.insert(column + 1, further)
        yield (left + "|\\ " + "\\ " * right).rstrip()
        right += 1
