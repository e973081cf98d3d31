"""Alembic's history: the only package that imports alembic.

Import it in the branch that needs it: alembic and SQLAlchemy cost a third of a second, and a cached
reset needs neither.
"""

from dbtasks.project.models import Missing, missing
from dbtasks.project.worker.compare.differences import Difference, difference
from dbtasks.project.worker.compare.schema_names import differences
from dbtasks.project.worker.generate.file_text import as_data_migration
from dbtasks.project.worker.generate.files import Renames, blank, merge, revise
from dbtasks.project.worker.generate.proof import Review, prove, require_loadable, review, tidy
from dbtasks.project.worker.generate.renames import Rename
from dbtasks.project.worker.generate.renames import parse as parse_rename
from dbtasks.project.worker.history import (
    Revision,
    ancestors,
    heads,
    history,
    pending,
    require_one_head,
    resolve,
    script_folder,
)
from dbtasks.project.worker.run.archived_downgrade import archive_applied, take_back
from dbtasks.project.worker.run.environment import Step
from dbtasks.project.worker.run.failures import StepError
from dbtasks.project.worker.run.invalid_indexes import InvalidIndex, drop_invalid_of, invalid_indexes
from dbtasks.project.worker.run.steps import Report, downgrade, sql, stamp, upgrade
from dbtasks.project.worker.scripts import version_folders
from dbtasks.revisions.authors import Origin, origins
from dbtasks.revisions.divergence import Standing, compare
from dbtasks.revisions.graph import draw, fork
from dbtasks.revisions.merge_preview import Crossing, crossing
from dbtasks.revisions.message import require_saying
from dbtasks.revisions.source import destroyed
from dbtasks.revisions.unknown import foreign

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
