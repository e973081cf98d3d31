"""Where seeds come from: a TOML file per set beside this module, and rows made up on demand."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = dict[str, Any]

_FOLDER = Path(__file__).parent
_SOURCE = "Generated list (example)"
_ORGANIZATIONS = 50
_CATEGORIES = ("benefits", "education", "employment", "food", "health", "housing", "legal", "transport")
_AREAS = ("Alaska", "Florida", "Kansas", "Maine", "Nationwide", "Oregon", "Texas", "Virginia")


@dataclass
class Seeds:
    """Rows to be in the database; a resource names its organization and source."""

    organizations: list[Row] = field(default_factory=list)
    sources: list[Row] = field(default_factory=list)
    resources: list[Row] = field(default_factory=list)


def names() -> list[str]:
    """List the sets that there are."""
    return sorted(file.stem for file in _FOLDER.glob("*.toml"))


def read(chosen: Iterable[str], *, scale: int = 0) -> Seeds:
    """Collect the rows of the chosen sets.

    Args:
        chosen: names of sets.
        scale: how many generated resources to add.
    """
    seeds = Seeds()
    for name in chosen:
        tables = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
        seeds.organizations += tables.get("organization", [])
        seeds.sources += tables.get("source", [])
        seeds.resources += tables.get("resource", [])
    if scale:
        _generate(seeds, scale)
    return seeds


def _generate(seeds: Seeds, count: int) -> None:
    """Add made-up resources; the n-th is always the same, so that a second run finds it unchanged."""
    organizations = [f"Generated group {n:02} (example)" for n in range(_ORGANIZATIONS)]
    seeds.organizations += [{"name": name} for name in organizations]
    seeds.sources.append({"name": _SOURCE, "tier": 4, "reliability_score": 0.5})
    seeds.resources += [
        {
            "title": f"{_CATEGORIES[n % 8].capitalize()} help {n:06} (example)",
            "organization": organizations[n % _ORGANIZATIONS],
            "source": _SOURCE,
            "category": _CATEGORIES[n % 8],
            "description": f"Made up to fill the directory: {_CATEGORIES[n % 8]} help for Veterans, number {n}.",
            "service_area": _AREAS[n // 8 % 8],
            "phone": f"202-555-01{n % 100:02}",
            "trust_score": n % 101 / 100,
        }
        for n in range(count)
    ]
