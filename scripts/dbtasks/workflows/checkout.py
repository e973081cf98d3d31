"""What this checkout says of the history, and how a database relates to it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dbtasks.config import Settings
from dbtasks.databases.protocol import Reading
from dbtasks.errors import MigrationError
from dbtasks.events import Emit, Warned
from dbtasks.local_state import applied_texts
from dbtasks.revisions import divergence
from dbtasks.revisions.archive import Archive
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


def compare(settings: Settings, database: Reading, current: Sequence[str]) -> Standing:
    """Hold a database against the checkout.

    Args:
        settings: whose checkout.
        database: the project's, or a draft.
        current: where it stands.

    Raises:
        MigrationError: the history of the checkout cannot be read.
    """
    return divergence.compare(read_history(settings), archive_of(settings, database), current)


def archive_of(settings: Settings, database: Reading) -> Archive:
    """The archive of applied texts, as it counts for a database."""
    return Archive(settings.project, applied_texts.owner_of(database))


def require_fit(standing: Standing) -> None:
    """Refuse to go on where a database has what this checkout lacks.

    Raises:
        MigrationError: it has.
    """
    if not standing.fits:
        raise MigrationError(f"{standing.sentence()}.", hint=standing.way_on())


def keep_found(settings: Settings, database: Reading, emit: Emit, standing: Standing) -> None:
    """Archive and note what was found applied, by whatever tool, and warn where that cannot be done.

    Where nothing is known the checkout's text counts as applied; from now on, whatever becomes of the checkout's.
    """
    archive = archive_of(settings, database)
    with _warning(emit):
        for name, step in standing.past.items():
            if not archive.knows(name):
                archive.keep_text(name, archive.texts(name)[0].file if name in standing.changed else step.file)


def keep_texts(settings: Settings, database: Reading, emit: Emit, history: History, current: Sequence[str]) -> None:
    """Archive and note the checkout's texts, which are what was applied, and warn where that cannot be done."""
    archive = archive_of(settings, database)
    with _warning(emit):
        for name in history.ancestors(current):
            archive.keep_text(name, history[name].file)


@contextmanager
def _warning(emit: Emit) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        emit(Warned(f"The sources of revisions cannot be archived: {error}"))
