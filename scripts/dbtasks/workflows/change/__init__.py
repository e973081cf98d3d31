"""The only place that changes a project's database: `replace_database` or `change_database`, and nothing else.

Every task that changes something goes through `open_site`: the database is opened, its lock taken, the guard
asked, and what stopped tasks left behind is put in order. A test holds that no other module obtains a
database that can be changed, and that none but this package keeps or removes undos, snapshots and branch states.
"""

from dbtasks.workflows.change.copies import (
    delete_copies,
    keep_draft_as_snapshot,
    keep_snapshot,
    rename_snapshot,
)
from dbtasks.workflows.change.create import adopt, create_database, label_database, note_branch
from dbtasks.workflows.change.replace import (
    Replaced,
    about_old,
    remove_database,
    replace_database,
    replace_with_kept,
)
from dbtasks.workflows.change.site import Site, Task, open_site
from dbtasks.workflows.change.working_copy import Changed, change_database

__all__ = [
    "Changed",
    "Replaced",
    "Site",
    "Task",
    "about_old",
    "adopt",
    "change_database",
    "create_database",
    "delete_copies",
    "keep_draft_as_snapshot",
    "keep_snapshot",
    "label_database",
    "note_branch",
    "open_site",
    "remove_database",
    "rename_snapshot",
    "replace_database",
    "replace_with_kept",
]
