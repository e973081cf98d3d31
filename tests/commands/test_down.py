"""`down` keeps the data; only a typed name removes it."""

import pytest

from tests.fixtures.checkouts import Checkout


def test_down_stops_and_keeps_the_data(checkout: Checkout) -> None:
    checkout.up()
    checkout.sql("CREATE TABLE note AS SELECT 'kept' AS text")

    first, second = checkout.type("down"), checkout.type("down")
    assert (first.code, checkout.container.status) == (0, "exited")
    assert (second.code, "was not running" in second.out) == (0, True)

    checkout.up()
    assert checkout.sql("SELECT text FROM note") == [("kept",)]


def test_the_volume_goes_only_when_its_name_is_given(checkout: Checkout) -> None:
    checkout.up()
    volume = checkout.volume

    nothing, wrong = checkout.type("down", "--volumes"), checkout.type("down", "--volumes", "--yes", "another")
    assert [said.code for said in (nothing, wrong)] == [3, 3]
    assert f"--yes {volume}" in nothing.err
    assert checkout.container.status == "running"

    right = checkout.type("down", "--volumes", "--yes", volume)
    assert (right.code, volume in right.out) == (0, True)
    assert checkout.client.volumes.list(filters=checkout.server.identity.filters) == []
    assert checkout.client.containers.list(all=True, filters=checkout.server.identity.filters) == []


def test_the_name_may_be_typed_when_asked(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    volume = checkout.server.identity.volume(15)
    checkout.client.volumes.create(
        volume, labels={**checkout.server.identity.labels, "dbtasks.major": "15", "dbtasks.user": "linear"}
    )
    monkeypatch.setattr("dbtasks.console.ask", lambda question: volume if volume in question else "")

    assert checkout.type("down", "--volumes").code == 0
    assert checkout.client.volumes.list(filters=checkout.server.identity.filters) == []


def test_a_volume_of_another_checkout_is_not_removed(checkout: Checkout) -> None:
    other = checkout.client.volumes.create(f"{checkout.name}-not-ours")
    try:
        assert checkout.type("down", "--volumes", "--yes", other.name).code in {0, 3}
        other.reload()
    finally:
        other.remove()


def test_nothing_there_is_no_error(checkout: Checkout) -> None:
    assert checkout.type("down").code == 0
    assert "no volume to remove" in checkout.type("down", "--volumes").out
