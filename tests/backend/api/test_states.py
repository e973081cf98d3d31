"""What the API says of a database that is empty, behind, ahead, missing or out of reach."""

from pathlib import Path

import pytest
from sqlalchemy.exc import ProgrammingError

from app import database
from app.config import parse_url
from tests.backend.client import get
from tests.backend.conftest import on_sqlite
from tests.backend.history import History

PATHS = ["/health", "/resources", "/resources?search=x&tier=1", "/resources/1", "/organizations", "/sources/1"]


def problem(path: str, status: int = 503) -> str:
    answer = get(path)
    body = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), path
    assert (body["type"], body["status"], body["instance"]) == ("about:blank", status, path.partition("?")[0])
    return str(body["detail"])


def test_an_empty_directory_has_empty_lists(migrated: History) -> None:
    assert migrated.rows()["resource"] == []
    for path in ("/resources", "/organizations", "/sources"):
        assert get(path).json() == {"items": [], "total": 0, "limit": 20, "offset": 0}


def test_health_at_head(migrated: History) -> None:
    body = get("/health").json()
    head = migrated.revisions()[-1:]
    assert (body["status"], body["revisions"], body["heads"], body["pending"]) == ("head", head, head, 0)
    assert body["engine"].split()[0] == migrated.engine.dialect.name


def test_health_counts_what_is_pending(migrated: History) -> None:
    migrated.downgrade("ad0ab47c4e52")
    answer = get("/health")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["pending"]) == ("pending", 2)


def test_health_of_a_database_that_is_ahead_of_this_code(migrated: History) -> None:
    migrated.execute("UPDATE alembic_version SET version_num = 'later'")
    answer = get("/health")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["pending"]) == ("unknown", None)


@pytest.mark.parametrize("path", PATHS)
def test_a_database_that_was_never_migrated_says_how_to_migrate(database_url: str, path: str) -> None:
    if database_url.startswith("sqlite"):
        Path(parse_url(database_url).database or "").touch()
    assert problem(path).endswith("Next: nox -s migrate")


def test_a_database_that_is_behind_says_how_to_migrate(migrated: History) -> None:
    migrated.downgrade("3c03de7a0175")
    assert problem("/resources").endswith("Next: nox -s migrate")
    assert get("/sources").status_code == 200


@on_sqlite
@pytest.mark.parametrize("path", PATHS)
def test_a_missing_file_is_a_503_and_stays_missing(database_url: str, path: str) -> None:
    assert problem(path).endswith("Next: nox -s migrate")
    assert not Path(parse_url(database_url).database or "").exists()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://u:hidden@127.0.0.1:1/x", "cannot be reached"),
        ("sqlite:////dev/null/x.db", "cannot be opened"),
        (f"sqlite:///{Path(__file__)}", "is no SQLite database"),
        ("mysql://u:hidden@host/x", "DATABASE_URL is not usable"),
    ],
)
def test_a_database_that_cannot_be_used_is_a_503_without_its_password(
    monkeypatch: pytest.MonkeyPatch, url: str, words: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    for path in PATHS:
        said = problem(path)
        assert words in said
        assert "hidden" not in said
        assert "Next: " in said


@on_sqlite
def test_a_locked_database_is_a_503(migrated: History, monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{database_url}?timeout=0")
    with migrated.engine.connect() as connection:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
        assert problem("/resources").endswith("Next: try again in a moment")


@on_sqlite
def test_a_damaged_file_is_a_503(migrated: History) -> None:
    file = Path(parse_url(migrated.url).database or "")
    file.write_bytes(file.read_bytes()[:100] + b"damage" * 1000)
    assert "is no SQLite database" in problem("/resources")


@pytest.mark.parametrize("path", ["/nowhere", "/resources/1/more", "/"])
def test_an_unknown_path_is_a_problem_too(path: str) -> None:
    assert problem(path, 404) == "Not Found"


def test_a_bug_is_a_problem_without_its_details(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ProgrammingError("SELECT hidden", {}, Exception("hidden"))

    monkeypatch.setattr(database, "engine", broken)
    assert problem("/resources", 500) == "The server failed; its log says why."
