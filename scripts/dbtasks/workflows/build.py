"""Build the state that a reset ends in: migrated to head and seeded, in a draft beside the database.

The deepest state that was built before is cloned; only what is missing is run. What was run is kept.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from dbtasks.config import Settings
from dbtasks.copies.templates import Contents, Templates, contents_of
from dbtasks.databases.protocol import About, Draft, Kept
from dbtasks.events import Emit, Remark, RevisionsRun, Skipped
from dbtasks.workflows.change import Site
from dbtasks.workflows.seed import require_aim
from dbtasks.workflows.seed import seed as run_seeds


def build(site: Site, draft: Draft, *, seed: bool, cache: bool) -> Contents:
    """Fill a draft that is going to take the place of the site's database, from its templates or by a replay.

    Returns:
        What is in it.

    Raises:
        TaskError: a revision or the seeds failed; the draft's owner drops it.
    """
    settings, database, emit = site.settings, site.beside, site.emit
    seed = seed and bool(settings.project.seed_command)
    if not cache:
        _replay(settings, draft, emit)
        if seed:
            with require_aim(database, draft, settings.project.url_variable):
                run_seeds(settings.on_draft(draft.url), emit)
        return Contents(draft.current(), draft.rows())
    templates = Templates(database, settings, seed=seed, skipped=lambda sentence: emit(Skipped(sentence)))
    exact = templates.exact()
    if exact is not None and templates.use(
        exact, draft, lambda: _keep_texts(settings, draft, emit, exact.about.revisions)
    ):
        emit(Remark("Cloned the template of exactly this history" + (" and these seeds" if seed else "")))
        return contents_of(exact)
    from dbtasks.workflows.recorded_build import RecordedBuild  # a cached reset needs none of what it imports

    RecordedBuild(settings, draft, templates, emit, seed=seed).run()
    dropped = templates.trim()
    if dropped:
        emit(Remark(f"Dropped {dropped} template(s) beyond keep-templates in [tool.dbtasks]"))
    return Contents(draft.current(), draft.rows())


def template(site: Site) -> Kept:
    """The kept template of the migrated and seeded state, built now if it is not there.

    Raises:
        TaskError: a revision or the seeds failed.
    """
    settings, database = site.settings, site.beside
    seed = bool(settings.project.seed_command)
    found = Templates(database, settings, seed=seed).exact()
    if found is not None:
        return found
    with database.draft() as draft:
        build(site, draft, seed=seed, cache=True)
        made = Templates(database, settings, seed=seed).exact()
        # A state that depends on what nobody has seen is kept for this once, and nothing finds it again.
        return made or database.keep(draft, About("template", "tests", datetime.now(UTC), draft.current()))


def _keep_texts(settings: Settings, draft: Draft, emit: Emit, revisions: Sequence[str]) -> None:
    from dbtasks.workflows.checkout import keep_texts, read_history

    keep_texts(settings, draft, emit, read_history(settings), revisions)


def _replay(settings: Settings, draft: Draft, emit: Emit) -> None:
    from dbtasks.workflows.checkout import read_history
    from dbtasks.workflows.migrate import bring_to_head

    draft.create()
    aimed = settings.on_draft(draft.url)
    read_history(aimed).require_one_head()
    count = bring_to_head(aimed, emit)
    emit(RevisionsRun(count))
