"""Where `DATABASE_URL` comes from, and which spellings of it are understood."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app import config
from app.config import ROOT, ConfigError, database_url, parse_url


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


@pytest.mark.parametrize(
    "scheme",
    ["postgres", "postgresql", "postgresql+psycopg2", "postgresql+psycopg", "postgresql+asyncpg", "POSTGRES"],
)
def test_every_spelling_of_postgresql_means_psycopg2(scheme: str) -> None:
    url = parse_url(f"{scheme}://user:p%40ss@db.example:5433/vets?sslmode=require")
    assert url.render_as_string(hide_password=False) == (
        "postgresql+psycopg2://user:p%40ss@db.example:5433/vets?sslmode=require"
    )


@pytest.mark.parametrize("scheme", ["sqlite", "sqlite+pysqlite", "sqlite+aiosqlite"])
def test_a_relative_sqlite_path_starts_at_the_project_root(scheme: str) -> None:
    url = parse_url(f"{scheme}:///data/vets.db")
    assert (url.drivername, url.database) == ("sqlite", str(ROOT / "data" / "vets.db"))


def test_an_absolute_sqlite_path_stays_and_may_hold_special_characters() -> None:
    assert parse_url("sqlite:////srv/my%20vets%23%3F%25.db").database == "/srv/my vets#?%.db"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "vets.db",
            "sqlite:",
            "sqlite://",
            "sqlite:///:memory:",
            "sqlite://host/x.db",
            "sqlite:///file:x.db",
        ),
        *("mysql://u:hidden@h/x", "postgresql+nodriver://u:hidden@h/x", "postgresql://u:hidden@h:port/x"),
        *("postgresql://u:hidden@h", "postgresql://u:hidden@h/"),
    ],
)
def test_an_unusable_url_is_refused_with_the_next_step_and_without_its_password(text: str) -> None:
    with pytest.raises(ConfigError, match=r"DATABASE_URL is not usable: .* Next: ") as caught:
        parse_url(text)
    assert "hidden" not in str(caught.value)
    assert caught.value.__cause__ is None


@given(st.text())
@example("~nobody-here/x")
def test_any_text_at_all_is_a_url_or_a_config_error(text: str) -> None:
    for candidate in (text, f"postgresql://u:{text}@h/x", f"sqlite:///{text}"):
        with suppress(ConfigError):
            assert parse_url(candidate).drivername in {"sqlite", "postgresql+psycopg2"}


def test_the_environment_wins_over_the_env_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / ".env").write_text("DATABASE_URL=sqlite:///file.db\n")
    assert database_url().database == str(root / "file.db")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///environment.db")
    assert database_url().database == str(root / "environment.db")


def test_an_empty_variable_counts_as_not_set(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / ".env").write_text("DATABASE_URL=sqlite:///file.db\n")
    monkeypatch.setenv("DATABASE_URL", "")
    assert database_url().database == str(root / "file.db")


def test_a_change_of_the_env_file_is_seen_at_the_next_call(root: Path) -> None:
    for name in ("one.db", "two.db"):
        (root / ".env").write_text(f"DATABASE_URL=sqlite:///{name}\n")
        assert database_url().database == str(root / name)


def test_the_env_file_may_have_quotes_comments_a_byte_order_mark_and_other_lines(root: Path) -> None:
    (root / ".env").write_text("\ufeffexport DATABASE_URL='postgresql://u:p#s%25s@h/x' # why\nA=é\n", encoding="utf-8")
    assert database_url().password == "p#s%s"


@pytest.mark.parametrize("content", [None, b"OTHER=1\n", b"DATABASE_URL=\n"])
def test_without_a_url_the_message_says_where_it_looked_and_what_to_type(root: Path, content: bytes | None) -> None:
    if content is not None:
        (root / ".env").write_bytes(content)
    with pytest.raises(ConfigError, match=r"not set, neither in the environment nor in .*\.env\. Next: cp"):
        database_url()


def test_an_env_file_that_is_no_text_is_a_config_error(root: Path) -> None:
    (root / ".env").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read: UnicodeDecodeError"):
        database_url()
