"""The server goes away in the middle of a reset or a migration; afterwards the same command goes through."""

import random
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise

import pytest

from tests.databases.postgres.conftest import open_client
from tests.databases.postgres.test_swap import crowd
from tests.fixtures.checkouts import Checkout
from tests.fixtures.losing import LOSSES, lost, only_one_container, said_once

pytestmark = [pytest.mark.drill, pytest.mark.timeout(120)]

LENGTH = 30
ROUNDS = 6
STEP = 'op.execute("CREATE TABLE {} AS SELECT 1 AS id, pg_sleep(0.05)::text AS slowly")'


@pytest.fixture
def served(checkout: Checkout) -> Checkout:
    """A checkout whose database is on its own server, with one row of its own that has reached the disk."""
    checkout.up()
    checkout.set(DATABASE_URL=checkout.url.render())
    assert checkout.type("reset").code == 0
    checkout.sql("INSERT INTO book (id, title) VALUES (99, 'mine')")
    checkout.sql("CHECKPOINT")
    return checkout


def lengthen(checkout: Checkout) -> str:
    """Give the history slow revisions, each with a table of its name; the new head."""
    names = ["a3", *(f"r{number:04}" for number in range(1, LENGTH + 1))]
    for parent, name in pairwise(names):
        checkout.project.revision(name, parent, STEP.format(name), f'op.drop_table("{name}")')
    return names[-1]


def titles(checkout: Checkout) -> set[str]:
    return {title for (title,) in checkout.sql("SELECT title FROM book")}


def is_whole(checkout: Checkout) -> bool:
    """Are exactly the tables there that the database's revision has, each with its row?"""
    database = checkout.project.database
    (standing,) = database.current()
    number = int(standing.removeprefix("r")) if standing != "a3" else 0
    tables = {f"r{one:04}": 1 for one in range(1, number + 1)}
    return {name: rows for name, rows in database.rows().items() if name != "book"} == tables


@lost
def test_a_reset_that_loses_its_server_leaves_the_old_database_whole(served: Checkout, loss: str) -> None:
    head = lengthen(served)
    chance = random.Random(7)
    for _ in range(ROUNDS):
        with served.begin("reset", "--no-cache") as child:
            time.sleep(chance.uniform(0.2, 2.2))
            LOSSES[loss](served)
            said = said_once(child)
        assert "Mend the revision" not in said, said  # it is not to blame

        served.up()
        assert titles(served) == {"Emma", "mine"}
        assert (served.project.database.current(), is_whole(served)) == (("a3",), True)
        assert only_one_container(served)

    assert served.type("reset", "--no-cache").code == 0
    assert (titles(served), served.project.database.current()) == ({"Emma"}, (head,))
    assert is_whole(served)
    assert served.project.database.tidy() == 0


def test_a_server_killed_around_the_swap_of_a_reset_has_the_old_or_the_new_whole(served: Checkout) -> None:
    started = time.monotonic()
    with served.begin("reset") as child:
        assert child.wait() == 0
    whole = time.monotonic() - started
    chance = random.Random(11)
    failures = 0
    for _ in range(2 * ROUNDS):
        served.sql("INSERT INTO book (id, title) VALUES (99, 'mine') ON CONFLICT DO NOTHING")
        served.sql("CHECKPOINT")
        with served.begin("reset") as child:
            time.sleep(chance.uniform(whole / 2, whole))
            served.container.kill()
            child.wait()
            failures += child.returncode != 0
            said = child.communicate()[0]
        assert "Traceback" not in said

        served.up()
        assert titles(served) in ({"Emma", "mine"}, {"Emma"})
        assert served.project.database.current() == ("a3",)

    assert failures > 0  # otherwise nothing was ever lost in time
    assert served.type("reset").code == 0
    assert served.project.database.tidy() == 0
    assert only_one_container(served)


@lost
def test_a_migration_that_loses_its_server_stands_between_two_revisions_and_goes_on(
    served: Checkout, loss: str
) -> None:
    head = lengthen(served)
    chance = random.Random(13)
    for _ in range(ROUNDS // 2):
        # In place, and not on a copy, whose loss would lose nothing.
        with served.begin("migrate", "--no-way-back", served.project.settings.url.name) as child:
            assert child.stdout is not None
            for _ in range(chance.randint(1, LENGTH // ROUNDS)):  # as many revisions are run, or begun
                while "  upgrade  " not in child.stdout.readline():
                    assert child.poll() is None
            time.sleep(chance.uniform(0, 0.1))
            LOSSES[loss](served)
            said_once(child)

        served.up()
        assert is_whole(served)
        assert titles(served) == {"Emma", "mine"}
        assert only_one_container(served)

    assert served.type("migrate").code == 0
    assert (served.project.database.current(), is_whole(served)) == ((head,), True)
    assert titles(served) == {"Emma", "mine"}
    assert served.project.database.tidy() == 0


@pytest.fixture
def fifty(served: Checkout) -> Iterator[None]:
    """Fifty clients that stay connected, some of them in the middle of a transaction."""
    clients = [open_client(served.url) for _ in range(50)]
    for client in clients[:10]:
        client.cursor().execute("INSERT INTO book (title) VALUES ('never committed')")
    yield
    for client in clients:
        with closing(client):
            pass


@pytest.mark.usefixtures("fifty")
def test_a_reset_goes_through_fifty_clients_and_some_that_come_back_in_a_loop(served: Checkout) -> None:
    with crowd(served.url, 8) as visits:
        for _ in range(3):
            with served.begin("reset") as child:
                said = child.communicate()[0]
            assert child.returncode == 0, said
        assert titles(served) == {"Emma"}
    assert visits[0] > 8  # they were thrown out, and came back
    assert served.project.database.tidy() == 0


@pytest.mark.usefixtures("fifty")
def test_a_server_killed_under_fifty_clients_comes_back_with_the_data(served: Checkout) -> None:
    with crowd(served.url, 8):
        with served.begin("reset", "--no-cache") as child:
            time.sleep(0.3)
            served.container.kill()
            said_once(child)
        served.up()
        assert titles(served) == {"Emma", "mine"}
        assert served.type("reset").code == 0
        assert titles(served) == {"Emma"}
    assert served.project.database.tidy() == 0
    assert only_one_container(served)
