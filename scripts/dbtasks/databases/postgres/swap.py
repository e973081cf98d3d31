"""Let a finished relative take a database's name, the old one another, in one transaction."""

from dataclasses import replace

from psycopg2 import sql

from dbtasks.databases import About
from dbtasks.databases.postgres import catalogue, database_properties, reserved_names
from dbtasks.databases.postgres.catalogue import Entry
from dbtasks.databases.postgres.connection import Server
from dbtasks.databases.postgres.notes import Note
from dbtasks.databases.postgres.sessions import run_alone
from dbtasks.errors import DatabaseError


def comment(name: str, note: Note) -> sql.Composable:
    """The statement that writes a note; an empty note takes the comment away."""
    return sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(note.render()))


def rename(old: str, new: str) -> sql.Composable:
    """The statement that gives a database another name."""
    return sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))


def drop(name: str) -> sql.Composable:
    """The statement that drops a database, whoever is connected."""
    return sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))


def swap(server: Server, name: str, new: str, keep: About | None) -> Entry | None:
    """Give the database `new` the name `name`.

    Privileges, settings, owner, the label and the comment belong to the name and stay with it; where
    nobody had the name, the new database's own count.

    Args:
        server: that has both.
        name: the database's name, taken or not.
        new: the relative.
        keep: what the old database says of itself from now on; None drops it.

    Returns:
        The old database under its new name; None if there was none, or it was dropped.

    Raises:
        DatabaseError: nothing was changed.
    """
    found = catalogue.find(server, (name, new), size=keep is not None)
    if new not in found:
        raise DatabaseError(
            "The database that should be swapped in is gone.", checked=[new], hint="Run the same command again"
        )
    old, coming = found.get(name), found[new]
    if old is None:
        note = Note("live", label=coming.note.label, comment=coming.note.comment)
        run_alone(server, server.text([rename(new, name), comment(name, note)]), [new])
        return None
    return _replace(server, old, coming, keep)


def put_away(server: Server, name: str, keep: About) -> Entry:
    """Give the database a reserved name, so that there is none under its own.

    Raises:
        DatabaseError: there is no such database, or it cannot be renamed.
    """
    old = catalogue.find(server, [name], size=True).get(name)
    if old is None:
        raise DatabaseError(f"There is no database {name!r}.", checked=[str(server.url)], hint="nox -s db_create")
    _refuse_maintenance(server, name)
    gone = reserved_names.new_name("kept", name)
    note = Note("kept", name, old.note.label, keep, old.note.comment, old.size)
    run_alone(server, server.text([rename(name, gone), comment(gone, note)]), [name])
    return replace(old, name=gone, note=note)


def keep_draft(server: Server, name: str, draft: str, about: About) -> Entry:
    """Turn a draft into a kept relative of the database `name`.

    Raises:
        DatabaseError: there is no such draft.
    """
    old = catalogue.find(server, [draft], size=True).get(draft)
    if old is None:
        raise DatabaseError("The draft is gone.", checked=[draft], hint="Run the same command again")
    gone = reserved_names.new_name("kept", name)
    note = Note("kept", name, old.note.label, about, size=old.size)
    run_alone(server, server.text([rename(draft, gone), comment(gone, note)]), [draft])
    return replace(old, name=gone, note=note)


def _replace(server: Server, old: Entry, coming: Entry, keep: About | None) -> Entry | None:
    name = old.name
    _refuse_maintenance(server, name)
    label = old.note.label or coming.note.label
    gone = reserved_names.new_name("kept" if keep else "draft", name)
    left = Note("kept" if keep else "draft", name, label, keep, size=old.size)
    statements = [
        rename(name, gone),
        comment(gone, left),
        rename(coming.name, name),
        comment(name, Note("live", label=label, comment=old.note.comment)),
        *database_properties.carry_over(server, old, coming),
    ]
    run_alone(server, server.text(statements), [name, coming.name])
    if keep is None:
        server.execute(drop(gone))
        return None
    return replace(old, name=gone, note=left)


def _refuse_maintenance(server: Server, name: str) -> None:
    if name in {server.place, "template0", "template1"}:
        raise DatabaseError(
            f"{name!r} is the database that maintenance connections of this server go to; it cannot be replaced.",
            checked=[str(server.url)],
            hint="Name another database in DATABASE_URL (created if missing), for instance the project's name",
        )
