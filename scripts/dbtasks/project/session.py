"""Alembic's history: the only package that imports alembic.

Import it in the branch that needs it: alembic and SQLAlchemy cost a third of a second, and a cached
reset needs neither.
"""

from dbtasks.revisions.applying.environment import Step
from dbtasks.revisions.applying.failing import StepError
from dbtasks.revisions.applying.indexes import InvalidIndex, drop_invalid_of, invalid_indexes
from dbtasks.revisions.applying.losing import destroyed
from dbtasks.revisions.applying.running import Report, downgrade, sql, stamp, upgrade
from dbtasks.revisions.authoring.messages import require_saying
from dbtasks.revisions.authoring.proving import Review, prove, require_loadable, review, tidy
from dbtasks.revisions.authoring.renames import Rename
from dbtasks.revisions.authoring.renames import parse as parse_rename
from dbtasks.revisions.authoring.scratch import at_head, on_engine
from dbtasks.revisions.authoring.text import as_data_migration
from dbtasks.revisions.authoring.writing import Renames, blank, merge, revise
from dbtasks.revisions.branching.crossing import Crossing, crossing
from dbtasks.revisions.branching.returning import archive_applied, take_back
from dbtasks.revisions.branching.standing import Standing, compare
from dbtasks.revisions.branching.strangers import foreign
from dbtasks.revisions.checking.comparing import Difference, difference
from dbtasks.revisions.checking.models import Missing, missing
from dbtasks.revisions.checking.schema import differences
from dbtasks.revisions.graph import draw, fork
from dbtasks.revisions.origins import Origin, origins
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
from dbtasks.revisions.scripts import version_folders

__all__ = [
    "Crossing",
    "Difference",
    "InvalidIndex",
    "Missing",
    "Origin",
    "Rename",
    "Renames",
    "Report",
    "Review",
    "Revision",
    "Standing",
    "Step",
    "StepError",
    "ancestors",
    "archive_applied",
    "as_data_migration",
    "at_head",
    "blank",
    "compare",
    "crossing",
    "destroyed",
    "difference",
    "differences",
    "downgrade",
    "draw",
    "drop_invalid_of",
    "foreign",
    "fork",
    "heads",
    "history",
    "invalid_indexes",
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
    "take_back",
    "tidy",
    "upgrade",
    "version_folders",
]
