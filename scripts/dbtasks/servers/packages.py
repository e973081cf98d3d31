"""What this machine's own package sources offer, as apt itself tells it.

No address of a mirror is written anywhere in the project: it is the one this machine installs from.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from dbtasks import process
from dbtasks.errors import ProcessError

EXTENSIONS = {"postgis": "postgresql-{major}-postgis-3", "pgvector": "postgresql-{major}-pgvector"}
_FORMAT = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(SIGNED_BY)"
_RELEASE = Path("/etc/os-release")
NEEDED = ("debootstrap", "apt-get", "apt-cache", "unshare", "setpriv", "tar")


@dataclass(frozen=True)
class Source:
    """The package source that this machine's distribution comes from."""

    address: str
    suite: str
    components: tuple[str, ...]
    keyring: str


def missing_programs() -> list[str]:
    """Which programs are not there that a root file system is made with."""
    return [name for name in NEEDED if shutil.which(name) is None]


def source() -> Source | None:
    """The source of this machine's own release; None where it has none that can be used."""
    suite = _codename()
    try:
        lines = process.run(
            ["apt-get", "indextargets", "--no-release-info", "--format", _FORMAT, "Created-By: Packages"]
        ).splitlines()
    except ProcessError:
        return None
    rows = [row for line in lines if len(row := line.split("|")) == 4 and row[1] == suite]  # noqa: PLR2004 (the format's fields)
    main = next((row for row in rows if row[2] == "main" and row[0].startswith(("http:", "https:", "file:"))), None)
    if main is None:
        return None
    components = tuple(dict.fromkeys(row[2] for row in rows if row[0] == main[0]))
    keyring = main[3] if main[3].startswith("/") else ""
    return Source(main[0], suite, components, keyring)


def majors(where: Source) -> list[int]:
    """The PostgreSQL versions in that source, newest first."""
    found = process.run(["apt-cache", "search", "--names-only", "^postgresql-[0-9]+$"])
    numbers = {int(match[1]) for match in re.finditer(r"^postgresql-(\d+) ", found, re.MULTILINE)}
    return sorted((number for number in numbers if _offers(where, f"postgresql-{number}")), reverse=True)


def packages(major: int, extensions: tuple[str, ...]) -> list[str]:
    """The packages of a server with these extensions."""
    return [f"postgresql-{major}", *(EXTENSIONS[name].format(major=major) for name in extensions)]


def absent(where: Source, wanted: list[str]) -> list[str]:
    """Those of the packages that the source does not have."""
    return [name for name in wanted if not _offers(where, name)]


def _offers(where: Source, package: str) -> bool:
    """Does a package come from that source? A machine may have further ones, which debootstrap cannot use."""
    columns = [line.split("|") for line in process.run(["apt-cache", "madison", package]).splitlines()]
    places = [column[2].split() for column in columns if len(column) == 3]  # noqa: PLR2004 (package, version, place)
    return any(
        place[0].rstrip("/") == where.address.rstrip("/") and place[1].startswith(f"{where.suite}/") for place in places
    )


def _codename() -> str:
    try:
        text = _RELEASE.read_text(encoding="utf-8")
    except OSError:
        return ""
    found = re.search(r'^VERSION_CODENAME="?(\w+)"?$', text, re.MULTILINE)
    return found[1] if found else ""
