"""Names of images, and which one is run."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from dbtasks.errors import ServerError
from dbtasks.servers import images
from tests.fixtures.postgres import no_progress


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def old_image(engine: Any) -> Iterator[str]:
    """An image that says it is PostgreSQL 13."""
    base = images.ensure(engine, "postgres:17", no_progress, lambda _: None)
    name = f"dbtasks-test-{secrets.token_hex(4)}"
    container = engine.containers.create(base.name)
    container.commit(name, "old", conf={"Env": ["PG_MAJOR=13"]})
    container.remove(v=True)
    yield f"{name}:old"
    engine.images.remove(f"{name}:old")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("postgres", ("postgres", "latest")),
        ("postgres:17", ("postgres", "17")),
        ("host:5000/team/postgres", ("host:5000/team/postgres", "latest")),
        ("host:5000/team/postgres:17", ("host:5000/team/postgres", "17")),
        ("postgres@sha256:ab", ("postgres", "sha256:ab")),
    ],
)
def test_a_name_is_split_into_repository_and_tag(name: str, parts: tuple[str, str]) -> None:
    assert images.split(name) == parts


def test_a_built_image_stands_in_for_one_that_cannot_be_pulled_and_that_is_said(engine: Any, told: list[str]) -> None:
    if not images.built(engine):
        pytest.skip("no image was built on this machine: nox -s db_image")
    image = images.ensure(engine, "nobody/has-this:15", no_progress, told.append)

    assert (image.name.split(":")[0], image.asked) == (images.BUILT, "nobody/has-this:15")
    assert "nobody/has-this:15 cannot be pulled" in told[0]


def test_without_a_built_image_the_way_to_one_is_told(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "BUILT", "dbtasks/nothing")

    with pytest.raises(ServerError) as caught:
        images.ensure(engine, "nobody/has-this:15", no_progress, lambda _: None)

    assert "nox -s db_image" in caught.value.hint


def test_a_server_below_14_is_refused_by_its_version(engine: Any, old_image: str) -> None:
    with pytest.raises(ServerError, match="PostgreSQL 13; dbtasks needs PostgreSQL 14 or newer"):
        images.ensure(engine, old_image, no_progress, lambda _: None)
