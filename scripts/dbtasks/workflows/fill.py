"""Fill the project's database with its seeds."""

from collections.abc import Sequence

from dbtasks.databases.protocol import Kept
from dbtasks.errors import DatabaseError
from dbtasks.workflows.change import Site, Task, adopt, change_database, open_site
from dbtasks.workflows.seed import seed as run_seeds

LOSSES = ("the seeds may overwrite rows that were edited",)


def seed(task: Task, arguments: Sequence[str]) -> tuple[bool, Kept | None]:
    """Run the seed command.

    Returns:
        False where the project has no seeds, and the former state where anything changed.

    Raises:
        DatabaseError: there is no database.
        ProcessError: the seed command failed.
    """
    with open_site(task) as site:
        if not site.reading.exists():
            raise DatabaseError(f"There is no database {site.reading.place} to seed.", hint="nox -s setup")
        return fill(site, arguments)


def fill(site: Site, arguments: Sequence[str] = ()) -> tuple[bool, Kept | None]:
    """The same, for a task that has the database open."""
    losses = LOSSES if site.settings.project.seed_command else ()
    changed = change_database(site, losses, lambda aimed: run_seeds(aimed, site.emit, arguments), compare=True)
    adopt(site)
    return changed.done, changed.kept
