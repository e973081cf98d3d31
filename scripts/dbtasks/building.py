"""Build the state that a reset ends in: migrated to head and seeded, in a draft beside the database."""

from dbtasks import console, guard, reporting, seeding
from dbtasks.config import Settings
from dbtasks.databases import Database


def build(settings: Settings, draft: Database, *, seed: bool) -> None:
    """Fill a draft by replaying the history.

    Args:
        settings: of the project; the draft takes the place of its database.
        draft: not created yet.
        seed: run the seed command as well.

    Raises:
        TaskError: a revision or the seeds failed; the draft's owner drops it.
    """
    from dbtasks import revisions

    draft.create(guard.label_for(settings))
    aimed = settings.on(draft.url)
    revisions.require_one_head(revisions.heads(aimed))
    steps = revisions.upgrade(aimed, "head", reporting.step)
    console.note(f"Ran {len(steps)} revision(s)")
    if seed:
        seeding.seed(aimed)
