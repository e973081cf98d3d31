"""Alembic's history: the only package that imports alembic.

Import it in the branch that needs it: alembic and SQLAlchemy cost a third of a second, and a cached
reset needs neither.
"""

from dbtasks.revisions.reading import (
    Revision,
    ancestors,
    heads,
    history,
    pending,
    require_one_head,
    resolve,
    script_folder,
)
from dbtasks.revisions.running import Step, downgrade, sql, stamp, upgrade
from dbtasks.revisions.writing import check, merge, revise

__all__ = [
    "Revision",
    "Step",
    "ancestors",
    "check",
    "downgrade",
    "heads",
    "history",
    "merge",
    "pending",
    "require_one_head",
    "resolve",
    "revise",
    "script_folder",
    "sql",
    "stamp",
    "upgrade",
]
