"""Built states kept by what they were built from, so that the same state is never built twice.

Like the layers of an image: a state is found by the hash of everything that went into it. An exact
hit compares names and contents of files and imports nothing; a partial one needs the history.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from dbtasks.config import Settings
from dbtasks.copies.fingerprints import Inputs
from dbtasks.databases.engines import open_database
from dbtasks.databases.protocol import About, Beside, Draft, Kept

_TOUCH_AFTER = timedelta(hours=1)  # noting each use would make a write of every cached reset


class Templates:
    """The templates of one database, newest first.

    Args:
        database: whose relatives they are.
        settings: of its project.
        seed: whether the states that are wanted are seeded.
    """

    def __init__(self, database: Beside, settings: Settings, *, seed: bool) -> None:
        self._database = database
        self._settings = settings
        self._seed = seed
        self._all = list(database.kept("template"))

    def exact(self) -> Kept | None:
        """The template whose every input is what it was when it was built."""
        digests: dict[str, str] = {}
        for template in self._all:
            facts = template.about.facts
            if facts.get("seeded") != _flag(self._seed):
                continue
            inputs = facts["inputs"]
            if inputs not in digests:
                digests[inputs] = self.digest(Inputs.from_json(inputs))
            if digests[inputs] == facts["digest"]:
                return template
        return None

    def by_key(self, key: str, *, seeded: bool) -> Kept | None:
        """The template with that key."""
        for template in self._all:
            facts = template.about.facts
            if facts.get("key") == key and facts.get("seeded") == _flag(seeded):
                return template
        return None

    def digest(self, inputs: Inputs) -> str:
        """The inputs' hash under the conditions of this project and server."""
        project = self._settings.project
        seeds = project.seed_command if self._seed else ()
        return inputs.digest(self._database.version(), "seeds", *seeds)

    def use(self, template: Kept, draft: Draft) -> None:
        """Make the draft a copy of a template, and note that it was used."""
        draft.clone(open_database(template.url))
        now = datetime.now(UTC)
        if now - _used(template) > _TOUCH_AFTER:
            facts = {**template.about.facts, "used": now.isoformat()}
            self._database.describe(template, replace(template.about, facts=facts))

    def learn(self, template: Kept, inputs: Inputs) -> None:
        """Note that these inputs lead to this template as well."""
        facts = {**template.about.facts, "inputs": inputs.to_json(), "digest": self.digest(inputs)}
        self._database.describe(template, replace(template.about, facts=facts))

    def keep(self, built: Draft, key: str, inputs: Inputs | None, *, seeded: bool) -> None:
        """Keep a copy of a built state.

        Args:
            built: the draft that is in that state.
            key: the hash of what it was built from.
            inputs: what an exact hit has to compare; None where the state is only a step on the way.
            seeded: whether the seeds are in.
        """
        if self.by_key(key, seeded=seeded) is not None:
            return
        now = datetime.now(UTC)
        facts = {
            "key": key,
            "seeded": _flag(seeded),
            "used": now.isoformat(),
            "inputs": inputs.to_json() if inputs else "[[], []]",
            "digest": self.digest(inputs) if inputs else "",
            "rows": json.dumps(built.rows()),
        }
        with self._database.draft() as copy:
            copy.clone(built)
            about = About("template", key[:12], now, built.current(), facts)
            self._all.insert(0, self._database.keep(copy, about))

    def trim(self) -> int:
        """Drop the least recently used beyond the limits in number and bytes; how many went."""
        project = self._settings.project
        by_use = sorted(self._all, key=_used, reverse=True)
        going: list[Kept] = []
        bytes_kept = 0
        for number, template in enumerate(by_use):
            bytes_kept += template.size
            if number >= project.keep_templates or (number and bytes_kept > project.keep_template_bytes):
                going.append(template)
        for template in going:
            self._database.remove(template)
        return len(going)


@dataclass(frozen=True)
class Contents:
    """What is in a built state: where it stands, and the number of rows of each table."""

    revisions: tuple[str, ...]
    rows: Mapping[str, int]


def contents_of(template: Kept) -> Contents:
    """What a template holds, as it was counted when it was built."""
    return Contents(template.about.revisions, json.loads(template.about.facts["rows"]))


def occupied(templates: Iterable[Kept]) -> int:
    """How many bytes templates take."""
    return sum(template.size for template in templates)


def _used(template: Kept) -> datetime:
    return datetime.fromisoformat(template.about.facts.get("used", template.about.made.isoformat()))


def _flag(seeded: bool) -> str:  # noqa: FBT001 (a spelling of one boolean)
    return "yes" if seeded else "no"
