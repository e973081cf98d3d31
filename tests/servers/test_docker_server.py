"""What other commands ask of the server."""

import subprocess

import pytest

from dbtasks.errors import ServerError
from tests.fixtures.checkouts import Checkout


def test_a_shell_needs_no_client_on_this_machine(checkout: Checkout) -> None:
    checkout.up()
    command = checkout.server.shell(checkout.url, interactive=False)
    said = subprocess.run(command, input="SELECT 40 + 2", capture_output=True, text=True, check=True)

    assert "42" in said.stdout
    assert checkout.url.password not in " ".join(command)


def test_without_a_server_a_shell_says_what_to_type(checkout: Checkout) -> None:
    with pytest.raises(ServerError) as caught:
        checkout.server.shell(checkout.server.wanted.url(), interactive=True)

    assert caught.value.hint == "nox -s db_up"


def test_the_summary_tells_what_is_there(checkout: Checkout) -> None:
    assert checkout.server.summary() is None
    checkout.up()
    running = checkout.server.summary()
    checkout.type("down")
    stopped = checkout.server.summary()

    assert (running.state, running.port, running.volume) == ("running", checkout.url.port, checkout.volume)
    assert (stopped.state, stopped.port, stopped.major) == ("exited", running.port, running.major)
