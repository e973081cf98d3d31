"""Everything a newcomer needs: a migrated and seeded database, whatever was there before."""

from dataclasses import dataclass

from dbtasks.config import Settings
from dbtasks.databases.protocol import Draft, Kept
from dbtasks.events import Remark
from dbtasks.workflows.build import build
from dbtasks.workflows.change import Site, Task, open_site, replace_database
from dbtasks.workflows.checkout import compare, keep_found, require_fit, resolve
from dbtasks.workflows.fill import LOSSES, fill
from dbtasks.workflows.migrate import change_by_revisions
from dbtasks.workflows.schema_match import require_parent_of_today
from dbtasks.workflows.seed import seed as run_seeds
from dbtasks.workflows.summary import Summary, summary_of
from dbtasks.workflows.upgrade import find_losses, lacking, run_lacking


@dataclass(frozen=True)
class SetUp:
    """What a setup did: what the database holds now, and the former state."""

    summary: Summary
    kept: Kept | None


def set_up(task: Task) -> SetUp:
    """Make what is missing and leave what is there.

    Raises:
        MigrationError: a revision failed, or the database is another branch's.
    """
    with open_site(task) as site:
        database = site.reading
        if database.exists() and not database.is_empty():
            site.emit(Remark(f"{database.place} is there: bringing it to head, keeping its rows"))
            kept = _bring_up(site)
        else:
            kept = replace_database(site, lambda draft: _build(site, draft)).kept
        return SetUp(summary_of(database), kept)


def _build(site: Site, draft: Draft) -> None:
    build(site, draft, seed=True, cache=True)


def _bring_up(site: Site) -> Kept | None:
    """Run what is missing and seed, as one change with one way back."""
    settings, emit = site.settings, site.emit
    standing = compare(settings, site.reading, site.reading.current())
    require_fit(standing)
    require_parent_of_today(site, standing)
    keep_found(settings, site.reading, emit, standing)
    target = resolve(settings, "head")
    going = lacking(standing, target)
    if not going:
        return fill(site)[1]

    def work(aimed: Settings) -> None:
        run_lacking(aimed, emit, going, target)
        run_seeds(aimed, emit)

    losses = [*find_losses(site.reading, going), *(LOSSES if settings.project.seed_command else ())]
    return change_by_revisions(site, losses, work).kept
