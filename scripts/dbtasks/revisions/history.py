"""The history of a checkout as the worker read it: its graph, and what a database has of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from dbtasks.errors import MigrationError
from dbtasks.project.messages.values import Revision


@dataclass(frozen=True)
class History:
    """Every revision of a checkout, children before parents, as Alembic walks them."""

    revisions: tuple[Revision, ...] = ()

    def __iter__(self) -> Iterator[Revision]:
        return iter(self.revisions)

    def __len__(self) -> int:
        return len(self.revisions)

    def __contains__(self, revision: str) -> bool:
        return revision in self.by_id

    def __getitem__(self, revision: str) -> Revision:
        return self.by_id[revision]

    @cached_property
    def by_id(self) -> dict[str, Revision]:
        """The revisions by their ids, children before parents."""
        return {revision.id: revision for revision in self.revisions}

    @cached_property
    def parents(self) -> Mapping[str, tuple[str, ...]]:
        """What each revision is built on, children before parents."""
        return {revision.id: revision.parents for revision in self.revisions}

    @property
    def heads(self) -> tuple[str, ...]:
        """The revisions that nothing is built on, sorted."""
        return tuple(sorted(revision.id for revision in self.revisions if revision.is_head))

    @property
    def order(self) -> tuple[Revision, ...]:
        """The revisions in an order in which they can be applied."""
        return self.revisions[::-1]

    def ancestors(self, revisions: Sequence[str]) -> set[str]:
        """These revisions and everything below them; those that the history lacks are left out."""
        return ancestors(self.parents, revisions)

    def unknown(self, current: Sequence[str]) -> tuple[str, ...]:
        """Those of the revisions that this checkout does not have."""
        return tuple(revision for revision in current if revision not in self)

    def pending(self, current: Sequence[str]) -> list[Revision]:
        """The revisions that a database still lacks, in the order to apply them.

        Raises:
            MigrationError: the database stands on a revision that is not in this checkout.
        """
        unknown = self.unknown(current)
        if unknown:
            raise MigrationError(
                f"The database stands on revision {', '.join(unknown)}, which this checkout does not have.",
                checked=[f"{len(self)} revisions in the history; the revision is probably another branch's"],
                hint="Switch back to that branch and downgrade there, or: nox -s db_reset",
            )
        applied = self.ancestors(current)
        return [revision for revision in self.order if revision.id not in applied]

    def require_one_head(self) -> None:
        """Refuse to guess where several heads are.

        Raises:
            MigrationError: naming the heads and how to merge them.
        """
        if len(self.heads) > 1:
            raise MigrationError(
                f"The history has {len(self.heads)} heads: {', '.join(self.heads)}.",
                hint='nox -s merge -- "what the two have in common"',
            )


def ancestors(parents: Mapping[str, Sequence[str]], start: Sequence[str]) -> set[str]:
    """These nodes of a graph and everything below them; those without an entry in `parents` are left out."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        node = waiting.pop()
        if node in parents and node not in found:
            found.add(node)
            waiting.extend(parents[node])
    return found
