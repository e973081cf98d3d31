"""Named volumes: ours by label, one for each major version of PostgreSQL."""

from collections.abc import Mapping
from dataclasses import dataclass

from docker.errors import APIError

from dbtasks.errors import ServerError
from dbtasks.servers import names
from dbtasks.servers.engine import Client, explaining, is_conflict, is_missing
from dbtasks.servers.names import Identity


@dataclass(frozen=True)
class Volume:
    """One volume of this checkout.

    Args:
        name: as Docker knows it.
        major: whose data is in it.
        user: the superuser it was made with.
        upgraded_from: the major whose data is being, or was, moved into it; 0 for none.
    """

    name: str
    major: int
    user: str
    upgraded_from: int = 0


def ours(client: Client, identity: Identity) -> list[Volume]:
    """The volumes of this checkout, newest major first."""
    with explaining("list volumes"):
        found = client.api.volumes(filters=identity.filters).get("Volumes") or ()
    volumes = [_read(one["Name"], one["Labels"]) for one in found]
    return sorted(volumes, key=lambda volume: volume.major, reverse=True)


def create(client: Client, identity: Identity, major: int, user: str, *, upgraded_from: int = 0) -> Volume:
    """Make the volume for a major version.

    Raises:
        ServerError: a volume of that name is there, and it is not ours.
    """
    name = identity.volume(major)
    compose = {**identity.compose, "com.docker.compose.volume": "data"}
    labels = {**identity.labels, **compose, names.MAJOR: str(major), names.USER: user}
    if upgraded_from:
        labels[names.UPGRADED_FROM] = str(upgraded_from)
    with explaining(f"create the volume {name}"):
        try:
            there = client.api.inspect_volume(name)
        except APIError as error:
            if not is_missing(error):
                raise
            there = client.api.create_volume(name, labels=labels)
    if not identity.owns(there["Labels"]):
        raise ServerError(
            f"A volume named {name} is there that dbtasks did not make; it stays untouched.",
            hint=f"Look into it; if nobody needs it: docker volume rm {name}",
        )
    return _read(name, there["Labels"])


def remove(client: Client, name: str) -> None:
    """Remove a volume for good; one that is gone already is fine.

    Raises:
        ServerError: something else still uses it.
    """
    with explaining(f"remove the volume {name}"):
        try:
            client.api.remove_volume(name)
        except APIError as error:
            if is_conflict(error):
                raise ServerError(
                    f"The volume {name} is in use by another container.", hint=f"docker ps -a --filter volume={name}"
                ) from error
            if not is_missing(error):
                raise


def _read(name: str, labels: Mapping[str, str]) -> Volume:
    return Volume(name, int(labels[names.MAJOR]), labels.get(names.USER, ""), int(labels.get(names.UPGRADED_FROM) or 0))
