"""Images: which one to run, pulling it, and falling back to the one built from packages."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from docker.errors import APIError, ImageNotFound

from dbtasks.errors import ServerError
from dbtasks.servers.engine import Client, explaining, said
from dbtasks.servers.voice import Bar, Progress, Tell
from dbtasks.servers.wanted import DEFAULT_IMAGE

BUILT = "dbtasks/postgres"
OLDEST_MAJOR = 14


@dataclass(frozen=True)
class Image:
    """An image that is on this machine; asked for under another name where a built one stands in."""

    name: str
    asked: str
    major: int


def local(client: Client, name: str) -> Image | None:
    """The image if it is on this machine already."""
    with explaining(f"look for the image {name}"):
        try:
            found = client.images.get(name)
        except ImageNotFound:
            return None
    return Image(name, name, _major(client, name, found.attrs["Config"].get("Env") or ()))


def ensure(client: Client, asked: str, progress: Progress, tell: Tell, majors: Sequence[int] = ()) -> Image:
    """The image to run: the one on this machine, a pulled one, or a built one that can read the majors, said so.

    Raises:
        ServerError: it cannot be had, or the PostgreSQL in it is too old.
    """
    image = local(client, asked)
    if image is None:
        reason = pull(client, asked, progress)
        image = local(client, asked) if not reason else _standing_in(client, asked, reason, tell, majors)
    if image is None:
        raise ServerError(f"The image {asked} vanished as soon as it was there.", hint="nox -s db_up")
    if image.major < OLDEST_MAJOR:
        raise ServerError(
            f"{asked} is PostgreSQL {image.major}; dbtasks needs PostgreSQL {OLDEST_MAJOR} or newer.",
            hint=f"Set POSTGRES_IMAGE={DEFAULT_IMAGE} in .env, then: nox -s db_up",
        )
    return image


def pull(client: Client, name: str, progress: Progress) -> str:
    """Pull an image, showing how far it is.

    Returns:
        Why it did not work, in the engine's words; "" when it did.
    """
    repository, tag = split(name)
    sizes: dict[str, tuple[int, int]] = {}
    with explaining(f"pull {name}"), progress(f"Pulling {name}", None) as bar:
        try:
            for message in client.api.pull(repository, tag=tag, stream=True, decode=True):
                if "error" in message:  # failures can come in the middle of a stream that began well
                    return " ".join(str(message["error"]).split())
                _show(bar, sizes, message)
        except APIError as error:
            return said(error)
    return ""


def split(name: str) -> tuple[str, str]:
    """Repository and tag (or digest); without a tag the SDK would decide, so it is `latest` here."""
    if "@" in name:
        repository, _, digest = name.partition("@")
        return repository, digest
    head, colon, tag = name.rpartition(":")
    return (head, tag) if colon and "/" not in tag else (name, "latest")


def built(client: Client) -> list[Image]:
    """The images that `nox -s db_image` made, newest PostgreSQL first."""
    with explaining("list images"):
        tags = [tag for image in client.images.list(name=BUILT) for tag in image.tags]
    found = [image for tag in tags if (image := local(client, tag))]
    return sorted(found, key=lambda image: (image.major, -len(image.name)), reverse=True)


def of_major(client: Client, major: int, progress: Progress) -> Image:
    """Some image of a major version: the official one or a built one, pulled only if neither is here.

    Raises:
        ServerError: there is none, and none can be pulled.
    """
    name = f"postgres:{major}"
    here = local(client, name) or next((image for image in built(client) if image.major == major), None)
    if here is not None:
        return here
    reason = pull(client, name, progress)
    image = None if reason else local(client, name)
    if image is None:
        raise ServerError(
            f"The data is PostgreSQL {major}, and there is no image of that version to read it with.",
            checked=[f"{name}: {reason}", f"no {BUILT} of that version was built here"],
            hint=f"nox -s db_image -- --major {major}",
        )
    return image


def any_local(client: Client) -> Image | None:
    """Any official image that is on this machine."""
    with explaining("list images"):
        tags = [tag for image in client.images.list(name="postgres") for tag in image.tags]
    return next((image for tag in tags if (image := local(client, tag))), None)


def _standing_in(client: Client, asked: str, reason: str, tell: Tell, majors: Sequence[int]) -> Image:
    """The built image of the asked major, or of one whose data is here, or else the newest built one."""
    candidates = built(client)
    wanted = re.match(r"\d+", split(asked)[1])
    same = [image for image in candidates if wanted and image.major == int(wanted[0])]
    readers = [image for image in candidates if image.major in majors]
    for image in (*(one for one in same if not majors or one in readers), *readers, *same, *candidates):
        tell(f"{asked} cannot be pulled, so {image.name} (PostgreSQL {image.major}, built here) stands in for it")
        return Image(image.name, asked, image.major)
    raise ServerError(
        f"The image {asked} is not on this machine and cannot be pulled.",
        checked=[reason, f"no image {BUILT} was built here either"],
        hint="nox -s db_image   builds one from the distribution's packages, without a registry",
    )


def _major(client: Client, name: str, environment: list[str] | tuple[str, ...]) -> int:
    """The PostgreSQL in an image: what it says of itself, or what its server says."""
    for line in environment:
        key, _, value = line.partition("=")
        if key == "PG_MAJOR" and value.isdigit():
            return int(value)
    with explaining(f"ask {name} for its version"):
        answer = client.containers.run(name, ["--version"], entrypoint="postgres", remove=True, network_disabled=True)
    found = re.search(rb"\d+", answer)
    if not found:
        raise ServerError(f"{name} is no PostgreSQL image.", hint=f"Set POSTGRES_IMAGE={DEFAULT_IMAGE} in .env")
    return int(found[0])


def _show(bar: Bar, sizes: dict[str, tuple[int, int]], message: Mapping[str, object]) -> None:
    """Add one message of the stream to the bar, in bytes of all layers together."""
    detail = message.get("progressDetail")
    if not isinstance(detail, dict) or not detail.get("total") or message.get("status") != "Downloading":
        return
    before = sum(done for done, _ in sizes.values())
    sizes[str(message.get("id"))] = (int(detail["current"]), int(detail["total"]))
    bar.set_total(sum(total for _, total in sizes.values()))
    bar.advance(sum(done for done, _ in sizes.values()) - before)
