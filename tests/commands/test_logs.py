"""`logs` shows what the server said."""

from concurrent.futures import ThreadPoolExecutor, wait

from tests.fixtures.checkouts import Checkout


def test_the_log_is_shown_whole_or_by_its_end_or_as_it_grows(checkout: Checkout) -> None:
    checkout.up()
    last = checkout.type("logs", "--tail", "1").out
    with checkout.begin("logs", "--follow", "--tail", "0") as follower, ThreadPoolExecutor(1) as reader:
        assert follower.stdout is not None
        followed = reader.submit(follower.stdout.readline)
        for _ in range(120):  # nobody knows when it has begun to follow
            checkout.sql("DO $$ BEGIN RAISE LOG 'a line of the test'; END $$")
            if wait([followed], timeout=0.5).done:
                break
        follower.terminate()

    assert len(last.splitlines()) == 1
    assert last in checkout.type("logs").out
    assert "a line of the test" in followed.result()
    assert follower.wait() == 0


def test_without_a_server_there_is_no_log(checkout: Checkout) -> None:
    said = checkout.type("logs")

    assert (said.code, "nox -s db_up" in said.err) == (1, True)


def test_a_negative_tail_is_wrong_usage(checkout: Checkout) -> None:
    assert checkout.type("logs", "--tail", "-1").code == 2
