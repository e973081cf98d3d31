"""A pytest plugin: each test gets a database of its own, migrated and seeded, in a few milliseconds.

    def test_something(dbtasks_url: str) -> None:
        engine = create_engine(dbtasks_url)

The plugin is loaded by itself where dbtasks is installed, and does nothing until a fixture is asked for.
Works with pytest-xdist: the workers share the template and nothing else.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dbtasks import config
from dbtasks.config import Settings
from dbtasks.copies.pool import Pool
from dbtasks.databases.protocol import Kept
from dbtasks.errors import TaskError
from dbtasks.pyproject import find_root, load_project
from dbtasks.workflows.databases_for_tests import pool, shared_template

_READY = 6
_WAIT = 300.0  # seconds for another worker to build the template


@pytest.fixture(scope="session")
def dbtasks_settings(pytestconfig: pytest.Config) -> Settings:
    """The project's settings, aimed at a test database beside the one of DATABASE_URL."""
    try:
        settings = config.load(load_project(find_root(Path(pytestconfig.rootpath))))
    except TaskError as error:
        pytest.fail(f"{error.message} {error.hint}", pytrace=False)
    url = settings.url
    name = str(url.path.with_stem(f"{url.path.stem}_test")) if url.engine == "sqlite" else f"{url.name}_test"
    return settings.on(url.with_name(name))


@pytest.fixture(scope="session")
def dbtasks_template(dbtasks_settings: Settings) -> Kept:
    """The migrated and seeded state that every test starts from, built once for all workers."""
    try:
        return shared_template(dbtasks_settings, wait=_WAIT)
    except TaskError as error:
        checked = "".join(f"\n  checked: {line}" for line in error.checked)
        pytest.fail(f"The test database could not be built: {error.message}{checked}", pytrace=False)


@pytest.fixture(scope="session")
def dbtasks_pool(dbtasks_settings: Settings, dbtasks_template: Kept) -> Iterator[Pool]:
    """Databases made ahead of time for this worker."""
    with pool(dbtasks_settings, dbtasks_template, ready=_READY) as ready:
        yield ready


@pytest.fixture
def dbtasks_url(dbtasks_settings: Settings, dbtasks_pool: Pool, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a database for one test; the project's URL variable names it as well."""
    taken = dbtasks_pool.take()
    monkeypatch.setenv(dbtasks_settings.project.url_variable, taken.render())
    yield taken.render()
    dbtasks_pool.give_back(taken)
