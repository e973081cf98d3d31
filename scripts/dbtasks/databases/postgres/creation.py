"""Make databases: empty, or as a copy of another."""

from contextlib import suppress

from psycopg2 import errors, sql

from dbtasks.databases.postgres import catalogue, database_properties, reserved_names
from dbtasks.databases.postgres.catalogue import Entry
from dbtasks.databases.postgres.connection import Server
from dbtasks.databases.postgres.notes import Note
from dbtasks.databases.postgres.removal import drop, refuse_prepared
from dbtasks.databases.postgres.sessions import run_alone
from dbtasks.databases.postgres.swap import comment, keep_copy, rename
from dbtasks.databases.protocol import About, Label
from dbtasks.errors import DatabaseError

_STRATEGY = 150000  # the first version that lets us choose; older ones always copy files
_FILE_CLONE = 180000  # the first version that lets the file system copy on write
# Copying files costs two checkpoints and little for each byte, the write-ahead log the other way round, and a
# checkpoint costs nothing where fsync is off. Measured on PostgreSQL 15, by log and by files: with fsync 7 MB 35
# and 177 ms, 66 MB 213 and 270, 125 MB 562 and 499; without it 7 MB 9 and 8, 22 MB 29 and 19, 66 MB 118 and 62.
_FILES_FROM = {"on": 100 * 2**20, "off": 10 * 2**20}


def create_draft(server: Server, draft: str, of: str) -> None:
    """Create an empty draft of the database `of`, with the locale, settings and tablespace of that one.

    Raises:
        DatabaseError: the role may not, the disk is full, or the name is taken.
    """
    found = catalogue.find(server, (of, "template1"), belongings=True)
    # A session of ours in template1 would keep it from being copied.
    template = None if server.place == "template1" else found.get("template1")
    options = database_properties.choose_options(found.get(of), template)
    server.execute(_create(draft, options))
    _describe(server, found.get(of), draft, Note("draft", of))


def create(server: Server, name: str, label: Label) -> None:
    """Create an empty database; it appears under its name complete with its label.

    Raises:
        DatabaseError: it exists, or it cannot be created.
    """
    draft = reserved_names.make_name("draft", name)
    try:
        create_draft(server, draft, name)
        made = catalogue.find(server, [draft])[draft]
        server.execute(rename(draft, name), comment(name, Note("live", label=label, on=made.identity)))
    except BaseException:
        with suppress(DatabaseError):
            server.execute(drop(draft))
        raise


def clone(server: Server, source: str, target: str, of: str) -> None:
    """Copy a database to a new draft of the database `of`; sessions on the source are ended.

    Raises:
        DatabaseError: there is no source, or it cannot be copied.
    """
    found = catalogue.find(server, (source, of), belongings=True)
    if source not in found:
        raise DatabaseError(f"There is no database {source!r}.", checked=[str(server.url)], hint="nox -s db_create")
    original = found[source]
    refuse_prepared(original)
    size = original.size or catalogue.find(server, [source], size=True)[source].size
    options = [
        sql.SQL("TEMPLATE {}").format(sql.Identifier(source)),
        *database_properties.choose_tablespace(found.get(of)),
        *_strategy(server, size),
    ]
    run_alone(server, server.text([_create(target, options)]), [source])
    note = Note("draft", of, original.note.label, comment=original.note.comment)
    _describe(server, found.get(of), target, note)


def copy(server: Server, name: str, about: About) -> Entry:
    """Keep a copy of a database with all that belongs to its name; it appears complete.

    Raises:
        DatabaseError: there is no such database, or it cannot be copied.
    """
    draft = reserved_names.make_name("draft", name)
    try:
        clone(server, name, draft, name)
        return keep_copy(server, name, draft, about)
    except BaseException:
        with suppress(DatabaseError):
            server.execute(drop(draft))
        raise


def _describe(server: Server, of: Entry | None, draft: str, note: Note) -> None:
    """Write a draft's note, and the settings of the database it belongs to, as far as the role may set them."""
    settings = database_properties.build_settings(of, draft, server.connection.info.user)
    try:
        server.execute(comment(draft, note), *settings)
    except DatabaseError as error:
        if not settings or not isinstance(error.__cause__, errors.InsufficientPrivilege):
            raise
        server.execute(comment(draft, note))
        for setting in settings:
            _set_if_allowed(server, setting)


def _set_if_allowed(server: Server, setting: sql.Composable) -> None:
    """Set what an administrator may have set; the swap, which needs all settings, tells where the role may not."""
    try:
        server.execute(setting)
    except DatabaseError as error:
        if not isinstance(error.__cause__, errors.InsufficientPrivilege):
            raise


def _create(name: str, options: list[sql.Composable]) -> sql.Composable:
    return sql.SQL("CREATE DATABASE {} {}").format(sql.Identifier(name), sql.SQL(" ").join(options))


def _strategy(server: Server, size: int) -> list[sql.Composable]:
    version = server.connection.server_version
    if version < _STRATEGY or size < min(_FILES_FROM.values()):
        return []  # the default where there is a choice is the write-ahead log
    ((fsync,),) = server.query("SHOW fsync")
    if size < _FILES_FROM[fsync]:
        return []
    if version >= _FILE_CLONE:
        server.query(
            "SELECT set_config(name, 'clone', false) FROM pg_settings "
            "WHERE name = 'file_copy_method' AND 'clone' = ANY(enumvals)"
        )
    return [sql.SQL("STRATEGY FILE_COPY")]
