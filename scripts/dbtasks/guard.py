"""May this database be changed? Every destructive task asks here, and nowhere else.

The answer is in the data first: the label that a database carries, which a restored dump does not
bring along and a URL cannot disguise. Where there is no label, the host decides.
"""

from argparse import ArgumentParser

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.databases import Database, Environment, Label
from dbtasks.errors import ConfigError, RefusedError

_ENVIRONMENTS: tuple[Environment, ...] = ("development", "test", "production")
_VARIABLE = "DBTASKS_ENVIRONMENT"


def label_for(settings: Settings) -> Label:
    """The label that a database made by these settings gets.

    Raises:
        ConfigError: DBTASKS_ENVIRONMENT is none of the known environments.
    """
    wanted = settings.variable(_VARIABLE, "development")
    for environment in _ENVIRONMENTS:
        if wanted == environment:
            return Label(environment, settings.project.name)
    raise ConfigError(f"{_VARIABLE} is {wanted!r}.", hint="Use one of: " + ", ".join(_ENVIRONMENTS))


def protection(database: Database) -> str:
    """Why the database must not be destroyed, as a sentence; empty when it may be."""
    label = database.label()
    if label is not None and label.environment == "production":
        return f"{database.place} is labelled production"
    if label is None and not database.url.is_local():
        return f"{database.place} is on another host and is not labelled as a development database"
    return ""


def add_option(parser: ArgumentParser) -> None:
    """Let a command take the name of a protected database, the only key there is."""
    parser.add_argument("--yes", metavar="NAME", default="", help="the name of a protected database, typed in full")


def permit(database: Database, task: str, typed: str = "") -> None:
    """Let a destructive task go on, or refuse.

    Args:
        database: the one that would be dropped, reset, downgraded to base or overwritten.
        task: the task's name, for the message.
        typed: the database's name as the user typed it in full (`--yes NAME`), the only key there is.

    Raises:
        RefusedError: the database is protected, and its name was not typed.
    """
    if not database.exists():
        return
    reason = protection(database)
    if not reason:
        return
    name = name_of(database)
    answer = typed or console.ask(f"{reason}. To {task} it all the same, type its name in full:")
    if answer != name:
        raise RefusedError(
            f"{task} refused: {reason}.",
            checked=["the label in the database", "the host in the URL"],
            hint=f"If it is the right one, add  --yes {name}   If it is not: nox -s db_status",
        )


def name_of(database: Database) -> str:
    """The name to type: the database's, or the SQLite file's without its folder."""
    return database.url.path.name if database.engine == "sqlite" else database.url.name
