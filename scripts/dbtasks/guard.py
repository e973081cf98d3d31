"""May this database be changed? Every task that could lose something asks here, and nowhere else.

One table decides, and its first row that fits. It asks the data and the live connection: a label that was
set on this very database, what the database holds, whose server answers. What a URL looks like decides
nothing, as a tunnel, an alias or a service file makes any server look like this machine.
"""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from dbtasks import console
from dbtasks.config import Settings
from dbtasks.databases.engines import open_database
from dbtasks.databases.protocol import Environment, Kept, Label, Reading
from dbtasks.errors import ConfigError, RefusedError
from dbtasks.local_state import production_label

if TYPE_CHECKING:
    from dbtasks.servers import Ownership

ENVIRONMENTS: tuple[Environment, ...] = ("development", "test", "production")
_VARIABLE = "DBTASKS_ENVIRONMENT"


@dataclass(frozen=True)
class Facts:
    """What the rows look at, each found out when the first row asks for it.

    Args:
        settings: of the task.
        database: the one that would be changed.
    """

    settings: Settings
    database: Reading

    @cached_property
    def exists(self) -> bool:
        """Is there such a database?"""
        return self.database.exists()

    @cached_property
    def holds_nothing(self) -> bool:
        """Could nothing be lost with it, because it is empty or not there?"""
        return not self.exists or self.database.is_empty()

    @cached_property
    def label(self) -> Label | None:
        """Its label; of a database that was dropped, the production label of a state that is kept of it."""
        if self.exists:
            return production_label.read_label(self.settings, self.database)
        return next((open_database(kept.url).label() for kept in self.kept if is_of_production(kept)), None)

    @cached_property
    def kept(self) -> Sequence[Kept]:
        """What could be brought back."""
        return self.database.kept()

    @cached_property
    def variable_protects(self) -> bool:
        """Does DBTASKS_ENVIRONMENT say production, where there is something to protect?"""
        return label_for(self.settings).environment == "production" and bool(self.exists or self.kept)

    @cached_property
    def ownership(self) -> "Ownership":
        """Is it in the container that this checkout runs, or a file in the project's folder?"""
        from dbtasks import servers

        if self.database.engine == "sqlite":
            root = self.settings.project.root.resolve()
            ours = self.database.url.path.resolve().is_relative_to(root)
            return servers.Ownership(ours, f"{'inside' if ours else 'outside'} the project's folder {root}")
        with self.database.aim() as aim:
            return servers.find_ownership(self.settings, aim.key)


RowName = Literal["a", "b", "c", "d", "e"]


@dataclass(frozen=True)
class Row:
    """One row of the table.

    Args:
        name: as the documentation calls it.
        fits: whether it decides.
        protected: what it decides.
        reason: the sentence, without its subject (the database's place) and its full stop.
    """

    name: RowName
    fits: Callable[[Facts], bool]
    protected: bool
    reason: Callable[[Facts], str]


@dataclass(frozen=True)
class Verdict:
    """What the table says of a database.

    Args:
        protected: may it be changed only by whoever types its name?
        row: that decided.
        reason: why, as a sentence without its full stop.
        way_on: what to type next; empty where nothing is protected.
    """

    protected: bool
    row: RowName
    reason: str
    way_on: str

    @property
    def adopts(self) -> bool:
        """Does the task that changes the database label it, with `label_for`, because it is free and has no label?"""
        return self.row in {"c", "d"}


def _is_production(facts: Facts) -> bool:
    return facts.variable_protects or (facts.label is not None and facts.label.environment == "production")


def _why_production(facts: Facts) -> str:
    if facts.variable_protects:
        return f"is protected by {_VARIABLE}=production"
    return "is labelled production" if facts.exists else "was dropped, and a state that is kept is labelled production"


def _why_labelled(facts: Facts) -> str:
    return f"is labelled {facts.label.environment if facts.label else ''}"


