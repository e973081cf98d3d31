"""Keep, rename and delete snapshots; delete other copies that people made or that tasks left."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from dbtasks import guard
from dbtasks.copies import snapshots
from dbtasks.databases.engines import open_database
from dbtasks.databases.protocol import Draft, Kept
from dbtasks.local_state import applied_texts
from dbtasks.workflows.change.sessions import require_no_protected_sessions
from dbtasks.workflows.change.site import Site


def keep_snapshot(site: Site, name: str, *, overwrite: bool) -> Kept:
    """Keep a copy of the database under a name.

    Args:
        site: open for the task.
        name: free text.
        overwrite: replace the snapshot of that name, which goes when the new one is there.

    Raises:
        DatabaseError: there is no database, or the name is taken.
    """
    snapshots.require_name(site.reading, name, overwrite=overwrite, may_replace=True)
    require_no_protected_sessions(site)
    site.tell_of_sessions()
    kept = site.changing().copy(snapshots.about(site.reading, name))
    applied_texts.carry_to_copy(site.settings.project, site.reading, open_database(kept.url))
    site.settle()
    return kept


def keep_draft_as_snapshot(site: Site, name: str, build: Callable[[Draft], object]) -> Kept:
    """Keep a database that is built beside this one as a snapshot.

    Args:
        site: open for the task.
        name: free text, not taken yet.
        build: creates and fills the draft.
    """
    snapshots.require_name(site.reading, name, overwrite=False)
    with site.draft() as draft:
        build(draft)
        return site.changing().keep(draft, snapshots.about(draft, name))


def rename_snapshot(site: Site, old: str, new: str) -> None:
    """Give a snapshot another name.

    Raises:
        UsageError: there is no such snapshot.
        DatabaseError: the new name is taken.
    """
    kept = snapshots.find(site.reading, old)
    snapshots.require_name(site.reading, new, overwrite=False)
    site.changing().describe(kept, replace(kept.about, title=new))


def delete_copies(site: Site, copies: Sequence[Kept]) -> Sequence[Kept]:
    """Drop copies for good; which went.

    Raises:
        RefusedError: one is of a production database, and the name was not typed.
    """
    guard.permit_loss(site.settings, site.reading, copies, site.task.name, site.task.typed)
    return [kept for kept in copies if site.drop(kept)]
