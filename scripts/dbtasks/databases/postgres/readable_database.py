"""The Reading protocol for a database of a PostgreSQL server."""

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from dbtasks.databases.kept_states import list_kept
from dbtasks.databases.postgres import (
    activity,
    aim,
    catalogue,
    content_hash,
    contents,
    database_properties,
    emptiness,
    reserved_names,
    side_effects,
)
from dbtasks.databases.postgres.catalogue import Entry
from dbtasks.databases.postgres.connection import Server
from dbtasks.databases.postgres.failures import name_address
from dbtasks.databases.postgres.watch import PostgresWatch
from dbtasks.databases.protocol import Aim, Kept, Kind, Label, Session, Watch
from dbtasks.databases.quotation import quote_name
from dbtasks.errors import DatabaseError
from dbtasks.urls import DatabaseUrl, Engine


class PostgresReading:
    """One database of a PostgreSQL server to look at, whether it exists yet or not.

    Raises:
        ConfigError: PostgreSQL would cut the name.
    """

    def __init__(
        self,
        url: DatabaseUrl,
        when_waiting: Callable[[str], None] = lambda _: None,
        *,
        warn: Callable[[str], None] = lambda _: None,
        server: Server | None = None,
    ) -> None:
        reserved_names.require_usable(url.name)
        self.url = url
        self.server = server or Server(url)
        self._when_waiting = when_waiting
        self._warn = warn

    @property
    def engine(self) -> Engine:
        """Which engine this is."""
        return "postgres"

    @property
    def place(self) -> str:
        """The name, host and port."""
        return f"{self.url.name} on {name_address(self.url)}"

    def owner(self) -> str:
        """The name in its comment, where that says that it is a draft or kept."""
        entry = self._entry()
        return entry.note.of if entry and entry.note.kind in {"draft", "kept"} else ""

    def exists(self) -> bool:
        """Does the server have it?"""
        return self._entry() is not None

    def identity(self) -> str:
        """The server's system identifier and the database's oid."""
        return self._existing().identity

    @contextmanager
    def aim(self) -> Iterator[Aim]:
        """Hold an advisory lock with a random key in it."""
        with ExitStack() as stack:
            with self._explaining_closed():
                found = stack.enter_context(aim.hold_key(self.server, self.url))
            yield found

    @contextmanager
    def watch(self) -> Iterator[Watch]:
        """By the server's counts of written rows."""
        yield PostgresWatch(self.url)

    def label(self) -> Label | None:
        """The label in its comment, where it was written for this very database."""
        entry = self._entry()
        return entry.note.label if entry else None

    def branch(self) -> str:
        """The branch in its comment, where it was written for this very database."""
        entry = self._entry()
        return entry.note.branch if entry else ""

    def current(self) -> tuple[str, ...]:
        """The revisions in alembic_version."""
        with self._explaining_closed():
            return contents.read_current(self.url)

    def rows(self) -> dict[str, int]:
        """The number of rows of each table."""
        with self._explaining_closed():
            return contents.count_rows(self.url)

    def values(self) -> dict[str, dict[str, int]]:
        """The number of values in each column of each table."""
        with self._explaining_closed():
            return contents.count_values(self.url)

    def is_empty(self) -> bool:
        """Has it nothing that a new database of this server lacks, an alembic_version without rows apart?"""
        with self._explaining_closed():
            return emptiness.is_empty(self.url)

    def content(self) -> str:
        """A hash of its catalogs, rows, sequences and large objects, and of what belongs to its name."""
        with self._explaining_closed():
            return content_hash.hash_content(self.url, self._existing(belongings=True))

    def side_effects(self, *, rows: bool) -> Sequence[str]:
        """Event triggers and domains' code; with rows, triggers, rules, and the functions of defaults and checks."""
        with self._explaining_closed():
            return side_effects.find_side_effects(self.url, rows=rows)

    def sessions(self) -> Sequence[Session]:
        """Who else is connected, replication included."""
        return activity.find_sessions(self.server, self.url.name)

    def size(self) -> int:
        """Bytes on the server's disk."""
        return self._existing(size=True).size

    def free_space(self) -> int | None:
        """None: SQL cannot ask for it."""
        return None

    def version(self) -> str:
        """The server's version."""
        said = self.server.connection.get_parameter_status("server_version") or ""
        return f"PostgreSQL {said.split(' ')[0]}"

    def template_conditions(self) -> str:
        """What decides the outcome of a build besides the project: locale, encoding, settings, extensions."""
        return database_properties.find_conditions(self.server, self.url.name)

    def kept(self, kind: Kind | None = None) -> Sequence[Kept]:
        """The kept relatives, the one kept last first."""
        found = [self._kept(entry) for entry in catalogue.find_relatives(self.server) if self._is_listed(entry)]
        return list_kept(found, kind)

    def damaged(self) -> Sequence[str]:
        """The kept relatives, known by their names, whose comments cannot be read."""
        return [
            f"the comment of {entry.name} cannot be read; this state of {self.url.name} was left as it is"
            for entry in catalogue.find_relatives(self.server)
            if reserved_names.is_kept_of(entry.name, self.url.name)
            and entry.usable
            and not self._is_listed(entry)
            and entry.note.kind != "live"  # somebody gave a database of its own such a name
        ]

    def shell(self) -> Sequence[str]:
        """The psql program; it takes the password from `client_environment()`."""
        from dbtasks.databases.postgres import programs  # which starts programs; a cached reset does not

        return programs.build_shell(self.url)

    def client_environment(self) -> Mapping[str, str]:
        """The variables that psql and its siblings read the password from."""
        from dbtasks.databases.postgres import programs

        return programs.build_environment(self.url)

    def dump(self, file: Path) -> None:
        """Write it to a file in pg_dump's custom format."""
        from dbtasks.databases.postgres import programs

        programs.dump(self.url, file, self._major())

    def _major(self) -> int:
        return self.server.connection.server_version // 10000

    def _entry(self, *, size: bool = False, belongings: bool = False) -> Entry | None:
        found = catalogue.find(self.server, [self.url.name], size=size, belongings=belongings)
        return found.get(self.url.name)

    def _existing(self, *, size: bool = False, belongings: bool = False) -> Entry:
        entry = self._entry(size=size, belongings=belongings)
        if entry is None:
            raise DatabaseError(f"There is no database {self.place}.", hint="nox -s db_create")
        return entry

    def _kept(self, entry: Entry) -> Kept:
        if entry.note.about is None:
            raise DatabaseError(f"{entry.name} does not say why it is kept.", hint="nox -s db_status")
        return Kept(self.url.with_name(entry.name), entry.note.about, entry.size)

    def _is_kept(self, entry: Entry) -> bool:
        return entry.note.kind == "kept" and entry.note.of == self.url.name

    def _is_listed(self, entry: Entry) -> bool:
        return self._is_kept(entry) and entry.usable and entry.note.about is not None

    @contextmanager
    def _explaining_closed(self) -> Iterator[None]:
        """Say where a failure to connect has its cause in the database's own flags, which the catalog tells."""
        try:
            yield
        except DatabaseError as error:
            entry = None
            with suppress(DatabaseError):  # the first failure is the one to tell
                entry = self._entry()
            raise (self._closed(entry) if entry else None) or error from error.__cause__

    def _closed(self, entry: Entry) -> DatabaseError | None:
        wanted = {"datallowconn": "ALLOW_CONNECTIONS true", "datconnlimit": "CONNECTION LIMIT -1"}
        shut = [wanted[key] for key, value in entry.flags.items() if key in wanted and value == 0]
        if not shut:
            return None
        server = str(replace(self.url.with_name(self.server.place), password=""))
        statement = f"ALTER DATABASE {quote_name(self.url.name)} {shut[0]}"
        return DatabaseError(
            f"The database {self.place} takes no connections; it was left as it is.",
            checked=[f"pg_database: {entry.flags}"],
            hint=f"As its owner: psql {shlex.quote(server)} -c {shlex.quote(statement)}",
        )
