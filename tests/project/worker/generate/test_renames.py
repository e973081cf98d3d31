"""A drop and an add that look alike are a rename, or the loss of what was there; only a person knows."""

import pytest

from dbtasks import console
from dbtasks.errors import UsageError
from dbtasks.project.messages.values import Rename
from dbtasks.workflows.author import parse_rename
from tests.fixtures.models import define, table, written
from tests.fixtures.projects import Project

RENAMED = table("book", 'sa.Column("title", sa.String(80))', 'sa.Column("length", sa.Integer, index=True)')
PUT_ELSEWHERE = table("volume", 'sa.Column("title", sa.String(80))', 'sa.Column("pages", sa.Integer, nullable=True)')


def column_of(project: Project, question: str) -> object:
    """What the database answers, asked through a revision that would be the next."""
    import sqlalchemy as sa

    engine = sa.create_engine(project.settings.url.render())
    with engine.connect() as connection:
        answer = connection.scalar(sa.text(question))
    engine.dispose()
    return answer


def test_a_column_named_with_rename_keeps_what_it_holds(project: Project) -> None:
    define(project, RENAMED)

    said = project.type("revision", "call the pages length", "--rename", "book.pages:length")

    assert said.code == 0, said.err
    assert project.type("migrate").code == 0
    assert column_of(project, "SELECT length FROM book") == 474
    assert project.type("check").code == 0
    assert project.type("downgrade", "a3").code == 0
    assert column_of(project, "SELECT pages FROM book") == 474


def test_a_table_named_with_rename_keeps_its_rows(project: Project) -> None:
    define(project, PUT_ELSEWHERE)

    said = project.type("revision", "call a book a volume", "--rename", "book:volume")

    assert said.code == 0, said.err
    assert project.type("migrate").code == 0
    assert project.database.rows() == {"volume": 1}
    assert project.type("check").code == 0


def answering(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """A person who gives these answers; what they were asked."""
    asked: list[str] = []
    left = iter(answers)

    def reply(question: str) -> str:
        asked.append(question)
        return next(left)

    monkeypatch.setattr(console, "ask", reply)
    monkeypatch.setattr(console, "interactive", lambda: True)
    return asked


def test_a_slip_is_no_answer_and_nothing_is_lost_by_one(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch, "yse", "maybe", "")
    define(project, RENAMED)

    said = project.type("revision", "call the pages length")

    assert (said.code, written(project), len(asked)) == (2, [], 3)
    assert "--rename book.pages:length" in said.err


@pytest.mark.parametrize(("answer", "kept"), [("y", True), ("No", False)])
def test_what_looks_like_a_rename_is_asked_about(
    project: Project, monkeypatch: pytest.MonkeyPatch, answer: str, kept: bool
) -> None:
    asked = answering(monkeypatch, "what?", answer)
    define(project, RENAMED)

    assert project.type("revision", "call the pages length").code == 0

    text = written(project)[-1].read_text()
    assert len(asked) == 2
    assert ("new_column_name" in text, "LOSES" in text) == (kept, not kept)
    assert kept or "--rename book.pages:length" in text


def test_a_rename_that_the_models_do_not_make_is_refused(project: Project) -> None:
    define(project, RENAMED)

    said = project.type("revision", "call the pages length", "--rename", "book.title:length")

    assert (said.code, written(project)) == (2, [])
    assert "book.title" in said.err


def test_the_notation_of_a_rename() -> None:
    assert parse_rename("book.pages:length") == Rename("book", "pages", "length")
    assert parse_rename("book:volume") == Rename("book", "", "volume")
    for wrong in ("book", "book.pages", ":x", "book.:x", "book.pages:other.length"):
        with pytest.raises(UsageError):
            parse_rename(wrong)
