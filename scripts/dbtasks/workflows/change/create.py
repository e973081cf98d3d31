"""Create a database where there is none, and label one that nobody has labelled."""

from dbtasks import guard
from dbtasks.databases.protocol import Environment, Label
from dbtasks.errors import DatabaseError
from dbtasks.events import Warned
from dbtasks.local_state import production_label
from dbtasks.workflows.change.site import Site


def create_database(site: Site) -> bool:
    """Create the database, empty and labelled.

    Returns:
        False where it was there already.

    Raises:
        RefusedError: its name is that of a production database of which only copies are left.
    """
    if site.reading.exists():
        return False
    label = guard.label_for(site.settings)
    if label.environment != "production" and any(guard.is_of_production(kept) for kept in site.reading.kept()):
        site.permit()
    site.changing().create(label)
    if label.environment == "production":
        _note(site, label)
    return True


def adopt(site: Site) -> None:
    """Label a database that may be changed freely and that nobody has labelled: from now on the label says so."""
    if site.new_label is not None:
        site.changing().set_label(site.new_label)


def label_database(site: Site, environment: Environment) -> None:
    """Change the label, and nothing else.

    Raises:
        DatabaseError: there is no database.
        RefusedError: it is a production database that is to be something else, and its name was not typed.
    """
    place = site.reading.place
    if not site.reading.exists():
        raise DatabaseError(f"There is no database {place} to label.", hint="nox -s db_create")
    if environment != "production" and guard.judge(site.settings, site.reading).row == "a":
        guard.permit(site.settings, site.reading, f"{site.task.name} {environment}", site.task.typed)
    label = Label(environment, site.settings.project.name)
    site.changing().set_label(label)
    _note(site, label)


def _note(site: Site, label: Label) -> None:
    """Let the local state say what the label says."""
    try:
        if label.environment == "production":
            production_label.keep(site.settings, site.reading, label)
        else:
            production_label.forget(site.settings, site.reading)
    except OSError as error:
        site.emit(Warned(f"The label {label.environment} could not be noted on this machine: {error}"))


def note_branch(site: Site, branch: str) -> None:
    """Let the database say whose state it is in."""
    if site.reading.exists() and site.reading.branch() != branch:
        site.changing().set_branch(branch)
