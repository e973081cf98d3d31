"""Everything a newcomer needs: a migrated and seeded database, whatever was there before."""

from dataclasses import dataclass

from dbtasks.databases.protocol import Draft, Kept
from dbtasks.events import Remark
from dbtasks.workflows.build import build
from dbtasks.workflows.change import Site, Task, open_site, replace_database
from dbtasks.workflows.fill import LOSSES, fill
from dbtasks.workflows.seed import seed as run_seeds
from dbtasks.workflows.summary import Summary, summary_of
from dbtasks.workflows.upgrade import Also, bring_up


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
    losses = LOSSES if site.settings.project.seed_command else ()
    done = bring_up(site, also=Also(losses, lambda aimed: run_seeds(aimed, site.emit)))
    return done.kept if done.up else fill(site)[1]
