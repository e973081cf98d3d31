"""How the application connects, and what importing its parts costs."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from app.config import BACKEND, parse_url
from app.database import engine, engine_for
from app.models import Resource
from tests.backend.conftest import on_sqlite
from tests.backend.history import History


def test_the_application_may_not_break_a_foreign_key(seeded: History) -> None:
    assert seeded.current()
    with engine().connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text("DELETE FROM organization"))


def test_timestamps_are_filled_in_by_the_database_and_aware(seeded: History) -> None:
    number = seeded.scalars("SELECT min(id) FROM resource")[0]
    with Session(engine()) as session:
        resource = session.get_one(Resource, number)
        assert resource.created_at.utcoffset() is not None
        assert resource.updated_at.utcoffset() is not None


def test_changing_a_row_renews_its_time_of_change_only(seeded: History) -> None:
    seeded.execute(*(f"UPDATE resource SET {name} = '2020-01-01 00:00:00'" for name in ("created_at", "updated_at")))
    number = seeded.scalars("SELECT min(id) FROM resource")[0]
    with Session(engine()) as session:
        resource = session.get_one(Resource, number)
        resource.phone = "202-555-0199"
        session.commit()
        assert (resource.created_at.year, resource.updated_at.year > 2020) == (2020, True)


@on_sqlite
def test_asking_a_missing_file_does_not_create_it(database_url: str) -> None:
    with pytest.raises(DBAPIError, match="unable to open"):
        engine().connect()
    assert not Path(parse_url(database_url).database or "").exists()


@on_sqlite
def test_a_file_that_replaced_the_database_is_seen_at_once(seeded: History, tmp_path: Path) -> None:
    query = text("SELECT count(*) FROM resource")
    with engine().connect() as connection:
        assert connection.scalar(query)
    fresh = tmp_path / "fresh.db"
    with engine().connect() as connection:
        connection.execute(text(f"VACUUM INTO '{fresh}'"))
    emptied = engine_for(parse_url(f"sqlite:///{fresh}"))
    with emptied.begin() as connection:
        connection.execute(text("DELETE FROM resource"))
    fresh.replace(parse_url(seeded.url).database or "")
    with engine().connect() as connection:
        assert connection.scalar(query) == 0


@pytest.mark.parametrize("name", ["a b.db", "a#b.db", "a?b.db", "a%b.db", "é.db"])
def test_a_file_name_may_hold_any_character(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    made = engine_for(parse_url("sqlite:///" + str(tmp_path / name).replace("%", "%25").replace("?", "%3F")))
    with made.connect() as connection:
        path = connection.scalar(text("SELECT file FROM pragma_database_list"))
    assert path == str(tmp_path / name)


@pytest.mark.parametrize("module", ["app.models", "app.seeds.__main__"])
def test_what_alembic_and_the_seeds_import_is_free_of_the_web(module: str) -> None:
    program = (
        f"import sys, {module}; print([n for n in ('fastapi', 'starlette', 'alembic', 'dbtasks') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=BACKEND, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
