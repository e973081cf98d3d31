"""`alembic revision --autogenerate`: the file that it writes runs as it is."""

from pathlib import Path

import pytest

from tests.backend.conftest import on_sqlite
from tests.backend.history import History
from tests.backend.project import ProjectCopy

EVENT = '''"""What happens when."""

from datetime import datetime
from enum import Enum

from sqlmodel import Field, SQLModel

from app.models.columns import timestamp


class Kind(Enum):
    """A kind of event."""

    FAIR = "fair"
    CLINIC = "clinic"


class Event(SQLModel, table=True):
    """A date to remember."""

    id: int | None = Field(default=None, primary_key=True)
    organization_id: int = Field(foreign_key="organization.id", index=True)
    title: str = Field(max_length=80, unique=True)
    note: str | None = None
    kind: Kind
    starts_at: datetime
    created_at: datetime = timestamp()
'''


@pytest.fixture
def at_head(copy: ProjectCopy, migrated: History, monkeypatch: pytest.MonkeyPatch) -> ProjectCopy:
    """A copy of the project on a database that was brought to head in this process: a command takes a second."""
    monkeypatch.setenv("DATABASE_URL", migrated.url)
    return copy


@pytest.fixture
def changed(at_head: ProjectCopy) -> ProjectCopy:
    """Models that have moved on: a new table, two new columns, and one that may no longer be empty."""
    models = at_head.backend / "app" / "models"
    (models / "event.py").write_text(EVENT)
    replace(models / "__init__.py", "from app.models.org", "from app.models.event import Event\nfrom app.models.org")
    replace(models / "__init__.py", '__all__ = ["', '__all__ = ["Event", "')
    replace(
        models / "resource.py",
        "    phone: str",
        "    email: str | None = Field(default=None, index=True)\n    phone: str",
    )
    replace(models / "resource.py", "    phone: str", "    seen_at: datetime | None = None\n    phone: str")
    replace(models / "source.py", "reliability_score: float | None = None", "reliability_score: float")
    return at_head


def replace(path: Path, old: str, new: str) -> None:
    before = path.read_text()
    assert old in before
    path.write_text(before.replace(old, new, 1))


def generate(project: ProjectCopy) -> Path:
    before = project.versions()
    project.alembic("revision", "--autogenerate", "-m", "add events")
    (made,) = project.versions() - before
    return made


def test_the_generated_revision_upgrades_and_downgrades_without_hand_edits(changed: ProjectCopy) -> None:
    generate(changed)
    changed.alembic_each("upgrade head", "check", "downgrade -1", "upgrade head", "check")


@on_sqlite
def test_the_generated_file_is_named_formatted_and_needs_no_sqlmodel(changed: ProjectCopy) -> None:
    made = generate(changed)
    text = made.read_text()
    assert made.name.endswith("_add_events.py")
    assert text.startswith('"""Add events.\n')
    assert "sqlmodel" not in text
    assert "sa.DateTime(timezone=True)" in text
    assert "sa.String(length=80)" in text
    assert "op.f('pk_event')" in text.replace('"', "'")
    for check in (("check", "--no-cache"), ("format", "--check")):
        done = changed.run("ruff", *check, str(made))
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("old", "new", "noticed"),
    [('name="tier"', 'name="rank"', "ck_source_rank"), ('"server_default": "4"', '"server_default": "3"', "tier")],
    ids=["check-constraint", "server-default"],
)
@on_sqlite
def test_what_alembic_leaves_out_unless_told_is_compared(
    at_head: ProjectCopy, old: str, new: str, noticed: str
) -> None:
    replace(at_head.backend / "app" / "models" / "source.py", old, new)
    done = at_head.run("alembic", "check")
    assert done.returncode != 0
    assert noticed in done.stdout + done.stderr
