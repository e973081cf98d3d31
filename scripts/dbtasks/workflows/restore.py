"""Bring a snapshot back, and to head."""

from dataclasses import dataclass

from dbtasks.copies import snapshots
from dbtasks.databases.engines import open_database
from dbtasks.databases.protocol import Draft, Kept
from dbtasks.events import RevisionsRun, Warned
from dbtasks.workflows.change import Site, Task, open_site, replace_database
from dbtasks.workflows.checkout import resolve
from dbtasks.workflows.summary import Summary, summary_of
from dbtasks.workflows.upgrade import lacking, run_lacking, take_stock


@dataclass(frozen=True)
class Restored:
    """What a restore did: the snapshot, what the database holds now, and the former state."""

    snapshot: Kept
    summary: Summary
    kept: Kept | None


def restore(task: Task, name: str, *, migrate: bool) -> Restored:
    """Clone a snapshot, bring the clone to head, and let it take the database's name.

    Raises:
        UsageError: there is no such snapshot.
        MigrationError: a revision failed; nothing was changed.
    """
    with open_site(task) as site:
        snapshot = snapshots.find(site.reading, name)

        def build(draft: Draft) -> None:
            site.clone_into(draft, open_database(snapshot.url))
            if migrate:
                _to_head(site, draft)

        replaced = replace_database(site, build)
        return Restored(snapshot, summary_of(site.reading), replaced.kept)


def _to_head(site: Site, draft: Draft) -> None:
    """Run what the snapshot lacks; one that is ahead of this checkout is left alone, and said to be."""
    aimed = site.settings.on_draft(draft.url)
    standing = take_stock(site, draft, aimed)
    if not standing.fits:
        site.emit(Warned(f"{standing.sentence()}; the snapshot was left at its revision. {standing.way_on()}"))
        return
    target = resolve(aimed, "head")
    count = run_lacking(aimed, site.emit, lacking(standing, target), target)
    if count:
        site.emit(RevisionsRun(count))
