"""A message has to say what a revision does."""

import pytest

from dbtasks.errors import UsageError
from dbtasks.revisions.message import require_saying


@pytest.mark.parametrize(
    "message",
    ["", "   ", "update", "Changes", "fix", "wip", "test", "123456789", "!!!", "update the models", "x2", "phone"],
)
def test_a_message_that_says_nothing_is_refused(message: str) -> None:
    with pytest.raises(UsageError, match="does not say") as refused:
        require_saying(message)

    assert "--allow-any-name" in refused.value.hint


@pytest.mark.parametrize("message", ["add phone to resource", "initial schema", "Wohnort ergänzen", "drop fax column"])
def test_a_message_that_says_something_is_taken(message: str) -> None:
    require_saying(message)
