"""What belongs to this checkout: names that never collide, and the labels that prove whose a thing is.

A checkout is known by a hash of its path, so that two clones of a project, or two work trees, each
have a server of their own. The major version is part of the volume's name: a server never meets the
data of another version.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = "dbtasks.project"
CHECKOUT = "dbtasks.checkout"
MAJOR = "dbtasks.major"
USER = "dbtasks.user"  # the superuser that a volume was made with
ASKED = "dbtasks.image"  # POSTGRES_IMAGE as it was when the container was made
PORT = "dbtasks.port"
UPGRADED_FROM = "dbtasks.upgraded-from"

MOVED = 18  # the official image of this version keeps its data elsewhere than those before


@dataclass(frozen=True)
class Identity:
    """The project and the checkout that things belong to."""

    project: str
    checkout: str

    @classmethod
    def of(cls, project: str, root: Path) -> "Identity":
        """The identity of a working copy."""
        slug = re.sub(r"[^a-z0-9]+", "-", project.lower()).strip("-") or "project"
        return cls(slug, hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:8])

    @property
    def container(self) -> str:
        """The container's name."""
        return f"{self.project}-{self.checkout}"

    def volume(self, major: int) -> str:
        """The name of the volume for a major version."""
        return f"{self.container}-pg{major}"

    @property
    def labels(self) -> dict[str, str]:
        """What everything of this checkout is labelled with."""
        return {PROJECT: self.project, CHECKOUT: self.checkout}

    @property
    def compose(self) -> dict[str, str]:
        """What lets docker compose take a thing of ours for its own."""
        return {"com.docker.compose.project": self.container}

    @property
    def filters(self) -> dict[str, list[str]]:
        """The same, as Docker's filters want it."""
        return {"label": [f"{key}={value}" for key, value in self.labels.items()]}

    def owns(self, labels: Mapping[str, str] | None) -> bool:
        """Is a thing with these labels ours?"""
        return labels is not None and self.labels.items() <= labels.items()


def mount(major: int) -> str:
    """Where the volume is mounted: where the official image declares one, so that it makes none of its own."""
    return "/var/lib/postgresql" if major >= MOVED else "/var/lib/postgresql/data"


def data(major: int) -> str:
    """The data directory; a folder in the volume, so that it can appear complete, by a rename."""
    return f"{mount(major)}/{major}/docker"
