"""`up` on a real engine: from nothing, again, and from everything that may be in the way."""

import socket
import stat
import time
from collections.abc import Callable

import pytest

from dbtasks.servers import images, names
from tests.fixtures.checkouts import Checkout
from tests.fixtures.postgres import no_progress


def test_the_first_up_makes_everything_and_says_what_to_type_next(checkout: Checkout) -> None:
    said = checkout.up()
    port = checkout.value("POSTGRES_PORT")

    assert checkout.sql("SELECT 1") == [(1,)]
    assert f"127.0.0.1:{port}" in said.out
    assert checkout.volume in said.out
    assert "nox -s db_switch -- postgres" in said.out
    assert checkout.value("DATABASE_URL") == "sqlite:///books.db"


def test_the_password_is_generated_kept_private_and_never_shown(checkout: Checkout) -> None:
    said = checkout.up()
    password = checkout.value("POSTGRES_PASSWORD")

    assert len(password) == 32
    assert password not in said.text
    assert stat.S_IMODE(checkout.env.stat().st_mode) == 0o600
    assert password not in " ".join(checkout.container.top()["Processes"][0])
    assert password not in checkout.type("logs").text


def test_the_server_listens_on_loopback_only_and_belongs_to_the_checkout(checkout: Checkout) -> None:
    checkout.up()
    facts = checkout.container.attrs

    assert [b["HostIp"] for b in facts["HostConfig"]["PortBindings"]["5432/tcp"]] == ["127.0.0.1"]
    assert checkout.server.identity.owns(facts["Config"]["Labels"])
    assert facts["HostConfig"]["ShmSize"] == 256 * 1024**2
    assert facts["HostConfig"]["RestartPolicy"]["Name"] in {"", "no"}
    assert "-h" in facts["Config"]["Healthcheck"]["Test"]


def test_the_volume_survives_a_dead_server(checkout: Checkout) -> None:
    checkout.up()
    settings = dict(checkout.sql("SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes')"))
    checkout.sql("CREATE TABLE note AS SELECT 'kept' AS text")
    checkout.sql("CHECKPOINT")

    checkout.container.kill()
    checkout.up()

    assert settings == {"fsync": "on", "full_page_writes": "on"}
    assert checkout.sql("SELECT text FROM note") == [("kept",)]


def test_a_second_up_does_nothing_quickly(checkout: Checkout) -> None:
    checkout.up()
    started = checkout.container.attrs["State"]["StartedAt"]
    before, clock = checkout.env.read_bytes(), time.process_time()

    checkout.up()

    assert time.process_time() - clock < 0.1
    assert checkout.container.attrs["State"]["StartedAt"] == started
    assert checkout.env.read_bytes() == before


def test_two_ups_at_once_take_turns(checkout: Checkout) -> None:
    both = [checkout.begin("up") for _ in range(2)]
    said = [child.communicate()[0] for child in both]

    assert [child.returncode for child in both] == [0, 0], said
    assert checkout.sql("SELECT 1") == [(1,)]
    assert len(checkout.client.containers.list(all=True, filters=checkout.server.identity.filters)) == 1


def test_two_checkouts_do_not_meet(another: Callable[..., Checkout]) -> None:
    first, second = another("first"), another("second")
    first.up()
    first.sql("CREATE TABLE mine (id int)")
    second.up()

    assert first.name != second.name
    assert first.url.port != second.url.port
    assert second.sql("SELECT to_regclass('mine')") == [(None,)]


