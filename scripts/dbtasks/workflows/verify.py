"""Does a cached reset give what a replay gives? Both are built beside the database, which stays as it is."""

from typing import Literal

from dbtasks.copies.templates import Templates
from dbtasks.events import Skipped
from dbtasks.workflows.build import build
from dbtasks.workflows.change import Site, Task, open_site

Verdict = Literal["same", "stale", "never the same"]


def verify(task: Task, *, seed: bool) -> Verdict:
    """Build by the templates and by a replay, and compare the content; templates that lie are dropped.

    Returns:
        "never the same" where two replays differ as well: times and random values can be no part of a comparison.

    Raises:
        TaskError: a revision or the seeds failed.
    """
    with open_site(task, ask=False) as site:
        replayed = _built(site, seed=seed, cache=False)
        if _built(site, seed=seed, cache=True) == replayed:
            return "same"
        if _built(site, seed=seed, cache=False) != replayed:
            return "never the same"
        templates = Templates(
            site.beside, site.settings, seed=seed, skipped=lambda sentence: site.emit(Skipped(sentence))
        )
        templates.drop_all()  # a state on the way may be what is wrong
        return "stale"


def _built(site: Site, *, seed: bool, cache: bool) -> str:
    with site.draft() as draft:
        build(site, draft, seed=seed, cache=cache)
        return draft.content()
