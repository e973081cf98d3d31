"""Say which revision a database stands on, running nothing."""

from dataclasses import dataclass

from dbtasks.databases.protocol import Kept
from dbtasks.errors import MigrationError, shorten
from dbtasks.workflows import schema_match
from dbtasks.workflows.change import Site, Task, adopt, change_database, open_site
from dbtasks.workflows.checkout import keep_texts, read_history, resolve


@dataclass(frozen=True)
class Stamped:
    """What a stamp did: where the database stood and stands, and the former state."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    kept: Kept | None


def stamp(task: Task, revision: str, *, force: bool) -> Stamped:
    """Write alembic_version, and nothing else.

    Raises:
        MigrationError: the schema is not that revision's.
    """
    from dbtasks.project import session

    settings = task.settings
    target = resolve(settings, revision)
    with open_site(task) as site:
        before = site.reading.current()
        if not force:
            _require_match(site, target)

        changed = change_database(
            site, ["alembic_version is overwritten"], lambda aimed: session.stamp(aimed, target), compare=True
        )
        adopt(site)
        after = site.reading.current()
        keep_texts(settings, site.reading, site.emit, read_history(settings), after)
        return Stamped(before, after, changed.kept)


def _require_match(site: Site, target: str) -> None:
    """Hold the schema against that of a scratch database which went through the history.

    Raises:
        MigrationError: tables or columns differ.
    """
    found = schema_match.differences(site, target, site.settings)
    if found:
        raise MigrationError(
            f"The schema is not that of {target}: {len(found)} difference(s). Nothing was stamped.",
            checked=shorten(found, schema_match.MOST),
            hint=f"nox -s migrate   runs what is missing; if you know better: nox -s stamp -- {target} --force",
        )
