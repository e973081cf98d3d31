"""Take back what a checkout lacks, with the texts that were archived when it was applied."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from alembic.runtime.migration import MigrationStep, RevisionStep
from alembic.script import ScriptDirectory

from ...messages.values import Run, TakeBack, WorkerSettings
from ..history import script_folder
from .lock_timeouts import Tell
from .steps import Before, Way, run


def take_back(settings: WorkerSettings, wanted: TakeBack, before: Before, tell: Tell = lambda _: None) -> Run:
    """Downgrade what the checkout lacks, with its archived text; what is done stays if a later step fails.

    Raises:
        MigrationError: a text failed.
    """
    with tempfile.TemporaryDirectory(prefix="dbtasks-history-") as folder:
        for number, past in enumerate(wanted.past):
            Path(folder, f"past_{number}.py").symlink_to(past.file)
        script = ScriptDirectory(str(script_folder(settings)), version_locations=[folder])

        def plan(_script: ScriptDirectory, heads: Sequence[str], _target: str) -> list[RevisionStep]:
            applied = {found.revision for found in script.iterate_revisions(tuple(heads), "base")} if heads else set()
            going = [script.get_revision(name) for name in wanted.revisions if name in applied]
            return [MigrationStep.downgrade_from_script(script.revision_map, found) for found in going]

        return run(settings, Way(wanted.target, plan, script), before, tell)