def _why_empty(facts: Facts) -> str:
    return "is empty and has no label" if facts.exists else "does not exist"


RULES: tuple[Row, ...] = (
    Row("a", _is_production, True, _why_production),
    Row("b", lambda facts: facts.label is not None, False, _why_labelled),
    Row("c", lambda facts: facts.holds_nothing, False, _why_empty),
    Row("d", lambda facts: facts.ownership.ours, False, lambda facts: f"has no label and is {facts.ownership.words}"),
    Row("e", lambda _: True, True, lambda facts: f"has content and no label, and is {facts.ownership.words}"),
)


def judge(settings: Settings, database: Reading) -> Verdict:
    """Ask the table.

    Raises:
        ConfigError: DBTASKS_ENVIRONMENT is none of the known environments.
        DatabaseError: the database cannot be asked.
    """
    facts = Facts(settings, database)
    row = next(row for row in RULES if row.fits(facts))
    return Verdict(row.protected, row.name, f"{database.place} {row.reason(facts)}", _way_on(row, database))


def permit(settings: Settings, database: Reading, action: str, typed: str = "") -> Verdict:
    """Let a task that could lose something go on, or refuse; a typed name opens this one action.

    Args:
        settings: of the task.
        database: the one that would be changed, overwritten, or lose a way back.
        action: what would be done, for the message.
        typed: the database's name as the user typed it in full (`--yes NAME`).

    Returns:
        The verdict; where it `adopts`, the task labels the database after it has succeeded.

    Raises:
        RefusedError: the database is protected, and its name was not typed.
    """
    verdict = judge(settings, database)
    if verdict.protected:
        _require_name(verdict, database, action, typed)
    return verdict


def permit_loss(settings: Settings, database: Reading, states: Sequence[Kept], action: str, typed: str = "") -> None:
    """Let copies be dropped, or refuse; one of a production database is protected whatever became of its name.

    Arguments and errors are those of `permit`; `states` are what is going to be dropped.
    """
    if any(is_of_production(state) for state in states) and judge(settings, database).row != "a":
        row = next(row for row in RULES if row.name == "a")
        reason = f"{database.place} has copies of a production database, which would go"
        _require_name(Verdict(True, "a", reason, _way_on(row, database)), database, action, typed)


def is_of_production(state: Kept) -> bool:
    """Is a copy one of a production database? Templates never are, and one of them may be damaged."""
    if state.about.kind == "template":
        return False
    label = open_database(state.url).label()
    return label is not None and label.environment == "production"


def _require_name(verdict: Verdict, database: Reading, action: str, typed: str) -> None:
    answer = typed or console.ask(f"{verdict.reason}. To {action} it all the same, type its name in full:")
    if answer != name_of(database):
        raise RefusedError(
            f"{action} refused: {verdict.reason}.",
            checked=[f"row {verdict.row} of the guard's table: nox -s db_label   shows it"],
            hint=verdict.way_on,
        )


def label_for(settings: Settings) -> Label:
    """The label that a database made or adopted under these settings gets.

    Raises:
        ConfigError: DBTASKS_ENVIRONMENT is none of the known environments.
    """
    wanted = settings.variable(_VARIABLE, "development")
    for environment in ENVIRONMENTS:
        if wanted == environment:
            return Label(environment, settings.project.name)
    raise ConfigError(f"{_VARIABLE} is {wanted!r}.", hint="Use one of: " + ", ".join(ENVIRONMENTS))


def name_of(database: Reading) -> str:
    """The name to type: the database's, or the SQLite file's without its folder."""
    return database.url.path.name if database.engine == "sqlite" else database.url.name


def _way_on(row: Row, database: Reading) -> str:
    if not row.protected:
        return ""
    key = f"--yes {shlex.quote(name_of(database))}"
    if row.name == "e":
        return f"nox -s db_label -- development   if what it holds may be lost; or, for this once, add  {key}"
    return f"If it is the right database, add  {key}"
