import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dbtasks import console
from dbtasks.errors import TaskError


@pytest.fixture(autouse=True)
def _own_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "_secrets", set())


def test_a_hidden_value_is_never_printed(capsys: pytest.CaptureFixture[str]) -> None:
    console.hide("hunter2", "hunter22", "")

    console.say("a hunter22 and a hunter2")
    console.warn("hunter2")
    console.fail(TaskError("hunter2", hint="use hunter2", checked=["hunter2"]))
    console.table(("name",), [("hunter2",)])
    console.data({"password": "hunter2"})

    said = capsys.readouterr()
    assert "hunter" not in said.out + said.err
    assert said.out.startswith("a *** and a ***\n")


SPELLINGS = ("p@s s:é%", "p%40s%20s%3A%C3%A9%25", "p%40s+s:é%", "p%40s s%3a%c3%a9%25", "%70@s s:é%")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_hidden_value_is_not_printed_as_a_url_spells_it(  # R6
    capsys: pytest.CaptureFixture[str], spelling: str
) -> None:
    console.hide("p@s s:é%")

    console.say(f"//me:{spelling}@db")

    assert capsys.readouterr().out == "//me:***@db\n"


HARD = ('qu"ote', "back\\slash", "it's", "both\"and'", "two\\\\", "tab\tline\n", "gr\u00fc\u00dfe", "\U0001f642 smile")


@pytest.mark.parametrize("secret", HARD, ids=ascii)
@pytest.mark.parametrize("spell", [str, repr, ascii, json.dumps, lambda text: repr(repr(text))])
def test_a_hidden_value_is_not_printed_as_python_and_json_escape_it(
    capsys: pytest.CaptureFixture[str], secret: str, spell: Callable[[str], str]
) -> None:
    console.hide(secret)

    console.say(f"<{spell(f'the {secret}!')}>")

    assert "the ***!" in capsys.readouterr().out


@pytest.mark.parametrize("secret", HARD, ids=ascii)
def test_no_hidden_value_is_in_data_for_programs(capsys: pytest.CaptureFixture[str], secret: str) -> None:
    console.hide(secret)

    console.data({"url": f"//me:{secret}@db", "found": [Path(f"/{secret}"), (secret,)]})

    assert json.loads(capsys.readouterr().out) == {"url": "//me:***@db", "found": ["/***", ["***"]]}


@pytest.mark.parametrize("secret", ["rows", "123", "null", '", "', "true", '": '])
def test_hiding_a_value_leaves_data_what_it_is_otherwise(capsys: pytest.CaptureFixture[str], secret: str) -> None:
    value = {"rows": 1234, "none": None, "is": True, "names": ["a", "b"]}
    console.hide(secret)

    console.data(value)

    assert json.loads(capsys.readouterr().out) == value


def test_an_error_says_what_happened_what_was_checked_and_what_to_type(capsys: pytest.CaptureFixture[str]) -> None:
    console.fail(TaskError("It broke.", hint="mend it", checked=["here", "there"]))

    assert capsys.readouterr().err == "error: It broke.\n  checked: here\n  checked: there\n  next: mend it\n"


def test_remarks_do_not_mix_with_data(capsys: pytest.CaptureFixture[str]) -> None:
    console.note("working")
    console.data({"name": "Grüße"})

    said = capsys.readouterr()
    assert json.loads(said.out) == {"name": "Grüße"}
    assert said.err == "working\n"


def test_columns_are_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    console.table(("table", "rows"), [("a", "1"), ("resource", "1,000")], numbers=("rows",))

    assert capsys.readouterr().out == "  table      rows\n  a             1\n  resource  1,000\n"


def test_nobody_is_asked_when_nobody_is_there() -> None:
    assert console.ask("Really?") == ""


def test_progress_is_silent_when_piped(capsys: pytest.CaptureFixture[str]) -> None:
    with console.progress("Copying", 3) as bar:
        bar.advance()
        bar.set_total(4)

    assert capsys.readouterr().err == ""
