"""Bring a database that another branch has changed back to this checkout's history, rows kept."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dbtasks.config import Settings
from dbtasks.databases.engines import open_database
from dbtasks.databases.protocol import Reading
from dbtasks.errors import MigrationError
from dbtasks.events import Remark, RowsLost
from dbtasks.workflows.change import Site
from dbtasks.workflows.migrate import bring_to_head, change_by_revisions, take_back_foreign
from dbtasks.workflows.summary import Migrated

if TYPE_CHECKING:
    from dbtasks.revisions.divergence import Standing


def reconcile(site: Site, standing: "Standing", target: str) -> Migrated:
    """Take back what this checkout lacks, with its archived text, and upgrade from there.

    All of it happens on a copy, which takes the database's name only if everything worked.

    Raises:
        MigrationError: the way back is not known or failed; nothing was changed.
        RefusedError: the guard does not let this database be changed.
    """
    site.permit()
    if standing.lost or standing.one_way:
        raise MigrationError(_sentence(standing), checked=[_reason(standing)], hint=standing.way_on())
    site.emit(Remark(f"{standing.sentence()}: taking {', '.join(standing.foreign)} back to {standing.ancestor}"))
    rows, values = site.reading.rows(), site.reading.values()

    def work(aimed: Settings) -> tuple[int, int]:
        try:
            down = take_back_foreign(aimed, site.emit, standing)
            left = open_database(aimed.url)
            tables, columns = _lost(rows, left), _emptied(values, left)
            if tables or columns:
                site.emit(RowsLost(tables, columns))
            return down, bring_to_head(aimed, site.emit, target)
        except MigrationError as error:
            raise _failed(error, standing) from error

    changed = change_by_revisions(site, [f"what {', '.join(standing.foreign)} made"], work)
    down, up = changed.done
    return Migrated(site.reading.place, site.reading.current(), down, up, changed.kept)


def _lost(before: Mapping[str, int], draft: Reading) -> dict[str, int]:
    """The tables with rows that are gone, or that have fewer rows than before."""
    after = draft.rows()
    missing = {table: count - after.get(table, 0) for table, count in before.items()}
    return {table: count for table, count in missing.items() if count > 0}


def _emptied(before: Mapping[str, Mapping[str, int]], draft: Reading) -> dict[str, int]:
    """The columns with values that are gone from tables that are still there."""
    after = draft.values()
    return {
        f"{table}.{column}": count
        for table, columns in before.items()
        for column, count in columns.items()
        if table in after and column not in after[table] and count
    }


def _failed(error: MigrationError, standing: "Standing") -> MigrationError:
    from dbtasks.project.failures import StepError

    place = [error.place, error.checked[-1]] if isinstance(error, StepError) else list(error.checked)
    return MigrationError(
        f"{_sentence(standing)} {error.message}",
        checked=place,
        hint="Switch back to the branch that has it, or: nox -s db_reset (nox -s db_undo takes that back)",
    )


def _sentence(standing: "Standing") -> str:
    return f"{standing.sentence()}."


def _reason(standing: "Standing") -> str:
    if standing.lost:
        return f"the archive of applied revisions has no text of {', '.join(standing.lost)}"
    return f"{', '.join(standing.one_way)} has no downgrade() that does anything"
