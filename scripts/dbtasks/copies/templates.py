"""Built states kept by what they were built from, so that the same state is never built twice.

Like the layers of an image: a state is found by the hash of everything that was read while it was built.
An exact hit looks at names and contents again and imports nothing; a partial one needs the history.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from dbtasks.config import Settings
from dbtasks.copies.build_record import BuildRecord
from dbtasks.copies.fingerprints import Fingerprints
from dbtasks.databases.engines import open_database
from dbtasks.databases.protocol import About, Beside, Draft, Kept
from dbtasks.errors import DamagedError, DatabaseError
from dbtasks.local_state import applied_texts

_TOUCH_AFTER = timedelta(hours=1)  # noting each use would make a write of every cached reset


class Templates:
    """The templates of one database, newest first.

    Args:
        database: theirs.
        settings: of the task.
        seed: whether the state that is looked for has the seeds.
        skipped: told, in words, of each template that is damaged or cannot be dropped.
    """

    def __init__(
        self, database: Beside, settings: Settings, *, seed: bool, skipped: Callable[[str], None] = lambda _: None
    ) -> None:
        self._skipped = skipped
        self._database = database
        self._settings = settings
        self._seed = seed
        self._all = list(database.kept("template"))
        self._fingerprints = Fingerprints(settings, (database.version(), database.template_conditions()))

    def exact(self) -> Kept | None:
        """The template of the head of the history, if everything that went into either is what it was."""
        for template in self._all:
            if self._is_seeded(template) == self._seed and self._holds(template, "history", "record"):
                return template
        return None

    def deepest(self, revisions: Iterable[str], *, seeded: bool) -> Kept | None:
        """The first template that stands at one of these revisions, with all that went into it unchanged."""
        for revision in revisions:
            for template in self._all:
                if template.about.revisions != (revision,) or self._is_seeded(template) != seeded:
                    continue
                if self._holds(template, "record"):
                    return template
        return None

    def record_of(self, template: Kept) -> BuildRecord:
        """What was read while a template was built, as it is now, which is as it was."""
        record = BuildRecord.decode(template.about.facts["record"], self._settings.project.root)
        return self._fingerprints.seen_now(record)

    def use(self, template: Kept, draft: Draft, keep_texts: Callable[[], None]) -> bool:
        """Make the draft a copy of a template, and note that it was used.

        Args:
            template: one that holds.
            draft: not created yet.
            keep_texts: archives and notes the texts that the draft has; called where another clone built the template.

        Returns:
            False where the template is damaged, and gone now.
        """
        try:
            draft.clone(open_database(template.url))
        except DamagedError as error:
            self._discard(template, error)
            return False
        project, built_from = self._settings.project, template.about.facts["record-digest"]
        if not applied_texts.carry(project, built_from, draft.identity()):
            keep_texts()
            applied_texts.carry(project, draft.identity(), built_from)
        now = datetime.now(UTC)
        if now - _used(template) > _TOUCH_AFTER:
            facts = {**template.about.facts, "used": now.isoformat()}
            self._database.describe(template, replace(template.about, facts=facts))
        return True

    def _discard(self, template: Kept, error: DamagedError) -> None:
        """Drop a damaged template; one that cannot be dropped is not used again by this task."""
        self._all.remove(template)
        self._skipped(f"the template {template.about.title} cannot be used: {error.message}")
        self._drop(template)

    def learn(self, template: Kept, history: BuildRecord) -> None:
        """Note that the head of this history is this template as well."""
        if self._fingerprints.confirm(history):
            facts = {**template.about.facts, **self._facts("history", history)}
            self._database.describe(template, replace(template.about, facts=facts))

    def keep(
        self, built: Draft, record: BuildRecord, history: BuildRecord | None = None, *, seeded: bool = False
    ) -> bool:
        """Keep a copy of a built state.

        Args:
            built: the draft that is in that state.
            record: what was read while it was built.
            history: what says that it is the head; None where it is only a step on the way.
            seeded: whether the seeds are in.

        Returns:
            False where a file was changed meanwhile, so that nobody can say what was built.
        """
        if not self._fingerprints.confirm(record) or (history and not self._fingerprints.confirm(history)):
            return False
        now = datetime.now(UTC)
        facts = {
            "seeded": _flag(seeded),
            "used": now.isoformat(),
            "rows": json.dumps(built.rows()),
            **self._facts("record", record, *self._seeds(seeded)),
            **(self._facts("history", history) if history else {}),
        }
        with self._database.draft() as copy:
            copy.clone(built)
            about = About("template", facts["record-digest"][:12], now, built.current(), facts)
            self._all.insert(0, self._database.keep(copy, about))
        applied_texts.carry(self._settings.project, built.identity(), facts["record-digest"])
        return True

    def drop_all(self) -> None:
        """Drop every template, so that the next build replays the history."""
        while self._all:
            self._drop(self._all.pop())

    def _holds(self, template: Kept, *records: str) -> bool:
        """Is everything that these records of a template name what it was?"""
        try:
            contents_of(template)
            return all(self._is_as_it_was(template, name) for name in records)
        except (KeyError, ValueError):
            return False  # a step on the way, made by a version that kept other facts, or damaged

    def _is_as_it_was(self, template: Kept, name: str) -> bool:
        facts = template.about.facts
        record = BuildRecord.decode(facts[name], self._settings.project.root)
        more = self._seeds(self._is_seeded(template)) if name == "record" else ()
        return self._fingerprints.digest(record, *more) == facts[f"{name}-digest"]

    def _facts(self, name: str, record: BuildRecord, *more: str) -> dict[str, str]:
        text = record.encode(self._settings.project.root)
        return {name: text, f"{name}-digest": self._fingerprints.digest(record, *more)}

    def _seeds(self, seeded: bool) -> tuple[str, ...]:  # noqa: FBT001 (a condition as any other)
        return ("seeds", *self._settings.project.seed_command) if seeded else ()

    def _is_seeded(self, template: Kept) -> bool:
        return template.about.facts.get("seeded") == _flag(True)

    def trim(self) -> int:
        """Drop the least recently used beyond the limits in number and bytes; how many went."""
        project = self._settings.project
        by_use = sorted(self._all, key=_used, reverse=True)
        going = self._duplicates()  # of killed tasks, or of an older version
        by_use = [template for template in by_use if template not in going]
        bytes_kept = 0
        for number, template in enumerate(by_use):
            bytes_kept += template.size
            if number >= project.keep_templates or (number and bytes_kept > project.keep_template_bytes):
                going.append(template)
        return sum([self._drop(template) for template in going])

    def _drop(self, template: Kept) -> bool:
        try:
            self._database.remove(template)
        except DatabaseError as error:
            self._skipped(f"the template {template.about.title} stays: {error.message}")
            return False
        return True

    def _duplicates(self) -> list[Kept]:
        """Templates of which there is a newer one of the same state, which is the one that is found and used."""
        seen: set[tuple[str, bool]] = set()
        found = []
        for template in self._all:
            name = (template.about.facts.get("record-digest", template.about.title), self._is_seeded(template))
            found += [template] if name in seen else []
            seen.add(name)
        return found


@dataclass(frozen=True)
class Contents:
    """What is in a built state: where it stands, and the number of rows of each table."""

    revisions: tuple[str, ...]
    rows: Mapping[str, int]


def contents_of(template: Kept) -> Contents:
    """What a template holds, as it was counted when it was built.

    Raises:
        KeyError: it was kept without that.
        ValueError: what it says is damaged.
    """
    rows = json.loads(template.about.facts["rows"])
    if not isinstance(rows, dict):
        raise ValueError(template.about.title)  # noqa: TRY004 (damaged text, not a wrong call)
    return Contents(template.about.revisions, rows)


def _used(template: Kept) -> datetime:
    try:
        return datetime.fromisoformat(template.about.facts["used"]).astimezone(UTC)
    except (KeyError, ValueError):
        return template.about.made


def _flag(seeded: bool) -> str:  # noqa: FBT001 (a spelling of one boolean)
    return "yes" if seeded else "no"
