"""What happens between tasks, and how a rule runs one."""

import functools
import json
import secrets
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.state_machine.content import Content
from tests.state_machine.features import is_built
from tests.state_machine.verdict import NOTHING_ELSE, Meanwhile, Plan, require, require_no_traceback
from tests.state_machine.world import Effect, World

LOOKS = (
    ("status",),
    ("status", "--json"),
    ("current",),
    ("heads",),
    ("history",),
    ("check",),
    ("serve",),
    ("shell", "-c", "SELECT 1"),
    ("snapshots",),
    ("undo", "--list"),
)


Rule = Callable[..., None]


def step(**strategies: st.SearchStrategy[Any]) -> Callable[[Rule], Rule]:
    """A rule whose failure is remembered instead of raised.

    Hypothesis would repeat a sequence that fails, and find that kills never fall on the same instant.
    """

    def decorate(function: Rule) -> Rule:
        @functools.wraps(function)
        def guarded(self: "Events", **drawn: Any) -> None:
            if type(self).failure is not None:
                return
            told = ", ".join(f"{name}={value}" for name, value in drawn.items())
            self.world.driver.hand(f"# {function.__name__}({told})")
            try:
                function(self, **drawn)
            except Exception as error:  # noqa: BLE001 (whatever it is, it is raised at the end of the run)
                type(self).failure = error

        made: Callable[[Rule], Rule] = rule(**strategies)  # type: ignore[call-overload]  # it has other keywords too
        return made(guarded)

    return decorate


class Events(RuleBasedStateMachine):
    """Events between tasks, and what the rules of tasks share."""

    engine: ClassVar[str]
    server: ClassVar[Mapping[str, Any]]
    counts: ClassVar[Counter[str]]
    own_server: ClassVar[bool]
    failure: ClassVar[Exception | None] = None
    script: ClassVar[list[str]] = []
    world: World

    def __init__(self) -> None:
        super().__init__()
        folder = Path(tempfile.mkdtemp(prefix="dbtasks-machine-"))
        self.world = World(folder, self.engine, self.server, f"shop_{secrets.token_hex(4)}", self.counts)
        if self.failure is None:
            type(self).script = self.world.driver.script

    def teardown(self) -> None:
        self.world.close()

    def run(
        self, rule_: str, words: Sequence[str], meanwhile: Meanwhile, plan: Plan, effect: Effect | None = None
    ) -> None:
        """Run a task; a failure brings the script that repeats the sequence."""
        meanwhile = self.possible(meanwhile, plan)
        if meanwhile.how == "writer" and effect is None and plan.ends == {self.world.place.read().hash}:
            meanwhile = NOTHING_ELSE  # whether a task that changes nothing keeps a copy, the writer would decide
        self.counts[rule_] += 1
        self.counts[f"  {meanwhile.how}"] += 1
        self.world.act(words, meanwhile, plan, effect)

    def possible(self, meanwhile: Meanwhile, plan: Plan) -> Meanwhile:
        """What can happen here."""
        how = meanwhile.how
        if how == "protected" and self.world.place.read().is_empty:
            return NOTHING_ELSE  # there is nothing to protect
        if how == "full" and self.world.place.engine != "sqlite":
            return NOTHING_ELSE  # a server's disk is not ours to fill
        if how == "crash" and not (self.own_server and self.world.place.engine == "postgres"):
            return NOTHING_ELSE
        if how == "writer" and plan.in_place and not is_built("writer_in_place"):
            return NOTHING_ELSE
        return meanwhile

    def marked(self) -> Content:
        """The database in use, unlike any other by a row that was written by hand."""
        self.world.mark()
        return self.world.place.read()

    @step(back=st.sampled_from((0, 3600, 400 * 24 * 3600)))
    def set_clock_back(self, back: int) -> None:
        self.counts["event: clock"] += 1
        self.world.driver.clock_back = back

    @step(number=st.integers(0, 3))
    def spell_differently(self, number: int) -> None:
        self.counts["event: spelling"] += 1
        self.world.spell(number)

    @step(branch=st.sampled_from(("main", "feature")))
    def switch_git(self, branch: str) -> None:
        self.counts["event: git switch"] += 1
        self.world.switch_git(branch)

    @step(number=st.integers(1, 9))
    def edit_a_row(self, number: int) -> None:
        if "book" in self.world.place.read().tables:
            self.counts["event: row"] += 1
            self.world.execute(self.world.place, f"UPDATE book SET title = 'edited {number}' WHERE id = 1")

    @step(number=st.integers(1, 3))
    def edit_the_schema(self, number: int) -> None:
        content = self.world.place.read()
        if content.present and f"hand_{number}" not in content.tables:
            self.counts["event: schema"] += 1
            self.world.execute(self.world.place, f"CREATE TABLE hand_{number} (id INTEGER PRIMARY KEY)")

    @step(several=st.lists(st.sampled_from(LOOKS), min_size=3, max_size=3, unique=True))
    def look(self, several: list[tuple[str, ...]]) -> None:
        old = self.world.place.read()
        for words in several:
            self.counts[f"look: {words[0]}"] += 1
            done = self.world.driver.run(*words)
            require_no_traceback(done)
            require(self.world.place.read().hash == old.hash, "looking changed the database", done)
        self.world.check()

    def listed(self) -> list[int]:
        """The numbers of `db_undo --list`, the oldest first."""
        done = self.world.driver.run("undo", "--list", "--json")
        require(done.code == 0, "the list has to work", done)
        document = done.text[done.text.index("\n[" if not done.text.startswith("[") else "[") :].lstrip()
        return sorted(state["number"] for state in json.JSONDecoder().raw_decode(document)[0])  # a decoy is warned of
