"""U4, D9: the label and the branch after a swap, by one rule for both engines."""

import pytest

from dbtasks.databases.label_and_branch import LabelAndBranch, choose_after_swap
from dbtasks.databases.protocol import Belongings, Label

DEVELOPMENT, TEST, PRODUCTION = Label("development", "books"), Label("test", "books"), Label("production", "books")
NOTHING = LabelAndBranch()
OLD, NEW, GIVEN = LabelAndBranch(TEST, "old"), LabelAndBranch(DEVELOPMENT, "new"), LabelAndBranch(Label("test", "x"))
LIVE = LabelAndBranch(PRODUCTION, "live")


@pytest.mark.parametrize(
    ("old", "new", "belongings", "complete", "expected"),
    [
        (OLD, NEW, "name", True, OLD),
        (OLD, NEW, "state", True, NEW),
        (OLD, NEW, "state", False, OLD),
        (None, NEW, "name", True, NEW),
        (None, NOTHING, "state", True, GIVEN),
        (NOTHING, NEW, "name", True, LabelAndBranch(DEVELOPMENT)),
        (NOTHING, NOTHING, "name", True, GIVEN),
        (NOTHING, NOTHING, "state", True, GIVEN),
        (OLD, NOTHING, "state", True, NOTHING),
        (LIVE, NEW, "name", True, LIVE),
        (LIVE, NEW, "state", True, LabelAndBranch(PRODUCTION, "new")),
        (LIVE, NOTHING, "state", True, LabelAndBranch(PRODUCTION)),
        (OLD, LIVE, "name", True, OLD),
        (OLD, LIVE, "state", True, LIVE),
        (OLD, LIVE, "state", False, LabelAndBranch(PRODUCTION, "old")),
    ],
)
def test_belongings_say_whose_count_and_no_state_takes_production_away(
    old: LabelAndBranch | None, new: LabelAndBranch, belongings: Belongings, complete: bool, expected: LabelAndBranch
) -> None:
    assert choose_after_swap(old, new, GIVEN, belongings, complete=complete) == expected


def test_a_branch_that_is_given_counts_before_any_other() -> None:
    given = LabelAndBranch(None, "given")
    for belongings in ("name", "state"):
        for old in (None, OLD):
            assert choose_after_swap(old, NEW, given, belongings, complete=True).branch == "given"
