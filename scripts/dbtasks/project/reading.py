"""The history of the checkout, asked of the worker."""

from dbtasks.config import Settings
from dbtasks.project.worker import history as worker
from dbtasks.revisions.history import History


def history(settings: Settings) -> History:
    """The history of the checkout.

    Raises:
        MigrationError: a file of the history cannot be loaded, or the graph is broken.
    """
    return History(worker.read(settings))
