"""Take revisions back, for good or on the way of a replay."""

from dataclasses import dataclass

from dbtasks.databases.protocol import Draft
from dbtasks.workflows.change import Task, open_site, replace_database
from dbtasks.workflows.checkout import compare, require_fit, resolve
from dbtasks.workflows.migrate import bring_to_head, change_by_revisions, take_back
from dbtasks.workflows.summary import Migrated, Summary, summary_of


@dataclass(frozen=True)
class Replayed:
    """What a replay did: the database afterwards, with its rows, and how to get the former one back."""

    migrated: Migrated
    summary: Summary


def downgrade(task: Task, target: str) -> Migrated:
    """Take revisions back, on a copy that takes the database's name if all of it worked.

    Raises:
        MigrationError: a revision failed, or the database is another branch's.
    """
    settings = task.settings
    end = () if target == "base" else (target if target.startswith("-") else resolve(settings, target),)
    with open_site(task) as site:
        standing = compare(settings, site.reading, site.reading.current())
        require_fit(standing)
        if standing.current == end:  # a copy that is what the database is would be kept as a former state
            return Migrated(site.reading.place, standing.current)
        losses = [f"what the revisions down to {target} have made"]
        changed = change_by_revisions(site, losses, lambda aimed: take_back(aimed, site.emit, target))
        return Migrated(site.reading.place, site.reading.current(), down=changed.done, kept=changed.kept)


def replay(task: Task, target: str) -> Replayed:
    """Downgrade to base and upgrade again on a copy, which takes the database's name only if all of it worked.

    Raises:
        MigrationError: a revision failed; nothing was changed.
    """
    settings = task.settings
    aim = resolve(settings, target)

    def build(draft: Draft) -> tuple[int, int]:
        if site.reading.exists():
            site.clone_into(draft)
        else:
            draft.create()
        aimed = settings.on_draft(draft.url)
        down = take_back(aimed, site.emit, "base")
        return down, bring_to_head(aimed, site.emit, aim)

    with open_site(task) as site:
        replaced = replace_database(site, build)
        down, up = replaced.built
        summary = summary_of(site.reading)
        return Replayed(Migrated(summary.place, summary.revisions, down, up, replaced.kept), summary)
