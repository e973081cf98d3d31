"""Take back what a checkout lacks, with the texts that were archived when it was applied."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from alembic.runtime.migration import MigrationStep, RevisionStep
from alembic.script import ScriptDirectory

from dbtasks.config import Settings
from dbtasks.errors import MigrationError
from dbtasks.project.messages import Run
from dbtasks.project.worker.history import Revision, ancestors, script_folder
from dbtasks.project.worker.run.lock_timeouts import Tell
from dbtasks.project.worker.run.steps import Report, Way, run
from dbtasks.revisions.archive import Archive
from dbtasks.revisions.divergence import Standing, below


def archive_applied(
    settings: Settings, known: Mapping[str, Revision], current: Sequence[str], *, again: bool = False
) -> None:
    """Archive what was found applied, by whatever tool; a later checkout may lack it.

    Args:
        settings: naming the project.
        known: the history of the checkout.
        current: the revisions that the database stands on.
        again: the checkout's texts are what was applied, whatever the archive says.

    Raises:
        OSError: the archive cannot be written.
    """
    archive = Archive(settings.project)
    for name in ancestors(dict(known), current):
        if again or not archive.texts(name):
            archive.keep(name, known[name].file)


def take_back(settings: Settings, standing: Standing, report: Report, tell: Tell = lambda _: None) -> Run:
    """Downgrade what the checkout lacks, with its archived text.

    Args:
        settings: naming the database; what it goes through is not undone if a later step fails.
        standing: what `compare` found there.
        report: called before each step.
        tell: told of everything else.

    Raises:
        MigrationError: a text is missing, says no way back, or failed.
    """
    if standing.lost:
        raise MigrationError(f"No text of revision {', '.join(standing.lost)} was ever archived here")
    if standing.one_way:
        raise MigrationError(f"Revision {', '.join(standing.one_way)} does not say how to take it back")
    with tempfile.TemporaryDirectory(prefix="dbtasks-history-") as folder:
        for number, past in enumerate(standing.past.values()):
            Path(folder, f"past_{number}.py").symlink_to(past.file)
        script = ScriptDirectory(str(script_folder(settings)), version_locations=[folder])

        def plan(_script: ScriptDirectory, heads: Sequence[str], _target: str) -> list[RevisionStep]:
            applied = below(standing.past, heads)
            going = [script.get_revision(name) for name in standing.foreign if name in applied]
            return [MigrationStep.downgrade_from_script(script.revision_map, found) for found in going]

        return run(settings, Way(standing.ancestor, plan, script), report, tell)
