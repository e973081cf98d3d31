"""Random sequences of every task, with events between and during them; what has to hold is in `world` and `model`."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from tests.state_machine import example, plans
from tests.state_machine.content import Content
from tests.state_machine.events import step
from tests.state_machine.tasks import Tasks
from tests.state_machine.verdict import NOTHING_ELSE, How, Meanwhile, Plan, require

HOWS: tuple[How, ...] = ("plain", "plain", "plain", "kill", "kill", "interrupt", "writer", "full", "protected", "crash")
NAMES = ("one", "two words")

meanwhile_ = st.builds(Meanwhile, st.sampled_from(HOWS), st.integers(0, 110).map(lambda percent: percent / 100))
place_ = st.integers(0, 20)
name_ = st.sampled_from(NAMES)


class Machine(Tasks):
    """The rules that run a command which changes something; a sequence is one project with its databases."""

    @initialize(limit=st.sampled_from((example.KEEP_UNDO, 2, 1)))
    def limit(self, limit: int) -> None:
        """Some projects keep few former states."""
        self.world.keep_at_most(limit)

    @step(meanwhile=meanwhile_)
    def begin(self, meanwhile: Meanwhile) -> None:
        """Most sequences begin with a database, as most days do."""
        if not self.world.place.read().present:
            self.run("reset", ("reset",), meanwhile, plans.reset(self.world, seed=True))

    @step(meanwhile=meanwhile_, seed=st.booleans(), cache=st.booleans())
    def reset(self, meanwhile: Meanwhile, seed: bool, cache: bool) -> None:
        words = ("reset", *(() if seed else ("--no-seed",)), *(() if cache else ("--no-cache",)))
        self.world.mark()
        self.run("reset", words, meanwhile, plans.reset(self.world, seed=seed))

    @step(meanwhile=meanwhile_)
    def create(self, meanwhile: Meanwhile) -> None:
        self.run("create", ("create",), without_guard(meanwhile), plans.create(self.world, self.marked()))

    @step(meanwhile=meanwhile_)
    def drop(self, meanwhile: Meanwhile) -> None:
        self.run("drop", ("drop",), meanwhile, plans.drop(self.world, self.marked()))

    @step(meanwhile=meanwhile_)
    def migrate(self, meanwhile: Meanwhile) -> None:
        self.run("migrate", ("migrate",), without_guard(meanwhile), plans.migrate(self.world, self.marked()))

    @step(meanwhile=meanwhile_, to=st.sampled_from(("-1", "-1", "base")))
    def downgrade(self, meanwhile: Meanwhile, to: str) -> None:
        self.run("downgrade", ("downgrade", to), meanwhile, plans.downgrade(self.world, self.marked(), to))

    @step(meanwhile=meanwhile_)
    def replay(self, meanwhile: Meanwhile) -> None:
        self.run("replay", ("replay",), meanwhile, plans.replay(self.world, self.marked()))

    @step(meanwhile=meanwhile_)
    def seed(self, meanwhile: Meanwhile) -> None:
        self.run("seed", ("seed",), meanwhile, plans.seed(self.world, self.marked()))

    @step(meanwhile=meanwhile_)
    def setup(self, meanwhile: Meanwhile) -> None:
        self.run("setup", ("setup",), without_guard(meanwhile), plans.setup(self.world, self.marked()))

    @step(meanwhile=meanwhile_)
    def stamp(self, meanwhile: Meanwhile) -> None:
        self.run("stamp", ("stamp", "head", "--force"), meanwhile, plans.stamp(self.world, self.marked()))

    @step(meanwhile=meanwhile_)
    def undo(self, meanwhile: Meanwhile) -> None:
        self._take(self.world.model.undo, ("undo",), meanwhile)

    @step(meanwhile=meanwhile_)
    def redo(self, meanwhile: Meanwhile) -> None:
        self._take(self.world.model.redo, ("undo", "--redo"), meanwhile)

    @step(meanwhile=meanwhile_, place=place_)
    def undo_by_number(self, meanwhile: Meanwhile, place: int) -> None:
        model = self.world.model
        listed = self.listed()
        require(len(listed) == len(model.order), f"{len(model.order)} states have to be listed", self.world.driver.last)
        if not listed:
            return
        place %= len(listed)
        target = model.order[place]

        def effect(old: Content, now: Content) -> None:
            if now.hash == target.hash:
                model.went_to(place, old)

        self.run("undo N", ("undo", str(listed[place])), meanwhile, plans.exactly(target), effect)

    @step(meanwhile=meanwhile_, name=name_)
    def snapshot(self, meanwhile: Meanwhile, name: str) -> None:
        self._snapshot(meanwhile, name)

    def _snapshot(self, meanwhile: Meanwhile, name: str) -> None:
        old = self.marked()

        def effect(_old: Content, _now: Content) -> None:
            if old.present and old.hash in self.world.stored():
                self.world.model.snapshots[name] = old

        plan = plans.exactly(old) if old.present else Plan()
        self.run("snapshot", ("snapshot", name, "--replace"), without_guard(meanwhile), plan, effect)

    def have_a_snapshot(self) -> None:
        """Take one, where there is a database and none of it."""
        if self.world.place.read().present and not self.world.model.snapshots:
            self._snapshot(NOTHING_ELSE, NAMES[0])

    @step(meanwhile=meanwhile_, place=place_, migrated=st.booleans())
    def restore(self, meanwhile: Meanwhile, place: int, migrated: bool) -> None:
        self.have_a_snapshot()
        names = sorted(self.world.model.snapshots)
        if not names:
            return
        name = names[place % len(names)]
        self.world.mark()
        words = ("restore", name, *(() if migrated else ("--no-migrate",)))
        self.run("restore", words, meanwhile, plans.restore(self.world, name, migrated=migrated))

    @step(name=name_, what=st.sampled_from(("delete", "rename", "copy")))
    def snapshots(self, name: str, what: str) -> None:
        self.have_a_snapshot()
        if self.world.model.snapshots:
            self.change_a_snapshot(name, what)

    @step(meanwhile=meanwhile_, undo=st.sampled_from((False, False, False, True)))
    def prune(self, meanwhile: Meanwhile, undo: bool) -> None:
        self.give_up(meanwhile, undo=undo)

    @step(meanwhile=meanwhile_, copy=st.booleans())
    def switch(self, meanwhile: Meanwhile, copy: bool) -> None:
        self.switch_to_the_other(meanwhile, copy=copy)

    @step(meanwhile=meanwhile_)
    def switch_branch(self, meanwhile: Meanwhile) -> None:
        self.enter_the_branch(meanwhile)

    @step(meanwhile=meanwhile_)
    def label(self, meanwhile: Meanwhile) -> None:
        self.label_production(meanwhile)

    @step(meanwhile=meanwhile_)
    def revision(self, meanwhile: Meanwhile) -> None:
        self.write_a_file(("revision", "add something new", "--kind", "empty"), meanwhile)

    @step(meanwhile=meanwhile_)
    def merge(self, meanwhile: Meanwhile) -> None:
        branch = self.world.branch
        self.world.switch_git("both")
        self.write_a_file(("merge", "join them"), meanwhile)
        self.world.switch_git(branch)

    def _take(self, line: list[Content], words: tuple[str, ...], meanwhile: Meanwhile) -> None:
        model = self.world.model
        plan = plans.exactly(line[-1]) if line else Plan()

        def effect(old: Content, now: Content) -> None:
            if line and now.hash == line[-1].hash and now.hash != old.hash:
                (model.undone if line is model.undo else model.redone)(old)

        self.run(" ".join(words), words, meanwhile, plan, effect)


def without_guard(meanwhile: Meanwhile) -> Meanwhile:
    """For a task that a protected database may allow."""
    return NOTHING_ELSE if meanwhile.how == "protected" else meanwhile


def machine_for(engine: str, server: Mapping[str, Any], counts: Counter[str], *, own_server: bool) -> type[Machine]:
    """The machine on an engine.

    Args:
        engine: sqlite or postgres.
        server: host, port, user and password.
        counts: executions by rule are added here.
        own_server: may the server be crashed?
    """
    return type("Bound", (Machine,), {"engine": engine, "server": server, "counts": counts, "own_server": own_server})
