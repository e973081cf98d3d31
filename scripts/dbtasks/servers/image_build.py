"""Build a PostgreSQL image: from this machine's package sources, or on top of the official image.

The first needs root and debootstrap but no registry; the second a registry, and adds the extensions.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docker.errors import APIError, ImageNotFound

from dbtasks.errors import ServerError
from dbtasks.servers import images, packages, rootfs
from dbtasks.servers.engine import Client, explaining
from dbtasks.servers.images import BUILT, OLDEST_MAJOR, Image
from dbtasks.servers.voice import Voice

_BASE = "dbtasks/rootfs"


@dataclass(frozen=True)
class Recipe:
    """What to build; where no version is named, the newest that the package sources have."""

    folder: Path
    major: int | None
    extensions: tuple[str, ...] = ()

    def name(self, major: int) -> str:
        """The image's name, the same for the same content."""
        return f"{BUILT}:{'-'.join([str(major), *sorted(self.extensions)])}"


def find(client: Client, recipe: Recipe) -> Image | None:
    """The image if it was built already."""
    if recipe.major is not None:
        return images.local(client, recipe.name(recipe.major))
    return next((image for image in images.built(client) if image.name == recipe.name(image.major)), None)


def build(client: Client, recipe: Recipe, usual: int, voice: Voice) -> Image:
    """Build it, of the usual version where neither the recipe nor the package sources decide.

    Raises:
        ServerError: neither way is open; both reasons are told.
    """
    if not (recipe.folder / "Dockerfile").is_file():
        raise ServerError(
            f"There is no {recipe.folder / 'Dockerfile'} to build from.", hint="git checkout docker/postgres"
        )
    if recipe.major is not None and recipe.major < OLDEST_MAJOR:
        raise ServerError(
            f"dbtasks needs PostgreSQL {OLDEST_MAJOR} or newer.", hint=f"nox -s db_image -- --major {usual}"
        )
    try:
        where, chosen = _sources(recipe)
    except _NotFromPackagesError as error:
        return _on_official(client, recipe, recipe.major or usual, error.reason, voice)
    return _from_packages(client, recipe, where, chosen, voice)


class _NotFromPackagesError(Exception):
    """The image cannot be made from packages."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = f"packages: {reason}"


def _sources(recipe: Recipe) -> tuple[packages.Source, int]:
    """Where the packages come from, and the version to take.

    Raises:
        _NotFromPackagesError: something is missing for that; it says what.
    """
    missing = packages.missing_programs()
    if missing:
        raise _NotFromPackagesError(f"not on this machine: {', '.join(missing)} (apt-get install debootstrap)")
    if os.geteuid() != 0:
        raise _NotFromPackagesError("debootstrap needs root")
    where = packages.source()
    if where is None:
        raise _NotFromPackagesError("apt has no source for this machine's release")
    offered = packages.offered(where, recipe.extensions)
    major = recipe.major or next(iter(offered), 0)
    if major not in offered:
        have = ", ".join(map(str, offered)) or "none; try apt-get update"
        raise _NotFromPackagesError(f"the sources of {where.suite} have PostgreSQL {have}")
    if offered[major]:
        raise _NotFromPackagesError(f"the sources of {where.suite} have no {', '.join(offered[major])}")
    return where, major


def _from_packages(client: Client, recipe: Recipe, where: packages.Source, major: int, voice: Voice) -> Image:
    wanted = packages.packages(major, recipe.extensions)
    voice.tell(f"Installing {', '.join(wanted)} of {where.suite} into an empty root file system (about a minute)")
    with rootfs.make_archive(where, ["tzdata", *wanted]) as archive:
        voice.tell("Handing it to Docker")
        with explaining("import the root file system"):
            client.api.import_image_from_file(str(archive), repository=_BASE, tag=str(major))
    base = f"{_BASE}:{major}"
    try:
        return _built(client, recipe, major, base, wanted)
    finally:
        with suppress(APIError):  # only the name goes; the image made from it keeps the layers
            client.images.remove(base, noprune=True)


def _on_official(client: Client, recipe: Recipe, major: int, why_not: str, voice: Voice) -> Image:
    base = f"postgres:{major}"
    reason = "" if images.local(client, base) else images.pull(client, base, voice.progress)
    if reason:
        raise ServerError(
            "The image can be built neither from packages nor on top of the official one.",
            checked=[why_not, f"registry: {base}: {reason}"],
            hint="On Debian or Ubuntu, as root: apt-get install debootstrap, then: nox -s db_image",
        )
    voice.tell(f"Building on top of {base} ({why_not})")
    return _built(client, recipe, major, base, packages.packages(major, recipe.extensions)[1:])


def _built(client: Client, recipe: Recipe, major: int, base: str, wanted: Sequence[str]) -> Image:
    """Run the Dockerfile; the image it replaces goes unless a container uses it."""
    name = recipe.name(major)
    before = _id(client, name)
    arguments = {"BASE": base, "MAJOR": str(major), "PACKAGES": " ".join(wanted)}
    last: list[str] = []
    with explaining(f"build {name}"):
        for message in client.api.build(
            path=str(recipe.folder), tag=name, buildargs=arguments, labels={"dbtasks.image": "postgres"},
            rm=True, forcerm=True, decode=True,
        ):  # fmt: skip
            last = [*last, *_text(message).splitlines()][-5:]
            if "error" in message:
                raise ServerError(f"The build of {name} failed.", checked=last, hint="Mend what it names, then again")
        if before and before != _id(client, name):
            with suppress(APIError):
                client.images.remove(before)
    image = images.local(client, name)
    if image is None:
        raise ServerError(f"{name} was built and is gone already.", hint="nox -s db_image")
    return image


def _id(client: Client, name: str) -> str:
    try:
        return str(client.images.get(name).id)
    except ImageNotFound:
        return ""


def _text(message: dict[str, Any]) -> str:
    return str(message.get("stream") or message.get("error") or "").strip()
