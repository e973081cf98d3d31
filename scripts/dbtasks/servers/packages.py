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
_MAJORS = range(40, 13, -1)
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


def packages(major: int, extensions: tuple[str, ...]) -> list[str]:
    """The packages of a server with these extensions."""
    return [f"postgresql-{major}", *(EXTENSIONS[name].format(major=major) for name in extensions)]


def offered(where: Source, extensions: tuple[str, ...]) -> dict[int, list[str]]:
    """The PostgreSQL versions in that source, newest first, each with those of its packages that are missing.

    All is asked at once: where apt keeps no index of its own, every question costs seconds.
    """
    wanted = {major: packages(major, extensions) for major in _MAJORS}
    lines = process.run(["apt-cache", "madison", *(name for names in wanted.values() for name in names)]).splitlines()
    there = {name for line in lines if (name := _from(where, line))}
    return {
        major: [name for name in names if name not in there] for major, names in wanted.items() if names[0] in there
    }


def _from(where: Source, line: str) -> str:
    """The package of a line, if it comes from that source; a machine may have others, which debootstrap cannot use."""
    name, _, place = (part.strip() for part in (line + "||").split("|")[:3])
    address, _, rest = place.partition(" ")
    return name if address.rstrip("/") == where.address.rstrip("/") and rest.startswith(f"{where.suite}/") else ""


def _codename() -> str:
    try:
        text = _RELEASE.read_text(encoding="utf-8")
    except OSError:
        return ""
    found = re.search(r'^VERSION_CODENAME="?(\w+)"?$', text, re.MULTILINE)
    return found[1] if found else ""
