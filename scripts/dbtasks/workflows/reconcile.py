"""Bring a database that another branch has changed back to this checkout's history, rows kept."""

from typing import TYPE_CHECKING

from dbtasks import console, guard
from dbtasks.config import Settings
from dbtasks.copies import undo
from dbtasks.databases import Database, Kept
from dbtasks.errors import MigrationError
from dbtasks.workflows import migrate

if TYPE_CHECKING:
    from dbtasks.project.session import Standing


def rejoin(settings: Settings, database: Database, standing: "Standing", target: str) -> tuple[int, int, Kept | None]:
    """Take back what this checkout lacks, with its archived text, and upgrade from there; the lock is held.

    All of it happens on a copy, which takes the database's name only if everything worked.

    Args:
        settings: naming the database.
        database: the one to change.
        standing: how it and the checkout disagree.
        target: where to go in the end.

    Returns:
        How many revisions went down and up, and the former state.

    Raises:
        MigrationError: it is not ours to change, or the way back is not known or failed; nothing was changed.
    """
    from dbtasks.project import session

    _require_freedom(settings, database, standing)
    if standing.lost or standing.one_way:
        raise MigrationError(_sentence(standing), checked=[_reason(standing)], hint=standing.way_on())
    console.note(f"{standing.sentence()}: taking {', '.join(standing.foreign)} back to {standing.ancestor}", style="")
    label = database.label() or guard.label_for(settings)
    database.tidy()
    with database.draft() as draft:
        database.clone_to(draft)
        aimed = settings.on(draft.url)
        try:
            with migrate.shown() as report:
                down = session.take_back(aimed, standing, report, console.note)
                up = session.upgrade(aimed, target, report, console.note)
        except MigrationError as error:
            raise _failed(error, standing) from error
        draft.set_label(label)
        kept = database.swap(draft, undo.about(database, "migrate"))
    undo.trim(database, settings)
    return len(down), len(up), kept


def _require_freedom(settings: Settings, database: Database, standing: "Standing") -> None:
    verdict = guard.judge(settings, database)
    if verdict.protected:
        raise MigrationError(
            _sentence(standing),
            checked=[f"it was left as it is: {verdict.reason}"],
            hint="Run migrate from the checkout that has the revision; for a database of your own: nox -s db_reset",
        )


def _failed(error: MigrationError, standing: "Standing") -> MigrationError:
    from dbtasks.project import session

    place = [error.place] if isinstance(error, session.StepError) else list(error.checked)
    return MigrationError(
        f"{_sentence(standing)} {error.message}",
        checked=[*place, "nothing was changed: this was tried on a copy"],
        hint="Switch back to the branch that has it, or: nox -s db_reset (nox -s db_undo takes that back)",
    )


def _sentence(standing: "Standing") -> str:
    return f"{standing.sentence()}."


def _reason(standing: "Standing") -> str:
    if standing.lost:
        return f"the archive of applied revisions has no text of {', '.join(standing.lost)}"
    return f"{', '.join(standing.one_way)} has no downgrade() that does anything"
