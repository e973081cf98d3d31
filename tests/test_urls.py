from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

from dbtasks.urls import DatabaseUrl, UrlError, parse_url

BASE = Path("/project")
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)


def parsed(text: str) -> DatabaseUrl:
    return parse_url(text, base=BASE)


@pytest.mark.parametrize(
    "spelling",
    [
        "postgres://me:pw@db:5433/app",
        "postgresql://me:pw@db:5433/app",
        "postgresql+psycopg2://me:pw@db:5433/app",
        "postgresql+psycopg://me:pw@db:5433/app",
        "postgresql+asyncpg://me:pw@db:5433/app",
        "  POSTGRES://me:pw@db:5433/app\n",
    ],
)
def test_every_spelling_of_a_postgresql_url_means_psycopg2(spelling: str) -> None:
    assert parsed(spelling).render() == "postgresql+psycopg2://me:pw@db:5433/app"


@pytest.mark.parametrize("driver", ["sqlite", "sqlite+pysqlite", "sqlite+aiosqlite"])
def test_a_relative_sqlite_path_starts_at_the_base(driver: str) -> None:
    assert parsed(f"{driver}:///data/app.db").path == Path("/project/data/app.db")
    assert parsed(f"{driver}:////var/app.db").path == Path("/var/app.db")


@given(user=TEXT, password=TEXT, name=TEXT)
def test_what_dbtasks_renders_is_what_sqlalchemy_reads(user: str, password: str, name: str) -> None:
    url = DatabaseUrl("postgres", name, "localhost", 5432, user, password)

    seen = make_url(url.render())

    assert (seen.username, seen.password, seen.database) == (user, password, name)
    assert parsed(url.render()) == url


@given(user=TEXT, password=TEXT, name=TEXT, port=st.integers(1, 65535))
def test_what_sqlalchemy_reads_dbtasks_reads_alike(user: str, password: str, name: str, port: int) -> None:
    text = (
        f"postgresql+psycopg2://{quote(user, safe='')}:{quote(password, safe='')}@[::1]:{port}/{quote(name, safe='')}"
    )
    theirs = make_url(text)

    ours = parsed(text)

    assert (ours.user, ours.password, ours.host, ours.port, ours.name) == (
        theirs.username,
        theirs.password,
        theirs.host,
        theirs.port,
        theirs.database,
    )


@given(name=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0/"), min_size=1, max_size=20))
def test_a_sqlite_path_survives_rendering(name: str) -> None:
    url = DatabaseUrl("sqlite", f"/data/x{name}")

    assert parsed(url.render()).name == str(Path(url.name).resolve())
    assert make_url(url.render()).database == url.name


@given(password=st.text(st.characters(exclude_categories=["Cs"]), min_size=4, max_size=30))
def test_printing_a_url_never_shows_its_password(password: str) -> None:
    url = DatabaseUrl("postgres", "n", "h", 1, "u", password)

    assert str(url) == "postgresql://u:***@h:1/n"
    assert repr(url) == "DatabaseUrl(engine='postgres', name='n', host='h', port=1, user='u')"


def test_a_url_tells_every_password_in_it() -> None:  # R6
    url = parsed("postgresql://me:one@db/app?password=t%77o&sslmode=require&sslpassword=three")

    assert url.passwords == ("one", "two", "three")


@pytest.mark.parametrize(
    ("raw", "password"),
    [("p#ss", "p#ss"), ("p/ss", "p/ss"), ("p?ss", "p?ss"), ("p%40ss", "p@ss"), ("50%", "50%"), ("p:ss", "p:ss")],
)
def test_a_password_may_hold_what_people_put_in_passwords(raw: str, password: str) -> None:
    url = parsed(f"postgresql://me:{raw}@db/app?sslmode=disable")

    assert (url.password, url.host, url.name, url.query) == (password, "db", "app", (("sslmode", "disable"),))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("vibe4vets.db", "no scheme"),
        ("mysql://a/b", "does not know the engine"),
        ("postgresql+oracle://a/b", "does not know the driver"),
        ("postgresql://me:p@ss@db/app", "%40"),
        ("postgresql://db:port/app", "the port"),
        ("postgresql://db:0/app", "the port"),
        ("postgresql://db:99999/app", "the port"),
        ("postgresql://db:5432", "names no database"),
        ("postgresql://[::1/app", "not closed"),
        ("sqlite://app.db", "three slashes"),
        ("sqlite://", "three slashes"),
        ("sqlite:///", "in-memory"),
        ("sqlite:///:memory:", "in-memory"),
        ("sqlite:///a\0b", "NUL"),
        ("sqlite:///~nosuchuser/a.db", "not here"),
    ],
)
def test_a_malformed_url_is_explained_without_repeating_it(text: str, problem: str) -> None:
    with pytest.raises(UrlError) as refused:
        parsed(text)

    assert problem in refused.value.message
    assert "p@ss" not in refused.value.message
    assert refused.value.exit_code == 2


@given(st.text())
def test_any_text_is_a_url_or_a_url_error(text: str) -> None:
    try:
        url = parsed(text)
    except UrlError:
        return
    assert parsed(url.render()).name == url.name


@pytest.mark.parametrize("name", ["file:books.db?uri=true", "file:/data/books.db?mode=ro&uri=true", "file:x.db"])
def test_a_sqlite_uri_is_answered_with_the_path_to_write(name: str) -> None:
    with pytest.raises(UrlError, match="file: URI") as caught:
        parsed(f"sqlite:///{name}")

    assert "memory" not in caught.value.message


def test_a_sqlite_uri_in_memory_is_still_told_to_be_lost() -> None:
    with pytest.raises(UrlError, match="in-memory"):
        parsed("sqlite:///file::memory:?cache=shared&uri=true")
