"""One build of a state from the deepest template that fits; what is run is recorded, and kept on the way."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dbtasks.config import Settings
from dbtasks.copies.build_record import BuildRecord
from dbtasks.copies.fingerprints import own_files
from dbtasks.copies.templates import Templates
from dbtasks.databases.engines import open_database
from dbtasks.databases.protocol import Draft, Kept
from dbtasks.events import Emit, Remark, RevisionsRun
from dbtasks.workflows.checkout import keep_texts, read_history
from dbtasks.workflows.migrate import bring_to_head
from dbtasks.workflows.seed import require_aim, seed_and_record

if TYPE_CHECKING:
    from dbtasks.project.observe.recorder import Recorder


class RecordedBuild:
    """Migrates and seeds a draft."""

    def __init__(self, settings: Settings, draft: Draft, templates: Templates, emit: Emit, *, seed: bool) -> None:
        from dbtasks.project import session

        self._live = settings
        self._settings = settings.on_draft(draft.url)
        self._draft = draft
        self._emit = emit
        self._templates = templates
        self._seed = seed
        self._seen = BuildRecord()
        self._start = BuildRecord()
        self._loaded = BuildRecord()
        with self._observed(self._loaded) as recorder:
            history = self._known = read_history(self._settings)
            self._history = history.order
            recorder.read_file(str(settings.project.alembic_ini))
            self._version_folders = set(map(str, session.version_folders(self._settings)))
            for folder in self._version_folders:
                recorder.list_folder(folder)
            for revision in self._history:  # a history that this process had loaded before is not read again
                recorder.read_file(str(revision.file))
        history.require_one_head()

    def run(self) -> None:
        """Clone, upgrade, seed; keep what was built on the way."""
        head = [revision.id for revision in self._history[-1:]]
        ready = self._templates.deepest(head, seeded=self._seed)
        if ready is not None and self._clone(ready):
            if not self._unseen():
                self._templates.learn(ready, self._loaded)
            self._emit(Remark("Cloned a template: nothing that matters to it has changed"))
            return
        done = self._clone_deepest()
        with self._observed(self._seen):
            self._upgrade(done)
        self._keep(len(self._history), is_head=not self._seed)
        if self._seed:
            with require_aim(open_database(self._live.url), self._draft, self._live.project.url_variable):
                self._seen = self._seen.joined(seed_and_record(self._settings, self._live, self._emit))
            self._keep(len(self._history), is_head=True, seeded=True)
        unseen = self._unseen()
        if unseen:
            text = (
                f"Not kept for the next reset, since what these read cannot be seen: {', '.join(sorted(unseen))} "
                "(name them in inputs of [tool.dbtasks] if it cannot change the outcome)"
            )
            self._emit(Remark(text))

    def _clone_deepest(self) -> int:
        """Clone the longest beginning of the history that is a template; how many revisions are in it."""
        places = {revision.id: index + 1 for index, revision in enumerate(self._history) if self._is_whole(index)}
        found = self._templates.deepest(reversed(places), seeded=False)
        if found is None:
            self._draft.create()
            return 0
        if not self._clone(found):
            return self._clone_deepest()
        self._start = self._templates.record_of(found)
        self._emit(Remark(f"Cloned a template that stands at {found.about.revisions[0]}"))
        return places[found.about.revisions[0]]

    def _clone(self, template: Kept) -> bool:
        def texts() -> None:
            keep_texts(self._settings, self._draft, self._emit, self._known, template.about.revisions)

        return self._templates.use(template, self._draft, texts)

    def _upgrade(self, done: int) -> None:
        """Run what is missing, keeping states on the way so that the next edit finds one close before it."""
        ran = 0
        for stop in stops(len(self._history)):
            if stop > done and self._is_whole(stop - 1):
                ran += bring_to_head(self._settings, self._emit, self._history[stop - 1].id)
                self._keep(stop)
        ran += bring_to_head(self._settings, self._emit)
        self._emit(RevisionsRun(ran))

    def _keep(self, length: int, *, is_head: bool = False, seeded: bool = False) -> None:
        """Keep the state after that many revisions, unless it depends on what nobody has seen."""
        if self._unseen():
            return
        record = self._start.joined(self._loaded_before(length)).joined(self._seen)
        if not self._templates.keep(self._draft, record, self._loaded if is_head else None, seeded=seeded):
            self._emit(Remark("Not kept for the next reset: files were changed while they were used"))

    def _loaded_before(self, length: int) -> BuildRecord:
        """What was read to load the history, but for later revisions and for which there are."""
        later = {str(revision.file) for revision in self._history[length:]}
        folders = {str(revision.file.parent) for revision in self._history}
        return self._loaded.without(
            (path for path in self._loaded.files if os.path.realpath(path) in later),
            (
                path
                for path in self._loaded.folders
                if os.path.realpath(path) in folders or path in self._version_folders
            ),
        )

    def _unseen(self) -> set[str]:
        return (self._loaded.outside | self._seen.outside) - set(self._settings.project.inputs)

    def _is_whole(self, index: int) -> bool:
        """Is the state of that revision all of the history up to it, no other branch missing?"""
        return len(self._known.ancestors([self._history[index].id])) == index + 1

    @contextmanager
    def _observed(self, seen: BuildRecord) -> Iterator["Recorder"]:
        from dbtasks.project.observation import observed

        skip = (*own_files(self._live), *own_files(self._settings))
        with observed(seen.tell, skip=skip, port=self._settings.url.port or 0) as recorder:
            yield recorder


def stops(length: int) -> list[int]:
    """After how many revisions a state is kept: 1, 4, 16 ... before the end, which is where people edit."""
    found = []
    back = 1
    while back < length:
        found.append(length - back)
        back *= 4
    return sorted(found)
