"""Messages survive the way from one process to the other, and nothing else does."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbtasks.project.messages import values
from dbtasks.project.messages.codec import read_line, write_line

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PATHS = TEXT.filter(lambda text: "\0" not in text).map(Path)
REVISIONS = st.builds(values.Revision, TEXT, st.lists(TEXT).map(tuple), TEXT, PATHS, st.booleans())
APPLIED = st.builds(values.AppliedRevision, TEXT, st.lists(TEXT).map(tuple), PATHS, TEXT)
STEPS = st.builds(values.Step, TEXT, TEXT, st.booleans(), PATHS, st.integers(), st.integers())
RENAMES = st.builds(values.Rename, TEXT, TEXT, TEXT, st.none() | TEXT)
SEVERAL_RENAMES = st.lists(RENAMES).map(tuple)
MESSAGES = (
    REVISIONS
    | STEPS
    | st.builds(values.TakeBack, st.lists(APPLIED).map(tuple), st.lists(TEXT).map(tuple), TEXT)
    | st.builds(values.Run, st.lists(STEPS).map(tuple), st.lists(TEXT).map(tuple))
    | st.builds(values.Differences, st.lists(TEXT).map(tuple), st.frozensets(TEXT))
    | st.builds(values.RevisionRequest, TEXT, TEXT, SEVERAL_RENAMES, SEVERAL_RENAMES, st.booleans())
    | st.builds(
        values.WrittenRevision, st.none() | PATHS, SEVERAL_RENAMES, st.frozensets(TEXT), st.lists(TEXT).map(tuple)
    )
    | st.builds(values.AimedDatabase, TEXT, TEXT, st.integers(), st.integers(), st.integers())
)


@dataclass(frozen=True)
class Sample:
    number: int
    share: float = 0.0
    names: dict[str, str] = field(default_factory=dict)
    pair: tuple[str, int] = ("", 0)


@given(MESSAGES)
def test_a_message_comes_back_as_it_was(message: object) -> None:
    line = write_line(message)

    assert (line.count(b"\n"), line[-1:]) == (1, b"\n")
    assert read_line(type(message), line) == message


def test_numbers_names_and_pairs_keep_their_types() -> None:
    sample = Sample(1, 2.5, {"a": "b"}, ("c", 3))

    assert read_line(Sample, write_line(sample)) == sample
    assert read_line(Sample, b'{"number": 1, "share": 2, "names": {}, "pair": ["", 0]}').share == 2.0


@pytest.mark.parametrize(
    "line",
    [b"", b"null\n", b"{}", b'{"number": "1"}', b'{"number": true, "share": 0.0, "names": {}, "pair": ["", 0]}', b"[1"],
)
def test_what_is_no_such_message_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (json's own error is one too)
        read_line(Sample, line)


def test_what_cannot_be_sent_is_refused_where_it_is_sent() -> None:
    with pytest.raises(TypeError, match="object is no type of a message"):
        write_line(object())
