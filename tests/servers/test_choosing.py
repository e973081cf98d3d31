"""Which server a URL means, told without asking Docker."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from dbtasks import servers
from dbtasks.servers.names import Identity
from tests.fixtures.projects import Project

OURS = "postgresql://linear:secret@localhost:5499/linear"


@pytest.fixture
def chosen(example: Callable[..., Project], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], bool]:
    monkeypatch.setenv("POSTGRES_PORT", "5499")
    monkeypatch.setenv("POSTGRES_USER", "linear")
    return lambda url: servers.runs_here(example("linear", url).settings)


def test_the_port_and_user_of_the_docker_server_mean_that_server(chosen: Callable[[str], bool]) -> None:
    assert chosen(OURS)


@pytest.mark.parametrize(
    "url",
    [
        OURS.replace("localhost", "db.example.org"),
        OURS.replace("5499", "5432"),
        OURS.replace("linear:", "postgres:"),
        OURS.replace("localhost", "127.evil.example"),
        OURS.replace("localhost", ""),
        f"{OURS}?host=db.example.org",
        f"{OURS}?hostaddr=192.0.2.7",
        f"{OURS}?service=remote",
    ],
)
def test_any_other_url_is_somebody_elses_server(chosen: Callable[[str], bool], url: str) -> None:
    assert not chosen(url)


@pytest.mark.parametrize("name", ["PGHOSTADDR", "PGSERVICE"])
def test_what_leads_libpq_elsewhere_means_another_server(  # G1
    chosen: Callable[[str], bool], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "192.0.2.7")

    assert not chosen(OURS)


def test_choosing_imports_no_docker() -> None:
    code = (
        "import sys, dbtasks.servers; sys.exit('docker' in sys.modules and hasattr(sys.modules['docker'], 'from_env'))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_identity_belongs_to_a_path(tmp_path_factory: pytest.TempPathFactory) -> None:
    here, there = tmp_path_factory.mktemp("a"), tmp_path_factory.mktemp("b")

    assert Identity.of("My App!", here) == Identity.of("My App!", here)
    assert Identity.of("My App!", here) != Identity.of("My App!", there)
    assert Identity.of("My App!", here).container.startswith("my-app-")
