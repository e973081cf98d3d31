"""Which label and which branch a database has after a swap, by one rule on both engines."""

from dataclasses import dataclass
from typing import Any, get_args

from dbtasks.databases.protocol import Belongings, Environment, Label


@dataclass(frozen=True)
class LabelAndBranch:
    """What is noted about one database.

    Args:
        label: None where nobody has set one.
        branch: the git branch whose state it is; empty where that was never noted.
    """

    label: Label | None = None
    branch: str = ""


def read_label(content: Any) -> Label | None:
    """A label as a note has it; None where there is none that can be understood, so that nothing is free for it."""
    if not isinstance(content, dict) or content.get("environment") not in get_args(Environment):
        return None
    project = content.get("project")
    return Label(content["environment"], project if isinstance(project, str) else "")


def choose_after_swap(
    old: LabelAndBranch | None, new: LabelAndBranch, given: LabelAndBranch, belongings: Belongings, *, complete: bool
) -> LabelAndBranch:
    """The label and branch that count once the relative has the name.

    Args:
        old: of the database that is replaced; None where there is none.
        new: of the relative.
        given: by the task: a label for where there was none, and the branch if it is another from now on.
        belongings: whose count, those of the name or those of the state.
        complete: whether the state was kept with what belonged to it; older versions did not, so the name's count.
    """
    if old is None:
        return LabelAndBranch(new.label or given.label, given.branch or new.branch)
    by_state = belongings == "state" and complete
    label = new.label if by_state else old.label or new.label
    if belongings == "state":  # it may bring the label production, and never takes it away
        label = next((one for one in (old.label, new.label) if one and one.environment == "production"), label)
    if old.label is None:
        label = label or given.label
    return LabelAndBranch(label, given.branch or (new if by_state else old).branch)
