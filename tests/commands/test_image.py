"""`image` builds what a registry would give; the building itself is a drill."""

from pathlib import Path

import pytest

from dbtasks.servers import image_build, images, packages
from tests.fixtures.checkouts import Checkout


def test_an_image_that_is_there_is_not_built_again(checkout: Checkout) -> None:
    if not images.built(checkout.client):
        pytest.skip("no image was built on this machine: nox -s db_image")
    said = checkout.type("image", "--if-absent")

    assert (said.code, images.BUILT in said.out) == (0, True)


def test_an_unknown_extension_is_wrong_usage(checkout: Checkout) -> None:
    said = checkout.type("image", "--with", "magic")

    assert (said.code, "--with postgis" in said.err) == (2, True)


def test_a_version_that_neither_packages_nor_a_registry_have_is_told_with_both_reasons(checkout: Checkout) -> None:
    folder = checkout.project.root / "docker" / "postgres"
    folder.mkdir(parents=True)
    (folder / "Dockerfile").touch()

    said = checkout.type("image", "--major", "99")

    assert said.code == 1
    assert "checked: packages:" in said.err
    assert "checked: registry: postgres:99" in said.err


def test_a_version_below_14_is_refused(checkout: Checkout) -> None:
    folder = checkout.project.root / "docker" / "postgres"
    folder.mkdir(parents=True)
    (folder / "Dockerfile").touch()

    assert "PostgreSQL 14 or newer" in checkout.type("image", "--major", "13").err


def test_the_same_content_has_the_same_name() -> None:
    recipe = image_build.Recipe(Path(), 15, ("postgis", "pgvector"))

    assert recipe.name(15) == "dbtasks/postgres:15-pgvector-postgis"
    assert packages.packages(15, ("postgis",)) == ["postgresql-15", "postgresql-15-postgis-3"]
