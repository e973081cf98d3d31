"""Bring a database that another branch has changed back to this checkout's history, rows kept."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dbtasks import guard
from dbtasks.databases.protocol import Draft, Reading
from dbtasks.errors import MigrationError
from dbtasks.events import Remark, RowsLost
from dbtasks.workflows.change import Site, replace_database
from dbtasks.workflows.migrate import bring_to_head, take_back_foreign
from dbtasks.workflows.migrated import Migrated

if TYPE_CHECKING:
    from dbtasks.revisions.divergence import Standing


def reconcile(site: Site, standing: "Standing", target: str) -> Migrated:
    """Take back what this checkout lacks, with its archived text, and upgrade from there.

    All of it happens on a copy, which takes the database's name only if everything worked.

    Args:
        site: open for the task.
        standing: how the database and the checkout disagree.
        target: where to go in the end.

    Raises:
        MigrationError: it is not ours to change, or the way back is not known or failed; nothing was changed.
    """
    _require_free(site, standing)
    if standing.lost or standing.one_way:
        raise MigrationError(_sentence(standing), checked=[_reason(standing)], hint=standing.way_on())
    site.emit(Remark(f"{standing.sentence()}: taking {', '.join(standing.foreign)} back to {standing.ancestor}"))
    before = site.reading.rows()
    site.tell_of_sessions()

    def build(draft: Draft) -> tuple[int, int]:
        draft.clone(site.reading)
        try:
            return _down_and_up(site, draft, standing, target, before)
        except MigrationError as error:
            raise _failed(error, standing) from error

    replaced = replace_database(site, build)
    down, up = replaced.built
    return Migrated(site.reading.place, site.reading.current(), down, up, replaced.kept)


def _down_and_up(
    site: Site, draft: Draft, standing: "Standing", target: str, before: Mapping[str, int]
) -> tuple[int, int]:
    aimed = site.settings.on_draft(draft.url)
    down = take_back_foreign(aimed, site.emit, standing)
    lost = _lost(before, draft)
    if lost:
        site.emit(RowsLost(lost))
    return down, bring_to_head(aimed, site.emit, "heads" if "," in target else target)


def _lost(before: Mapping[str, int], draft: Reading) -> dict[str, int]:
    """The tables with rows that are gone, or that have fewer rows than before."""
    after = draft.rows()
    missing = {table: count - after.get(table, 0) for table, count in before.items()}
    return {table: count for table, count in missing.items() if count > 0}


def _require_free(site: Site, standing: "Standing") -> None:
    verdict = guard.judge(site.settings, site.reading)
    if verdict.protected:
        raise MigrationError(
            _sentence(standing),
            checked=[f"it was left as it is: {verdict.reason}"],
            hint="Run migrate from the checkout that has the revision; for a database of your own: nox -s db_reset",
        )


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
