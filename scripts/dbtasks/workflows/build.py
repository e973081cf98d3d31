"""Build the state that a reset ends in: migrated to head and seeded, in a draft beside the database.

The deepest state that was built before is cloned; only what is missing is run. What was run is kept.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from dbtasks.config import Settings
from dbtasks.copies.fingerprints import Inputs, closure, revision_keys, without_classes
from dbtasks.copies.templates import Contents, Templates, contents_of
from dbtasks.databases.protocol import About, Draft, Kept
from dbtasks.events import Emit, Remark, RevisionsRun
from dbtasks.workflows.change import Site
from dbtasks.workflows.checkout import read_history
from dbtasks.workflows.migrate import bring_to_head
from dbtasks.workflows.seed import seed as run_seeds


def build(site: Site, draft: Draft, *, seed: bool, cache: bool) -> Contents:
    """Fill a draft.

    Args:
        site: open for a task; the draft is going to take the place of its database, whose templates are used.
        draft: not created yet.
        seed: run the seed command as well.
        cache: use and keep templates; otherwise the whole history is replayed.

    Returns:
        What is in it.

    Raises:
        TaskError: a revision or the seeds failed; the draft's owner drops it.
    """
    settings, database, emit = site.settings, site.beside, site.emit
    seed = seed and bool(settings.project.seed_command)
    if not cache:
        _replay(settings, draft, emit)
        if seed:
            run_seeds(settings.on(draft.url))
        return Contents(draft.current(), draft.rows())
    templates = Templates(database, settings, seed=seed)
    exact = templates.exact()
    if exact is not None:
        templates.use(exact, draft)
        emit(Remark("Cloned the template of exactly this history" + (" and these seeds" if seed else "")))
        return contents_of(exact)
    _Building(settings, draft, templates, emit, seed=seed).run()
    dropped = templates.trim()
    if dropped:
        emit(Remark(f"Dropped {dropped} template(s) beyond keep-templates in [tool.dbtasks]"))
    return Contents(draft.current(), draft.rows())


def template(site: Site) -> Kept:
    """The kept template of the migrated and seeded state, built now if it is not there.

    Raises:
        TaskError: a revision or the seeds failed.
    """
    settings, database = site.settings, site.beside
    seed = bool(settings.project.seed_command)
    found = Templates(database, settings, seed=seed).exact()
    if found is not None:
        return found
    with database.draft() as draft:
        build(site, draft, seed=seed, cache=True)
        made = Templates(database, settings, seed=seed).exact()
        # Seeds whose sources are not named in seed-sources can change unseen, so nothing finds this one again.
        return made or database.keep(draft, About("template", "tests", datetime.now(UTC), draft.current()))


def _replay(settings: Settings, draft: Draft, emit: Emit) -> None:

    draft.create()
    aimed = settings.on(draft.url)
    read_history(aimed).require_one_head()
    count = bring_to_head(aimed, emit)
    emit(RevisionsRun(count))


class _Building:
    """One build from the deepest template that fits."""

    def __init__(self, settings: Settings, draft: Draft, templates: Templates, emit: Emit, *, seed: bool) -> None:
        from dbtasks.project import session

        self._settings = settings.on(draft.url)
        self._draft = draft
        self._emit = emit
        self._templates = templates
        self._seed = seed
        history = read_history(settings)
        history.require_one_head()
        self._known = history
        self._history = history.order
        self._script_folder = session.script_folder(settings)
        self._keys = self._revision_keys()

    def run(self) -> None:
        """Clone, upgrade, seed; keep what was built on the way."""
        head = self._history[-1] if self._history else None
        head_key = self._keys[head.id] if head else ""
        seeded_key = _joined(head_key, self._seed_digest())
        ready = self._templates.by_key(seeded_key if self._seed else head_key, seeded=self._seed)
        if ready is not None:
            self._templates.use(ready, self._draft)
            self._templates.learn(ready, self._inputs())
            self._emit(Remark("Cloned a template: nothing that matters to it has changed"))
            return
        start = self._clone_deepest()
        self._upgrade(start)
        if self._seed:
            self._templates.keep(self._draft, head_key, None, seeded=False)
            run_seeds(self._settings)
            if self._settings.project.seed_sources:
                self._templates.keep(self._draft, seeded_key, self._inputs(), seeded=True)
        else:
            self._templates.keep(self._draft, head_key, self._inputs(), seeded=False)

    def _clone_deepest(self) -> int:
        """Clone the longest beginning of the history that is a template; how many revisions are in it."""
        for index in range(len(self._history) - 1, -1, -1):
            if not self._is_whole(index):
                continue
            template = self._templates.by_key(self._keys[self._history[index].id], seeded=False)
            if template is not None:
                self._templates.use(template, self._draft)
                self._emit(Remark(f"Cloned a template that stands at {self._history[index].id}"))
                return index + 1
        self._draft.create()
        return 0

    def _upgrade(self, start: int) -> None:
        """Run what is missing, keeping states on the way so that the next edit finds one close before it."""
        ran = 0
        for stop in _stops(len(self._history)):
            if stop > start and self._is_whole(stop - 1):
                ran += bring_to_head(self._settings, self._emit, self._history[stop - 1].id)
                self._templates.keep(self._draft, self._keys[self._history[stop - 1].id], None, seeded=False)
        ran += bring_to_head(self._settings, self._emit)
        self._emit(RevisionsRun(ran))

    def _is_whole(self, index: int) -> bool:
        """Is the state of that revision all of the history up to it, no other branch missing?"""
        return len(self._known.ancestors([self._history[index].id])) == index + 1

    def _revision_keys(self) -> dict[str, str]:
        project = self._settings.project
        versions = {revision.file for revision in self._history}
        about = [path for path in sorted(self._script_folder.rglob("*")) if path.is_file() and path not in versions]
        about = [path for path in about if "__pycache__" not in path.parts]
        surroundings = closure(project, [self._script_folder / "env.py"])
        base = _joined(
            self._templates.digest(Inputs((), tuple(map(str, [project.alembic_ini, *about])))),
            *(hashlib.sha256(without_classes(path)).hexdigest() for path in surroundings),
        )
        return revision_keys(
            base,
            {revision.id: revision.parents for revision in self._history},
            {revision.id: [revision.file, *closure(project, [revision.file])] for revision in self._history},
        )

    def _inputs(self) -> Inputs:
        """What an exact hit compares: more than the keys do, since nothing can be parsed in that time."""
        project = self._settings.project
        python = [self._script_folder / "env.py", *(revision.file for revision in self._history)]
        folders = {self._script_folder, *(revision.file.parent for revision in self._history)}
        files = {project.alembic_ini, *closure(project, python)}
        if self._seed:
            folders.update(path for path in self._seed_sources() if path.is_dir())
            files.update(self._seed_files())
        return Inputs(tuple(sorted(map(str, folders))), tuple(sorted(map(str, files))))

    def _seed_sources(self) -> Sequence[Path]:
        return [self._settings.project.root / source for source in self._settings.project.seed_sources]

    def _seed_files(self) -> list[Path]:
        found = [
            path for source in self._seed_sources() for path in (source.rglob("*") if source.is_dir() else [source])
        ]
        files = [path for path in found if path.is_file() and "__pycache__" not in path.parts]
        return [*files, *closure(self._settings.project, files)]

    def _seed_digest(self) -> str:
        return self._templates.digest(Inputs((), tuple(map(str, self._seed_files())))) if self._seed else ""


def _stops(length: int) -> list[int]:
    """After how many revisions a state is kept: 1, 4, 16 ... before the end, which is where people edit."""
    stops = []
    back = 1
    while back < length:
        stops.append(length - back)
        back *= 4
    return sorted(stops)


def _joined(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
