"""Bring the project's database to a revision: what is kept first, what is run, what is noted afterwards."""

from typing import TYPE_CHECKING

from dbtasks.config import Settings
from dbtasks.events import Emit, Remark, Warned
from dbtasks.local_state import last_failure
from dbtasks.revisions.source import read_effects
from dbtasks.workflows import at_head
from dbtasks.workflows.change import Site, Task, adopt, create_database, open_site
from dbtasks.workflows.checkout import compare, keep_found, resolve
from dbtasks.workflows.migrate import bring_to_head, change_by_revisions
from dbtasks.workflows.reconcile import reconcile
from dbtasks.workflows.schema_match import require_parent_of_today
from dbtasks.workflows.summary import Migrated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dbtasks.databases.protocol import Reading
    from dbtasks.project.messages.values import Revision
    from dbtasks.revisions.divergence import Standing


def migrate(task: Task, wanted: str) -> Migrated:
    """Bring the database to a revision, in place; one that is missing is created first.

    Raises:
        MigrationError: a revision failed; the database stands before it.
        RefusedError: something could get lost, and no way back can be kept.
    """
    with open_site(task, ask=False) as site:
        return bring_up(site, wanted)


def bring_up(site: Site, wanted: str = "head") -> Migrated:
    """Bring the database to a revision."""
    settings, database = site.settings, site.reading
    there = database.exists()
    before = database.current() if there else ()
    if there and wanted == "head" and at_head.is_remembered(settings, database, before):
        return Migrated(database.place, before)
    from dbtasks.project import session

    target = resolve(settings, wanted)
    if create_database(site):
        site.emit(Remark(f"Created {database.place}"))
    else:
        adopt(site)
    standing = compare(settings, database, before)
    require_parent_of_today(site, standing)
    keep_found(settings, database, site.emit, standing)
    done = _go_on(site, standing, target) if standing.fits else reconcile(site, standing, target)
    if wanted == "head" and not standing.changed:
        at_head.remember(settings, database, database.current(), session.version_folders(settings))
    return done


def lacking(standing: "Standing", target: str) -> "list[Revision]":
    """The revisions, oldest first, that a database needs to get to a revision, or to several with commas between."""
    history = standing.history
    missing = history.ancestors(target.split(",")) - history.ancestors(standing.current)
    return [revision for revision in history.order if revision.id in missing]


def find_losses(database: "Reading", revisions: "Sequence[Revision]") -> list[str]:
    """What the revisions could destroy or overwrite, in words; none where they are proved additive.

    Those that only add may still run code of the database, as a trigger; so that is asked for too.
    """
    effects = {one.id: read_effects(one.file, engine=database.engine) for one in revisions}
    losses = [f"{name}: {loss}" for name, one in effects.items() for loss in one.losses]
    if losses or not effects or not database.exists():
        return losses
    rows = any(one.rows for one in effects.values())
    return [f"{what}, which runs when something is added" for what in database.side_effects(rows=rows)]


def run_lacking(settings: Settings, emit: Emit, going: "Sequence[Revision]", target: str) -> int:
    """Run what a database lacks, after what stopped builds of its indexes left is dropped; how many were run.

    Raises:
        MigrationError: a revision failed.
    """
    from dbtasks.project import session

    for index in session.drop_invalid_of(settings, [revision.file for revision in going]):
        emit(Remark(f"Dropped the INVALID index {index.name} on {index.table}, to build it again"))
    return bring_to_head(settings, emit, target)


def _go_on(site: Site, standing: "Standing", target: str) -> Migrated:
    """Run what is missing."""
    settings, database, emit = site.settings, site.reading, site.emit
    if standing.changed:
        emit(Warned(f"{standing.sentence()}. {standing.way_on()}"))
    going = lacking(standing, target)
    if not going:
        last_failure.forget(settings)
        return Migrated(database.place, standing.current)
    changed = change_by_revisions(
        site, find_losses(database, going), lambda aimed: run_lacking(aimed, emit, going, target)
    )
    return Migrated(database.place, database.current(), up=changed.done, kept=changed.kept)
