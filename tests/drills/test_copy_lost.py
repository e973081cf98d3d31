"""The server or its engine goes away in the middle of `db_switch --copy-data`."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dbtasks.databases.engines import open_changing
from dbtasks.databases.protocol import Changing
from dbtasks.urls import parse_url
from tests.fixtures.checkouts import Checkout
from tests.fixtures.cutting import cut_after
from tests.fixtures.losing import LOSSES, lost, only_one_container, said_once
from tests.fixtures.projects import execute

if TYPE_CHECKING:
    import subprocess

pytestmark = [pytest.mark.drill, pytest.mark.timeout(120)]

ROWS = 300_000


class Both:
    """The two databases of a checkout: many rows in the one in use, one row of its own in the other."""

    def __init__(self, checkout: Checkout, source: str) -> None:
        self.checkout = checkout
        self.target = "sqlite" if source == "postgres" else "postgres"
        texts = {"sqlite": "sqlite:///linear.db", "postgres": checkout.url.render()}
        for engine in (self.target, source):
            checkout.set(DATABASE_URL=texts[engine])
            assert checkout.type("reset").code == 0
            rows = ROWS if engine == source else 1
            execute(
                checkout.project,
                f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) "
                f"INSERT INTO book (id, title) SELECT 1000 + i, '{engine}' FROM n",
            )
        checkout.sql("CHECKPOINT")
        self._texts = texts

    def command(self) -> "subprocess.Popen[str]":
        return self.checkout.begin("switch", self.target, "--copy-data")

    def wait_for_rows(self) -> None:
        """Until the server sends or takes rows."""
        deadline = time.monotonic() + 30
        while not self.checkout.sql("SELECT 1 FROM pg_stat_activity WHERE query ~* '^(copy|fetch)'"):
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def database(self, engine: str) -> Changing:
        return open_changing(parse_url(self._texts[engine], base=self.checkout.project.root))

    def is_untouched(self) -> bool:
        """Is the source in use, and does either hold what it held?"""
        source = "sqlite" if self.target == "postgres" else "postgres"
        return (
            self.checkout.value("DATABASE_URL") == self._texts[source]
            and self.database(source).rows() == {"book": ROWS + 1}
            and self.database(self.target).rows() == {"book": 2}
        )

    def finish(self) -> None:
        """The same command goes through, with everything, and leaves nothing half made on either side."""
        with self.command() as child:
            assert child.wait() == 0
        assert self.checkout.value("DATABASE_URL") == self._texts[self.target]
        assert self.database(self.target).rows() == {"book": ROWS + 1}
        assert [self.database(engine).tidy() for engine in self._texts] == [0, 0]
        assert only_one_container(self.checkout)


@pytest.mark.parametrize("source", ["sqlite", "postgres"])
@lost
def test_a_copy_that_loses_its_server_changes_neither_side(checkout: Checkout, source: str, loss: str) -> None:
    checkout.up()
    both = Both(checkout, source)
    for pause in (0, 0.1, 0.2):
        with both.command() as child:
            both.wait_for_rows()
            time.sleep(pause)
            LOSSES[loss](checkout)
            said_once(child)
        checkout.up()
        assert both.is_untouched()
    both.finish()


@pytest.mark.parametrize("requests", [1, 3, 5, 7])
def test_a_copy_that_loses_its_engine_changes_neither_side(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, requests: int
) -> None:
    checkout.up()
    both = Both(checkout, "sqlite")
    checkout.type("down")
    with cut_after(tmp_path / "engine.sock", requests) as address:
        monkeypatch.setenv("DOCKER_HOST", address)
        with both.command() as child:
            assert "engine" in said_once(child)
    monkeypatch.delenv("DOCKER_HOST")
    checkout.up()
    assert both.is_untouched()
    both.finish()
