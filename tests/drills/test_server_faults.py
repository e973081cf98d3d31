"""What a server's life has to survive: an engine that goes away, kills at any instant, a full disk."""

import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dbtasks.servers import rootfs
from tests.fixtures.checkouts import Checkout
from tests.fixtures.cutting import cut_after

pytestmark = [pytest.mark.drill, pytest.mark.timeout(600)]

ROUNDS = 20


def keep_note(checkout: Checkout) -> None:
    checkout.sql("CREATE TABLE IF NOT EXISTS note (text text)")
    checkout.sql("INSERT INTO note VALUES ('kept')")
    checkout.sql("CHECKPOINT")


def kept(checkout: Checkout) -> bool:
    return checkout.sql("SELECT DISTINCT text FROM note") == [("kept",)]


@pytest.mark.parametrize("requests", [1, 3, 5, 8, 10, 12, 14, 16, 18])
def test_an_engine_that_goes_away_is_told_and_the_next_up_finishes(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, requests: int
) -> None:
    with cut_after(tmp_path / "engine.sock", requests) as address:
        monkeypatch.setenv("DOCKER_HOST", address)
        with checkout.begin("up") as child:
            said = child.communicate()[0]
    monkeypatch.delenv("DOCKER_HOST")

    assert "Traceback" not in said
    assert child.returncode in {0, 1}  # 0 where fewer requests were enough
    assert child.returncode == 0 or "engine" in said

    checkout.up()
    keep_note(checkout)
    assert len(checkout.client.containers.list(all=True, filters=checkout.server.identity.filters)) == 1


def test_up_killed_at_any_instant_is_finished_by_the_next(checkout: Checkout) -> None:
    chance = random.Random(3)
    for number in range(ROUNDS):
        with checkout.begin("up") as child:
            time.sleep(chance.uniform(0.1, 2.0))
            child.kill()
        if number % 4 == 3:
            checkout.up()
            keep_note(checkout)
            assert kept(checkout)
        if number % 2:
            with checkout.begin("down") as child:
                time.sleep(chance.uniform(0.1, 0.6))
                child.kill()

    checkout.up()
    assert kept(checkout)
    assert len(checkout.client.volumes.list(filters=checkout.server.identity.filters)) == 1


def test_a_server_killed_while_it_is_first_made_leaves_nothing_half(checkout: Checkout) -> None:
    chance = random.Random(5)
    for _ in range(ROUNDS // 2):
        with checkout.begin("up") as child:
            deadline = time.monotonic() + 30
            while not checkout.client.containers.list(filters=checkout.server.identity.filters):
                assert time.monotonic() < deadline
                time.sleep(0.02)
            time.sleep(chance.uniform(0, 1.5))
            child.kill()
        checkout.container.kill()
        checkout.up()
        assert checkout.sql("SELECT 1") == [(1,)]
        assert checkout.type("down", "--volumes", "--yes", checkout.volume).code == 0


@pytest.fixture
def small_disk(checkout: Checkout, tmp_path: Path) -> Iterator[Path]:
    """The checkout's volume on a file system of its own, which is full as soon as a cluster is made."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m,mode=777", "tmpfs", str(disk)], check=True)
    identity = checkout.server.identity
    checkout.client.volumes.create(
        identity.volume(15),
        driver_opts={"type": "none", "o": "bind", "device": str(disk)},
        labels={**identity.labels, "dbtasks.major": "15", "dbtasks.user": "linear"},
    )
    yield disk
    checkout.clear()
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_named_and_the_data_is_there_once_it_has_space(checkout: Checkout, small_disk: Path) -> None:
    def resize(size: str) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", str(small_disk)], check=True)

    checkout.set(POSTGRES_IMAGE="postgres:15")
    first = checkout.type("up")
    resize("200m")
    checkout.up()
    keep_note(checkout)
    checkout.type("down")
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space left"), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 65536)
    full = checkout.type("up")
    filler.unlink()
    checkout.up()

    assert (first.code, "is full" in first.err) == (1, True)
    assert full.code == 0 or "is full" in full.err  # a server that need not write starts even so
    assert kept(checkout)


def test_a_killed_image_build_leaves_no_mount_and_its_folder_goes_with_the_next(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    postgres = checkout.project.root / "docker" / "postgres"
    postgres.mkdir(parents=True)
    (postgres / "Dockerfile").touch()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with checkout.begin("image") as child:
        time.sleep(12)
        child.kill()
    time.sleep(0.5)
    left = list(tmp_path.glob("dbtasks-image-*"))
    mounts = Path("/proc/mounts").read_text()

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with rootfs._folder() as folder:
        assert list(tmp_path.glob("dbtasks-image-*")) == [folder]

    assert left
    assert str(tmp_path) not in mounts
