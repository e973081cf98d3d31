"""What this checkout says of the history, and how a database relates to it."""

from collections.abc import Sequence

from dbtasks.config import Settings
from dbtasks.errors import MigrationError
from dbtasks.events import Emit, Warned
from dbtasks.revisions import divergence
from dbtasks.revisions.archive import Archive, keep_applied
from dbtasks.revisions.divergence import Standing
from dbtasks.revisions.history import History


def read_history(settings: Settings) -> History:
    """The history of the checkout.

    Raises:
        MigrationError: a file of the history cannot be loaded, or the graph is broken.
    """
    from dbtasks.project import session

    return History(session.read_history(settings))


def resolve(settings: Settings, target: str) -> str:
    """The full id of a revision named by its beginning, by `head`, or by `base`.

    Raises:
        MigrationError: `head` is wanted and there are several.
        UsageError: there is no such revision, or more than one.
    """
    from dbtasks.project import session

    if target == "head":
        read_history(settings).require_one_head()
    return session.resolve(settings, target)


def compare(settings: Settings, current: Sequence[str]) -> Standing:
    """Hold a database against the checkout; only files are read.

    Raises:
        MigrationError: the history of the checkout cannot be read.
    """
    return divergence.compare(read_history(settings), Archive(settings.project), current)


def require_fit(standing: Standing) -> None:
    """Refuse to go on where a database has what this checkout lacks.

    Raises:
        MigrationError: it has.
    """
    if not standing.fits:
        raise MigrationError(f"{standing.sentence()}.", hint=standing.way_on())


def keep_texts(
    settings: Settings, emit: Emit, history: History, current: Sequence[str], *, again: bool = False
) -> None:
    """Archive the texts of what is applied, as `keep_applied` does, and warn where that cannot be done."""
    try:
        keep_applied(Archive(settings.project), history, current, again=again)
    except OSError as error:
        emit(Warned(f"The sources of revisions cannot be archived: {error}"))
