"""The tasks whose rules need more than a line."""

from pathlib import Path

from tests.state_machine import example, plans
from tests.state_machine.content import Content
from tests.state_machine.events import Events
from tests.state_machine.verdict import NOTHING_ELSE, REFUSED, SIGNALS, Meanwhile, require, require_no_traceback

SHUT_DOORS = (("reset",), ("drop",), ("undo", "1"), ("replay",), ("seed",), ("prune", "--undo"))


class Tasks(Events):
    """What several rules share, and what is too long for one."""

    def change_a_snapshot(self, name: str, what: str) -> None:
        """Delete, rename, or export and import one; the database stays as it is."""
        model, driver = self.world.model, self.world.driver
        old = self.world.place.read()
        if name not in model.snapshots:
            name = min(model.snapshots)
        self.counts[f"snapshots --{what}"] += 1
        if what == "delete":
            done = driver.run("snapshots", "--delete", name)
            del model.snapshots[name]
        elif what == "rename":
            new = f"{name} {self.world.marks}"
            done = driver.run("snapshots", "--rename", name, new)
            model.snapshots[new] = model.snapshots.pop(name)
        else:
            file = str(self.world.root / "one.export")
            done = driver.run("snapshots", "--export", name, file)
            Path(file).unlink(missing_ok=True)
        require(done.code == 0 or what == "copy", "it has to work", done)
        require(self.world.place.read().hash == old.hash, "the database was changed", done)
        self.world.check()

    def give_up(self, meanwhile: Meanwhile, *, undo: bool) -> None:
        """Prune: templates can be built again; with --undo the history is given up."""
        model, driver = self.world.model, self.world.driver
        old = self.world.place.read()
        words = ("prune", *(("--undo",) if undo else ()))
        before = self.world.written() if undo else set()
        if meanwhile.how == "protected" and old.is_empty:
            meanwhile = NOTHING_ELSE  # there is nothing to protect
        how = meanwhile.how
        if undo and how != "protected":
            model.forget_undo()
        if how in {"full", "writer", "crash"} or (how == "protected" and not undo):
            meanwhile = NOTHING_ELSE

        def effect(_old: Content, _now: Content) -> None:
            if undo:
                driver.forget_acknowledged(before - self.world.written())

        self.run(" ".join(words), words, meanwhile, plans.exactly(old), effect)
        if undo and how in SIGNALS:
            self.world.driver.run(*words)  # what a stopped prune left is in no model
            driver.forget_acknowledged(before - self.world.written())

    def switch_to_the_other(self, meanwhile: Meanwhile, *, copy: bool) -> None:
        """Go to the other database; the one that is left stays as it is."""
        world = self.world
        here, there = world.at, 1 - world.at
        world.mark(there)
        other, source = world.bases[there], world.place.read()
        old = other.place.read()
        words = ("switch", other.place.spellings()[0], *(("--copy-data",) if copy else ()))
        meanwhile = meanwhile if meanwhile.how in SIGNALS else NOTHING_ELSE
        self.counts["switch --copy-data" if copy else "switch"] += 1
        self.counts[f"  {meanwhile.how}"] += 1
        plan = plans.migrate_other(world, other.place, old)
        done = world.perform(words, meanwhile, source)
        world.place.settle()
        other.place.settle()
        require_no_traceback(done, meanwhile)
        now = other.place.read()
        require(world.place.read().hash == source.hash, "the database that was left was changed", done)
        if not copy:
            allowed = plan.between | {old.hash}
            mendable = meanwhile.how in SIGNALS and plan.walks[0].commits_on_the_way
            require(now.hash in allowed or mendable, f"{old} became {now}", done)
            if meanwhile == NOTHING_ELSE and plan.ends and plans.is_known(world, old):
                require(done.code == 0 and now.hash in plan.ends, f"it has to work on {old}, made {now}", done)
        elif done.code == 0 and now.hash != old.hash:
            require(now.rows("book") == source.rows("book"), f"the rows differ: {source}, {now}", done)
        other.model.changed(old, now, world.stored(there))
        world.rest(here)
        world.rest(there)
        name = (world.root / ".env").read_text()
        world.at = there if other.place.spellings()[0].rpartition("/")[2] in name else here
        world.check()

    def enter_the_branch(self, meanwhile: Meanwhile) -> None:
        """Bring the state of the git branch; the state that is left is parked, whoever's it was."""
        model = self.world.model
        old = self.marked()

        def effect(old: Content, now: Content) -> None:
            left = "main" if self.world.branch == "feature" else "feature"
            stored = self.world.stored()
            entered = model.parked.get(self.world.branch)
            if entered is not None and entered.hash == now.hash and now.hash not in stored:
                del model.parked[self.world.branch]
            if now.hash != old.hash or old.hash in stored:
                require(old.hash in stored or not old.present, f"lost: {old}", self.world.driver.last)
                if old.present:
                    model.parked[left] = old

        if not old.present and meanwhile.how == "protected":
            meanwhile = NOTHING_ELSE
        self.run("switch --branch", ("switch", "--branch"), meanwhile, plans.enter_branch(self.world, old), effect)

    def label_production(self, meanwhile: Meanwhile) -> None:
        """Label it, find every door shut, and label it back."""
        old = self.marked()
        if old.is_empty:
            return
        meanwhile = meanwhile if meanwhile.how in SIGNALS else NOTHING_ELSE
        self.run("label", ("label", "production"), meanwhile, plans.exactly(old))
        if meanwhile == NOTHING_ELSE:
            for words in SHUT_DOORS:
                done = self.world.driver.run(*words)
                require(done.code == REFUSED, "a production database has to be refused with 3", done)
                require(self.world.place.read().hash == old.hash, "a production database was changed", done)
        done = self.world.driver.run("label", "development", "--yes", self.world.place.typed_name)
        require(done.code == 0, "its typed name has to open it", done)
        self.world.check()

    def write_a_file(self, words: tuple[str, ...], meanwhile: Meanwhile) -> None:
        """Revision and merge write a file and leave the database alone; the file is taken away again."""
        old = self.world.place.read()
        meanwhile = meanwhile if meanwhile.how in SIGNALS else NOTHING_ELSE
        self.run(words[0], words, meanwhile, plans.exactly(old))
        done = self.world.driver.run("heads")
        require(done.code == 0, "every command has to work after a file was written, or half written", done)
        example.run_git(self.world.root, "clean", "--quiet", "--force", "migrations")
        self.world.driver.hand("git clean --quiet --force migrations")
