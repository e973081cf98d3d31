"""Create a database where there is none, and label one that nobody has labelled."""

from dbtasks import guard
from dbtasks.workflows.change.site import Site


def create_database(site: Site) -> bool:
    """Create the database, empty and labelled.

    Returns:
        False where it was there already.
    """
    if site.reading.exists():
        return False
    site.changing().create(guard.label_for(site.settings))
    return True


def adopt(site: Site) -> None:
    """Label a database that may be changed freely and that nobody has labelled: from now on the label says so."""
    if site.reading.label() is None and not guard.judge(site.settings, site.reading).protected:
        site.changing().set_label(guard.label_for(site.settings))


def note_branch(site: Site, branch: str) -> None:
    """Let the database say whose state it is in."""
    if site.reading.exists() and site.reading.branch() != branch:
        site.changing().set_branch(branch)
