"""The guard's table, row by row, on real databases of both engines, whatever way the connection takes."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from dbtasks import guard
from dbtasks.config import Settings
from dbtasks.databases.engines import open_changing
from dbtasks.databases.protocol import Environment, Label
from dbtasks.urls import DatabaseUrl, parse_url
from tests.fixtures.checkouts import Checkout
from tests.fixtures.postgres import database_on
from tests.fixtures.projects import Project
from tests.fixtures.ways import WAYS, Ways

PROTECTED = {"a": True, "b": False, "c": False, "d": False, "e": True}
LABELS: dict[str, Environment] = {"a": "production", "b": "development"}
PATHS = ("absolute path", "relative path", "symbolic link", "percent encoding")
WAYS_OF = {"sqlite": PATHS, "postgres": WAYS}


class Case(NamedTuple):
    """One cell of the table."""

    engine: str
    row: str
    way: str


CASES = [Case(engine, row, way) for engine, ways in WAYS_OF.items() for row in PROTECTED for way in ways]


def fill(url: DatabaseUrl, row: str) -> None:
    """Make a database such that this row of the table fits it."""
    engine = sa.create_engine(url.render())
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE precious (id INTEGER)")
        if row == "c":
            connection.exec_driver_sql("DROP TABLE precious")
    engine.dispose()
    if row in LABELS:
        open_changing(url).set_label(Label(LABELS[row], "linear"))


def lead_to(file: Path, way: str, root: Path) -> str:
    """The URL of an SQLite file, by one of the ways."""
    if way == "relative path":
        return f"sqlite:///{os.path.relpath(file, root)}"
    if way == "symbolic link":
        outside, inside = root.parent / "link.db", root / "link.db"
        link = outside if file.is_relative_to(root) else inside
        link.symlink_to(file)
        return f"sqlite:///{link}"
    return f"sqlite:///{quote(str(file)).replace('e', '%65') if way == 'percent encoding' else file}"


@pytest.fixture(scope="module")
def verdicts(request: pytest.FixtureRequest) -> Iterator[dict[Case, guard.Verdict]]:
    """What the cases found; printed as a table at the end."""
    found: dict[Case, guard.Verdict] = {}
    yield found
    reporter = request.config.pluginmanager.get_plugin("terminalreporter")
    capture = request.config.pluginmanager.get_plugin("capturemanager")
    if reporter is None or capture is None:
        return  # a worker of xdist has no terminal
    with capture.global_and_fixture_disabled():
        for engine, ways in WAYS_OF.items():
            reporter.write_line(f"\n{engine:10}" + "".join(f"{way:18}" for way in ways))
            for row in PROTECTED:
                cells = (found.get(Case(engine, row, way)) for way in ways)
                words = ("-" if cell is None else "protected" if cell.protected else "free" for cell in cells)
                reporter.write_line(f"row {row:6}" + "".join(f"{word:18}" for word in words))


@contextmanager
def made(request: pytest.FixtureRequest, project: Project, case: Case) -> Iterator[Settings]:
    """The settings of a project whose database this row fits, reached by one of the ways."""
    if case.engine == "sqlite":
        file = (project.root if case.row == "d" else project.root.parent / "elsewhere") / "precious.db"
        file.parent.mkdir(exist_ok=True)
        fill(DatabaseUrl("sqlite", str(file)), case.row)
        yield project.settings.on(parse_url(lead_to(file, case.way, project.root), base=project.root))
        return
    ways: Ways = request.getfixturevalue("ways")
    with database_on(ways.urls["loopback port"]) as url:
        fill(url, case.row)
        settings = project.settings.on(ways.urls[case.way].with_name(url.name))
        yield ways.owning(settings) if case.row == "d" else settings


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_the_row_decides_and_not_the_way(  # G1, G2
    request: pytest.FixtureRequest,
    example: Callable[..., Project],
    verdicts: dict[Case, guard.Verdict],
    case: Case,
) -> None:
    with made(request, example("linear"), case) as settings:
        verdict = verdicts[case] = guard.judge(settings, open_changing(settings.url))

    assert (verdict.row, verdict.protected) == (case.row, PROTECTED[case.row]), verdict.reason
    assert (verdict.way_on != "") == verdict.protected
    assert verdict.adopts == (case.row in {"c", "d"})


SERVICE = "[remote]\nhost={host}\nport={port}\nuser={user}\npassword={password}\n"
SPELLINGS = {  # G1: each leads to a server that is not this checkout's
    "host in the query": ("postgresql://{login}@localhost:1/{name}?host={host}&port={port}", {}),
    "hostaddr in the query": ("postgresql://{login}@localhost/{name}?hostaddr={host}&port={port}", {}),
    "a name like an address": ("postgresql://{login}@127.evil.example:{port}/{name}?hostaddr={host}", {}),
    "a list of hosts": ("postgresql://{login}@/{name}?host={host},{host}&port=1,{port}", {}),
    "service in the query": ("postgresql:///{name}?service=remote", {"PGSERVICEFILE": "{file}"}),
    "PGSERVICE": ("postgresql:///{name}", {"PGSERVICEFILE": "{file}", "PGSERVICE": "remote"}),
    "PGHOST": ("postgresql://{login}@/{name}", {"PGHOST": "{host}", "PGPORT": "{port}"}),
    "PGHOSTADDR": ("postgresql://{login}@localhost:{port}/{name}", {"PGHOSTADDR": "{host}"}),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_a_url_makes_a_remote_database_local(  # G1
    example: Callable[..., Project], ways: Ways, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spelling: str
) -> None:
    text, variables = SPELLINGS[spelling]
    with database_on(ways.urls["bridge address"]) as url:
        fill(url, "e")
        words = {
            "login": f"{url.user}:{url.password}", "name": url.name, "host": url.host, "port": url.port,
            "user": url.user, "password": url.password, "file": tmp_path / "service.conf",
        }  # fmt: skip
        (tmp_path / "service.conf").write_text(SERVICE.format(**words))
        for name, value in variables.items():
            monkeypatch.setenv(name, value.format(**words))
        project = example("linear", text.format(**words))

        said = project.type("reset")

        assert (said.code, "has content and no label" in said.err) == (3, True), said.text
        assert "next: nox -s db_label -- development" in said.err
        assert open_changing(url).rows() == {"precious": 0}


def test_a_tunnel_to_a_production_server_is_seen_through(  # G2
    example: Callable[..., Project], ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database_on(ways.urls["loopback port"]) as url:
        fill(url, "e")
        through = ways.urls["tunnel"].with_name(url.name)
        # The tunnel ends where the server of this checkout is looked for, by port and by user.
        monkeypatch.setenv("POSTGRES_PORT", str(through.port))
        monkeypatch.setenv("POSTGRES_USER", through.user)
        project = example("linear", through.render())

        said = project.type("reset")

        assert (said.code, "has content and no label" in said.err) == (3, True), said.text
        assert open_changing(url).rows() == {"precious": 0}


def test_another_server_at_the_port_of_this_checkout_is_not_its_container(  # row d, found by container
    checkout: Checkout, ways: Ways
) -> None:
    checkout.up()
    with database_on(ways.urls["loopback port"]) as url:
        fill(url, "e")
        through = ways.urls["tunnel"].with_name(url.name)
        checkout.set(DATABASE_URL=through.render(), POSTGRES_PORT=through.port, POSTGRES_USER=through.user)

        said = checkout.type("reset")

    assert (said.code, f"not in container {checkout.name}, which this checkout runs" in said.err) == (3, True), (
        said.text
    )


def test_where_no_engine_answers_nothing_is_taken_for_ours(
    example: Callable[..., Project], ways: Ways, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with database_on(ways.urls["loopback port"]) as url:
        fill(url, "d")
        settings = ways.owning(example("linear", url.render()).settings)
        monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")

        verdict = guard.judge(settings, open_changing(settings.url))

    assert (verdict.row, "There is no Docker engine here" in verdict.reason) == ("e", True)
