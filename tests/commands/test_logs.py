"""`logs` shows what the server said."""

import time

from tests.fixtures.checkouts import Checkout


def test_the_log_is_shown_whole_or_by_its_end_or_as_it_grows(checkout: Checkout) -> None:
    checkout.up()
    last = checkout.type("logs", "--tail", "1").out
    with checkout.begin("logs", "--follow", "--tail", "0") as follower:
        time.sleep(1)
        checkout.sql("DO $$ BEGIN RAISE LOG 'a line of the test'; END $$")
        assert follower.stdout is not None
        followed = follower.stdout.readline()
        follower.terminate()

    assert len(last.splitlines()) == 1
    assert last in checkout.type("logs").out
    assert "a line of the test" in followed
    assert follower.wait() == 0


def test_without_a_server_there_is_no_log(checkout: Checkout) -> None:
    said = checkout.type("logs")

    assert (said.code, "nox -s db_up" in said.err) == (1, True)


def test_a_negative_tail_is_wrong_usage(checkout: Checkout) -> None:
    assert checkout.type("logs", "--tail", "-1").code == 2
