"""Models that env.py does not import are found by reading the files of the package."""

from collections.abc import Callable

import pytest

from tests.fixtures.models import book, define
from tests.fixtures.projects import Project

MODELS = '''
from sqlmodel import Field, SQLModel


class Base(SQLModel):
    """No table."""


class Shelf(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)


class Tome(SQLModel, table=True):
    __tablename__ = "book"
    id: int | None = Field(default=None, primary_key=True)
'''


@pytest.fixture
def shop(example: Callable[..., Project]) -> Project:
    """A project whose package of models has one that env.py does not know."""
    made = example("linear")
    package = made.root / "shop" / "models"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "things.py").write_text(MODELS)
    (made.root / "pyproject.toml").write_text('[tool.dbtasks]\nproject = "linear"\nmodels = "shop.models"\n')
    define(made, book())
    return made


@pytest.mark.parametrize("command", [("check",), ("revision", "add the shelf")])
def test_a_model_that_env_does_not_import_is_named_with_the_line_to_add(
    shop: Project, command: tuple[str, ...]
) -> None:
    said = shop.type(*command)

    assert said.code != 0
    assert "from shop.models.things import Shelf" in said.err
    assert "things.py" in said.err
    assert "Tome" not in said.err
    assert "Base" not in said.err


def test_a_file_that_is_no_python_does_not_hide_the_others(shop: Project) -> None:
    (shop.root / "shop" / "models" / "broken.py").write_text("class (")

    assert "Shelf" in shop.type("check").err