def test_a_taken_port_is_named_and_another_is_chosen(checkout: Checkout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        checkout.set(POSTGRES_PORT=taken)
        said = checkout.up()

    assert f"Port {taken} is taken by" in said.err
    assert checkout.value("POSTGRES_PORT") != str(taken)
    assert checkout.sql("SELECT 1") == [(1,)]


def test_a_stopped_server_whose_port_was_stolen_moves_and_keeps_its_data(checkout: Checkout) -> None:
    checkout.up()
    checkout.sql("CREATE TABLE note AS SELECT 'kept' AS text")
    checkout.set(DATABASE_URL=checkout.url.render())
    stolen = int(checkout.value("POSTGRES_PORT"))
    checkout.type("down")
    with socket.create_server(("127.0.0.1", stolen)):
        said = checkout.up()

    assert checkout.url.port != stolen
    assert checkout.sql("SELECT text FROM note") == [("kept",)]
    assert f":{checkout.url.port}/" in checkout.value("DATABASE_URL")
    assert "DATABASE_URL in .env follows" in said.out


def test_a_container_left_in_created_is_made_again(checkout: Checkout) -> None:
    checkout.up()
    image = checkout.container.image
    checkout.container.remove(force=True)
    checkout.client.containers.create(image, name=checkout.name, labels=checkout.server.identity.labels)

    checkout.up()

    assert checkout.sql("SELECT 1") == [(1,)]


@pytest.mark.parametrize("kind", ["container", "volume"])
def test_a_foreign_thing_of_our_name_stays_untouched(checkout: Checkout, kind: str) -> None:
    image = images.ensure(checkout.client, checkout.server.wanted.image, no_progress, lambda _: None)
    if kind == "container":
        foreign = checkout.client.containers.create(image.name, name=checkout.name)
    else:
        foreign = checkout.client.volumes.create(checkout.server.identity.volume(image.major))
    try:
        said = checkout.type("up")

        assert said.code == 1
        assert f"A {kind} named" in said.err
        assert "stays untouched" in said.err
        foreign.reload()
    finally:
        foreign.remove()


def test_a_changed_password_is_found_and_repaired_on_request(checkout: Checkout) -> None:
    checkout.up()
    checkout.sql("CREATE TABLE note AS SELECT 'kept' AS text")
    checkout.set(POSTGRES_PASSWORD="another one")

    refused = checkout.type("up")
    repaired = checkout.up("--repair")

    assert refused.code == 1
    assert "not the one that the volume" in refused.err
    assert "nox -s db_up -- --repair" in refused.err
    assert "another one" not in refused.text + repaired.text
    assert checkout.sql("SELECT text FROM note") == [("kept",)]


def test_any_password_works_from_the_start_and_as_a_repair(checkout: Checkout) -> None:
    first, *others = "p%40@:/?#", 'it\'s "quoted" \\ $HOME `id`', "Grüße 🐘"
    checkout.set(POSTGRES_PASSWORD=first)
    checkout.up()
    assert checkout.sql("SELECT 1") == [(1,)]
    for password in others:
        checkout.set(POSTGRES_PASSWORD=password)
        assert password not in checkout.up("--repair").text
        assert checkout.sql("SELECT 1") == [(1,)]


def test_a_role_and_a_database_missing_in_an_old_volume_are_created(checkout: Checkout) -> None:
    checkout.up()
    checkout.set(POSTGRES_USER="new-comer", POSTGRES_DB='odd"name')

    said = checkout.up()

    assert "The role new-comer was missing" in said.err
    assert 'The database odd"name was missing' in said.err
    assert checkout.sql("SELECT current_user::text, current_database()::text") == [("new-comer", 'odd"name')]


def test_a_lost_env_file_does_not_lose_the_data(checkout: Checkout) -> None:
    checkout.up()
    checkout.sql("CREATE TABLE note AS SELECT 'kept' AS text")
    checkout.env.write_text("DATABASE_URL=sqlite:///books.db\n")

    said = checkout.up()

    assert "has the password of .env now" in said.err
    assert checkout.sql("SELECT text FROM note") == [("kept",)]


def test_a_server_that_ends_at_start_is_quoted_and_leaves_nothing(checkout: Checkout) -> None:
    checkout.set(POSTGRES_USER="pg_reserved")

    said = checkout.type("up")

    assert said.code == 1
    assert "ended with exit code" in said.err
    assert "pg_" in said.err.partition("checked:")[2]
    filters = checkout.server.identity.filters
    assert checkout.client.containers.list(all=True, filters=filters) == []
    assert checkout.client.volumes.list(filters=filters) == []


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [("unix:///nowhere/docker.sock", "There is no Docker engine here"), ("tcp://127.0.0.1:1", "does not answer")],
)
def test_no_engine_is_told_with_its_endpoint(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, endpoint: str, words: str
) -> None:
    monkeypatch.setenv("DOCKER_HOST", endpoint)
    said = checkout.begin("up")  # in a process of its own: the SDK leaves the failed socket to the garbage collector
    text = said.communicate()[0]

    assert said.returncode == 1
    assert words in text
    assert f"engine at {endpoint} (DOCKER_HOST)" in text


def test_a_context_that_does_not_exist_is_refused(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("DOCKER_CONTEXT", "nowhere")
    said = checkout.type("up")

    assert (said.code, "The Docker context nowhere does not exist" in said.err) == (1, True)


def test_a_broken_port_in_the_env_file_is_wrong_usage(checkout: Checkout) -> None:
    checkout.set(POSTGRES_PORT="many")

    assert (checkout.type("up").code, "no port" in checkout.type("up").err) == (2, True)


def test_the_volume_is_mounted_where_the_official_image_of_its_version_declares_it() -> None:
    assert [names.mount(major) for major in (14, 17, 18)] == [
        "/var/lib/postgresql/data",
        "/var/lib/postgresql/data",
        "/var/lib/postgresql",
    ]
    assert names.data(18) == "/var/lib/postgresql/18/docker"
