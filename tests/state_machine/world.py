"""One project with its databases, somebody else's databases beside them, and the checks after every step."""

import shlex
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.state_machine import example
from tests.state_machine.by_hand import execute
from tests.state_machine.content import ABSENT, Content
from tests.state_machine.decoys import look_at_decoys, make_decoys
from tests.state_machine.driver import Done, Driver
from tests.state_machine.model import Model
from tests.state_machine.oracle import Oracle
from tests.state_machine.places import Place, PostgresPlace, SqlitePlace
from tests.state_machine.verdict import SIGNALS, Meanwhile, Plan, judge, require


@dataclass
class Base:
    """A database with what has to be true of it."""

    place: Place
    model: Model


class World:
    """Everything that a sequence works on.

    Args:
        folder: empty, of this sequence alone.
        engine: of the first database; the second one is an SQLite file.
        server: of PostgreSQL: host, port, user and password.
        name: of the PostgreSQL database, unique on the server.
        counts: executions by rule.
    """

    def __init__(self, folder: Path, engine: str, server: Mapping[str, Any], name: str, counts: Counter[str]) -> None:
        self.root = folder / "shop"
        self.engine, self.counts, self.folder = engine, counts, folder
        example.make_project(self.root)
        self.driver = Driver(self.root, folder)
        self.oracle = Oracle(folder / "oracle", self.root)
        first: Place = SqlitePlace(self.root, "shop.db") if engine == "sqlite" else PostgresPlace(server, name)
        self.bases = [Base(first, Model()), Base(SqlitePlace(self.root, "other.db"), Model())]
        self.at, self.branch, self.marks, self.limit = 0, "main", 0, example.KEEP_UNDO
        self._resting = [ABSENT, ABSENT]
        make_decoys(self.root, first)
        self._decoys = look_at_decoys(self.root, first)
        self.spell(0)

    @property
    def place(self) -> Place:
        """The database in use."""
        return self.bases[self.at].place

    @property
    def model(self) -> Model:
        """What has to be true of it."""
        return self.bases[self.at].model

    def spell(self, number: int) -> None:
        """Let `.env` name the database in use in another way."""
        text = f"DATABASE_URL={self.place.spellings()[number % len(self.place.spellings())]}\n"
        (self.root / ".env").write_text(text)
        (self.root / ".env").chmod(0o600)
        self.driver.hand(f"echo {text.strip()} > .env")

    def switch_git(self, branch: str) -> None:
        """Check out a branch."""
        example.run_git(self.root, "switch", "--quiet", branch)
        self.driver.hand(f"git switch --quiet {branch}")
        self.branch = branch

    def mark(self, number: int | None = None) -> None:
        """Write a row by hand, so that this content is like no other."""
        place = self.bases[self.at if number is None else number].place
        content = place.read()
        if not content.present:
            return
        self.marks += 1
        if "book" in content.tables:
            self.execute(place, f"INSERT INTO book (id, title) VALUES ({1000 + self.marks}, 'mark {self.marks}')")
        else:
            self.execute(place, f"CREATE VIEW mark_{self.marks} AS SELECT {self.marks} AS one")

    def execute(self, place: Place, statement: str) -> None:
        """Change a database by hand."""
        execute(place.writer_url(), statement)
        self.driver.hand(f"$by_hand {place.writer_url()} {shlex.quote(statement)}")

    def act(self, words: Sequence[str], meanwhile: Meanwhile, plan: Plan, effect: "Effect | None" = None) -> Done:
        """Run a task on the database in use, and hold what came of it against the plan.

        Args:
            words: what is typed after dbtasks.
            meanwhile: what happens at the same time.
            plan: what may come of it.
            effect: what that does to the model; a change with an undo where it is not given.
        """
        old, kept = self.place.read(), len(self.model.order)
        done = self.perform(words, meanwhile, old)
        self.place.settle()
        now = self.place.read()
        judge(done, meanwhile, plan, old, now)
        if now.hash in plan.ends | {old.hash} or now.hash in plan.between:
            (effect or self.changed)(old, now)
        else:
            self._mend(words, plan, old, now)
        grown = len(self.model.order) > kept
        tidies = words[0] not in {"revision", "merge"}  # which write a file, and leave the database alone
        finished = meanwhile.how == "plain" and done.code == 0
        self.check(tidied=tidies and finished)
        if grown and finished:
            require(self.model.is_within(self.limit), f"more than {self.limit} states are kept", done)
        return done

    def perform(self, words: Sequence[str], meanwhile: Meanwhile, old: Content) -> Done:
        """Run a command, with what happens meanwhile."""
        if meanwhile.how in SIGNALS:
            return self.driver.stop(words, SIGNALS[meanwhile.how], meanwhile.share)
        if meanwhile.how == "writer":
            with self.driver.writer(self.place.writer_url(), expected="book" in old.tables):
                return self.driver.run(*words)
        if meanwhile.how == "crash" and isinstance(self.place, PostgresPlace):
            self.driver.hand("# meanwhile a backend of the server is killed, so that all start again")
            return self.driver.disturb(words, self.place.crash, meanwhile.share)
        if meanwhile.how == "protected":
            return self.driver.run(*words, DBTASKS_ENVIRONMENT="production")
        return self.driver.run(*words, full=meanwhile.how == "full")

    def changed(self, old: Content, now: Content) -> None:
        """What a change does to the model."""
        done = self.driver.last
        minor = done is not None and done.words[0] == "migrate"
        self.model.changed(old, now, self.stored(), minor=minor)

    def keep_at_most(self, limit: int) -> None:
        """From now on no more than so many former states are kept."""
        example.set_limit(self.root, limit)
        self.driver.hand(f"sed -i 's/keep-undo = .*/keep-undo = {limit}/' pyproject.toml")
        self.limit = limit

    def stored(self, number: int | None = None) -> set[str]:
        """The hashes of all relatives."""
        return {content.hash for content in self.bases[self.at if number is None else number].place.stored().values()}

    def _mend(self, words: Sequence[str], plan: Plan, old: Content, now: Content) -> None:
        """Stopped inside a revision that commits on the way: the next command has to mend it."""
        self.changed(old, now)
        if words[0] in {"downgrade", "replay"}:
            done, expected = self.driver.run("undo"), {old.hash}
        else:
            done, expected = self.driver.run("migrate"), plan.ends
        mended = self.place.read()
        require(done.code == 0, "the next command has to mend what was stopped on the way", done)
        require(mended.hash in expected, f"{now} was mended to {mended}", done)
        if words[0] in {"downgrade", "replay"}:
            self.model.undone(now)
        else:
            self.changed(now, mended)

    def check(self, *, tidied: bool = False) -> None:
        """Nothing is lost, and nothing of anyone else's is touched."""
        done = self.driver.last
        for number, base in enumerate(self.bases):
            stored = self.stored(number)
            for content in base.model.drop_beyond(self.limit, stored):
                self.counts["dropped by the limit"] += 1
                self.driver.forget_acknowledged(set(content.written) - self.written())
            for content in base.model.required():
                require(content.hash in stored, f"a state that has to be kept is gone: {content}", done)
            if number != self.at:
                now = base.place.read()
                require(now.hash == self._resting[number].hash, f"the database not in use became {now}", done)
        missing = self.driver.acknowledged() - self.written()
        if missing and done is not None and "is the limit" in done.text:
            self.driver.forget_acknowledged(
                missing
            )  # they were in a former state that the project did not want to keep
            missing = set()
        require(not missing, f"acknowledged rows are nowhere: {sorted(missing)[:10]}", done)
        require(
            self._decoys == look_at_decoys(self.root, self.bases[0].place),
            "something of somebody else's was touched",
            done,
        )
        if tidied:
            require(not self._drafts(), f"left over: {self._drafts()}", done)

    def rest(self, number: int) -> None:
        """From now on this database is not in use, and has to stay as it is."""
        self._resting[number] = self.bases[number].place.read()

    def written(self) -> set[int]:
        """The writer's transactions that are in any database."""
        contents = [content for base in self.bases for content in (base.place.read(), *base.place.stored().values())]
        return {number for content in contents for number in content.written}

    def close(self) -> None:
        """Remove it all."""
        for base in self.bases:
            base.place.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _drafts(self) -> list[str]:
        if isinstance(self.place, PostgresPlace):
            return [
                name for name in self.place.names(f"dbtasks_draft_{self.place.name}%") if name not in self.place.decoys
            ]
        assert isinstance(self.place, SqlitePlace)
        return [str(file) for file in self.place.sidecar.glob("drafts/*")]


Effect = Callable[[Content, Content], None]
