"""Bring the project's database to a revision: what is kept first, what is run, what is noted afterwards."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbtasks.config import Settings
from dbtasks.events import Emit, Remark, Warned
from dbtasks.local_state import last_failure
from dbtasks.revisions.source import read_effects
from dbtasks.workflows import at_head
from dbtasks.workflows.change import Site, Task, adopt, create_database, open_site
from dbtasks.workflows.checkout import compare, keep_found, require_fit, resolve
from dbtasks.workflows.migrate import bring_to_head, change_by_revisions
from dbtasks.workflows.reconcile import reconcile
from dbtasks.workflows.schema_match import require_parent_of_today
from dbtasks.workflows.summary import Migrated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dbtasks.databases.protocol import Reading
    from dbtasks.project.messages.values import Revision
    from dbtasks.revisions.divergence import Standing


@dataclass(frozen=True)
class Also:
    """What is done after the revisions, as one change with them and one way back.

    Args:
        losses: what it could destroy or overwrite, in words.
        work: does it, in the database that the settings it is given name.
    """

    losses: "Sequence[str]"
    work: "Callable[[Settings], object]"


def migrate(task: Task, wanted: str) -> Migrated:
    """Bring the database to a revision, in place; one that is missing is created first.

    Raises:
        MigrationError: a revision failed; the database stands before it.
        RefusedError: something could get lost, and no way back can be kept.
    """
    with open_site(task, ask=False) as site:
        return bring_up(site, wanted)


def bring_up(site: Site, wanted: str = "head", *, also: Also | None = None) -> Migrated:
    """Bring the database to a revision.

    Args:
        site: open for the task.
        wanted: where to.
        also: what comes after the revisions, where any are run; what another branch has applied is then not taken back.
    """
    settings, database = site.settings, site.reading
    there = database.exists()
    before = database.current() if there else ()
    if there and wanted == "head" and at_head.is_remembered(settings, database, before):
        last_failure.forget(settings)
        return Migrated(database.place, before)
    from dbtasks.project import session

    target = resolve(settings, wanted)
    if create_database(site):
        site.emit(Remark(f"Created {database.place}"))
    else:
        adopt(site)
    standing = take_stock(site, database, settings)
    if also is not None:
        require_fit(standing)
    done = _go_on(site, standing, target, also) if standing.fits else reconcile(site, standing, target)
    if wanted == "head" and not standing.changed:
        at_head.remember(settings, database, database.current(), session.version_folders(settings))
    return done


def take_stock(site: Site, database: "Reading", settings: Settings) -> "Standing":
    """Hold a database against the checkout, note what was applied in it, and warn of what is not that any more.

    Args:
        site: open for the task.
        database: the site's, or a draft.
        settings: aimed at it.

    Raises:
        MigrationError: nobody knows whether it is from before a rebase, and it looks like that.
    """
    standing = compare(settings, database, database.current())
    require_parent_of_today(site, standing, settings)
    keep_found(settings, database, site.emit, standing)
    if standing.fits and standing.changed:
        site.emit(Warned(f"{standing.sentence()}. {standing.way_on()}"))
    return standing


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

    if not going:
        return 0
    for index in session.drop_invalid_of(settings, [revision.file for revision in going]):
        emit(Remark(f"Dropped the INVALID index {index.name} on {index.table}, to build it again"))
    return bring_to_head(settings, emit, target)


def _go_on(site: Site, standing: "Standing", target: str, also: Also | None) -> Migrated:
    """Run what is missing."""
    settings, database = site.settings, site.reading
    going = lacking(standing, target)
    if not going:
        last_failure.forget(settings)
        return Migrated(database.place, standing.current)

    def work(aimed: Settings) -> int:
        count = run_lacking(aimed, site.emit, going, target)
        if also is not None:
            also.work(aimed)
        return count

    losses = [*find_losses(database, going), *(also.losses if also else ())]
    changed = change_by_revisions(site, losses, work)
    return Migrated(database.place, database.current(), up=changed.done, kept=changed.kept)
