"""A history as data: what is built on what, and what a database lacks."""

from pathlib import Path

import pytest

from dbtasks.errors import MigrationError
from dbtasks.project.messages.values import Revision
from dbtasks.revisions.history import History


def revision(name: str, *parents: str, is_head: bool = False) -> Revision:
    return Revision(name, parents, f"does {name}", Path(f"{name}.py"), is_head)


FORKED = History(
    (revision("c2", "c1", is_head=True), revision("b1", "a1", is_head=True), revision("c1", "a1"), revision("a1"))
)


def test_heads_are_sorted() -> None:
    assert FORKED.heads == ("b1", "c2")


def test_the_order_begins_at_the_root() -> None:
    assert [one.id for one in FORKED.order] == ["a1", "c1", "b1", "c2"]


def test_ancestors_leave_out_what_the_history_lacks() -> None:
    assert FORKED.ancestors(["c2", "elsewhere"]) == {"a1", "c1", "c2"}


def test_pending_is_what_no_current_revision_is_built_on() -> None:
    assert [one.id for one in FORKED.pending(["c1"])] == ["b1", "c2"]
    assert [one.id for one in FORKED.pending([])] == ["a1", "c1", "b1", "c2"]


def test_a_database_on_an_unknown_revision_has_no_pending_ones() -> None:
    assert FORKED.unknown(["b1", "zz"]) == ("zz",)
    with pytest.raises(MigrationError, match="zz"):
        FORKED.pending(["b1", "zz"])


def test_several_heads_are_refused_by_name() -> None:
    with pytest.raises(MigrationError, match="2 heads: b1, c2"):
        FORKED.require_one_head()

    History((revision("a1", is_head=True),)).require_one_head()
    History().require_one_head()
