import stat
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from dbtasks import envfile
from dbtasks.errors import ConfigError

NAMES = st.from_regex(r"[A-Z][A-Z0-9_]{0,8}", fullmatch=True)
# What dotenv fills in (`${`) is refused; lone surrogates are no text; NUL cannot be in an environment.
VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=30).filter(
    lambda value: "${" not in value
)
STYLES = st.sampled_from(["{k}={v}", "{k}='{v}'", '{k}="{v}"', "export {k}={v}", "{k} = {v} # why", "{k}='{v}'  # why"])
OLD_LINES = st.lists(st.tuples(NAMES, st.from_regex(r"[a-z0-9/:.]{1,8}", fullmatch=True), STYLES), max_size=5)


@given(lines=OLD_LINES, key=NAMES, value=VALUES)
def test_setting_a_key_changes_that_key_and_no_other(
    lines: list[tuple[str, str, str]], key: str, value: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("env") / ".env"
    path.write_text("# head\n" + "".join(style.format(k=k, v=v) + "\n" for k, v, style in lines) + "# foot\n")
    before = dotenv_values(path)

    envfile.set_key(path, key, value)

    assert dotenv_values(path) == {**before, key: value}
    text = path.read_text()
    assert text.startswith("# head\n")
    assert "# foot\n" in text
    assert text.count("# why") == sum("# why" in style for _, _, style in lines)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A=1\nURL=old # keep\nB=2\n", "A=1\nURL=new # keep\nB=2\n"),
        ('URL="old"   # keep\n', 'URL="new"   # keep\n'),
        ("URL='old'\n", "URL='new'\n"),
        ("export URL=old\r\nB=2\r\n", "export URL=new\r\nB=2\r\n"),
        ("URL=first\nURL=last\n", "URL=first\nURL=new\n"),
        ("URL\n", "URL=new\n"),
        ("URL=\n", "URL=new\n"),
        ("A=1", "A=1\nURL=new\n"),
        ("", "URL=new\n"),
    ],
)
def test_the_line_keeps_its_quoting_its_comment_and_its_place(before: str, after: str) -> None:
    assert envfile.edited(before, "URL", "new") == after


@pytest.mark.parametrize("value", ["p#ss", "p ss", "50%", "a'b", 'a"b', "a\\b", "Grüße", "a # b", "", " padded "])
def test_any_value_comes_back_as_it_was(tmp_path: Path, value: str) -> None:
    path = tmp_path / ".env"
    path.write_text("A=1\n")

    envfile.set_key(path, "B", value)

    assert envfile.read(path) == {"A": "1", "B": value}


def test_a_value_that_dotenv_would_fill_in_is_refused(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A=1\n")

    with pytest.raises(ConfigError, match="cannot be kept"):
        envfile.set_key(path, "A", "${HOME}")

    assert path.read_text() == "A=1\n"


def test_a_value_that_is_there_already_leaves_the_file_untouched(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A='1'\n")
    before = path.stat()

    changed = envfile.set_key(path, "A", "1")

    assert (changed, path.stat().st_ino) == (False, before.st_ino)


def test_whatever_is_written_to_the_file_nobody_else_can_read_it(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("A=1\n")
    old.chmod(0o640)

    envfile.set_key(old, "A", "2")
    envfile.set_key(new, "A", "2")

    assert [stat.S_IMODE(path.stat().st_mode) for path in (old, new)] == [0o600, 0o600]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("A=1\n")
    (tmp_path / ".env").symlink_to("real")

    envfile.set_key(tmp_path / ".env", "A", "2")

    assert (tmp_path / ".env").is_symlink()
    assert (tmp_path / "real").read_text() == "A=2\n"


def test_the_file_is_made_from_its_example_once(tmp_path: Path) -> None:
    example, path = tmp_path / ".env.example", tmp_path / ".env"
    example.write_text("A=1\n")

    made = [envfile.ensure(path, example), envfile.ensure(path, example)]

    assert made == [True, False]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == [".env", ".env.example"]


def test_a_missing_example_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="example"):
        envfile.ensure(tmp_path / ".env", tmp_path / ".env.example")


def test_lines_that_are_no_assignment_are_named(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A=1\nthis is nothing\nB='open\n")

    with pytest.raises(ConfigError, match="line 2"):
        envfile.read(path)


def test_a_file_that_is_no_text_is_explained(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ConfigError, match="not UTF-8"):
        envfile.read(path)


def test_a_folder_that_cannot_be_written_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere" / ".env"

    with pytest.raises(ConfigError, match="cannot be written"):
        envfile.set_key(missing, "A", "1")

    assert not missing.parent.exists()
