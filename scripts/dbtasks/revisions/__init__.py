"""Alembic's history: the only package that imports alembic.

Import it in the branch that needs it: alembic and SQLAlchemy cost a third of a second, and a cached
reset needs neither.
"""

from dbtasks.revisions.comparing import Difference, difference
from dbtasks.revisions.crossing import Crossing, crossing
from dbtasks.revisions.graph import draw, fork
from dbtasks.revisions.messages import require_saying
from dbtasks.revisions.models import Missing, missing
from dbtasks.revisions.origins import Origin, origins
from dbtasks.revisions.proving import Review, prove, require_loadable, review, tidy
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
from dbtasks.revisions.renames import Rename
from dbtasks.revisions.renames import parse as parse_rename
from dbtasks.revisions.running import Step, downgrade, sql, stamp, upgrade
from dbtasks.revisions.scratch import at_head, on_engine
from dbtasks.revisions.strangers import foreign
from dbtasks.revisions.text import as_data_migration
from dbtasks.revisions.writing import Renames, blank, merge, revise

__all__ = [
    "Crossing",
    "Difference",
    "Missing",
    "Origin",
    "Rename",
    "Renames",
    "Review",
    "Revision",
    "Step",
    "ancestors",
    "as_data_migration",
    "at_head",
    "blank",
    "crossing",
    "difference",
    "downgrade",
    "draw",
    "foreign",
    "fork",
    "heads",
    "history",
    "merge",
    "missing",
    "on_engine",
    "origins",
    "parse_rename",
    "pending",
    "prove",
    "require_loadable",
    "require_one_head",
    "require_saying",
    "resolve",
    "review",
    "revise",
    "script_folder",
    "sql",
    "stamp",
    "tidy",
    "upgrade",
]
