"""Let a finished relative take a database's name, the old one another, in one transaction."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from psycopg2 import sql

from dbtasks.databases.label_and_branch import LabelAndBranch, choose_after_swap
from dbtasks.databases.postgres import catalogue, database_properties, reserved_names
from dbtasks.databases.postgres.catalogue import Entry
from dbtasks.databases.postgres.connection import Server
from dbtasks.databases.postgres.left_out import name_what_moved, name_what_was_left_out, run_with_settings
from dbtasks.databases.postgres.notes import Note
from dbtasks.databases.postgres.removal import drop_ours, refuse_held, refuse_prepared
from dbtasks.databases.postgres.sessions import run_alone
from dbtasks.databases.protocol import About, Belongings, Label
from dbtasks.errors import DatabaseError


@dataclass(frozen=True)
class Wanted:
    """What a swap is to end in; the arguments of `Changing.swap`."""

    keep: About | None
    label: Label | None
    belongings: Belongings
    branch: str


def comment(name: str, note: Note) -> sql.Composable:
    """The statement that writes a note; an empty note takes the comment away."""
    return sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(note.render()))


def rename(old: str, new: str) -> sql.Composable:
    """The statement that gives a database another name."""
    return sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))


def swap(
    server: Server, name: str, new: str, wanted: Wanted, warn: Callable[[str], None] = lambda _: None
) -> Entry | None:
    """Give the database `new` the name `name`.

    Privileges, settings, owner, flags, the label and the comment are those of the name, or those that the
    new state was kept with; where nobody had the name, the new database's own count. `warn` is told, in words,
    what could not be carried over, and what moved with the old one.

    Returns:
        The old database under its new name; None if there was none, or it was dropped.

    Raises:
        DatabaseError: nothing was changed.
    """
    found = catalogue.find(server, (name, new), size=wanted.keep is not None, belongings=True)
    if new not in found:
        raise DatabaseError(
            "The database that should be swapped in is gone.", checked=[new], hint="Run the same command again"
        )
    old, coming = found.get(name), found[new]
    refuse_prepared(coming)
    if old is None:
        note = _note_after(None, coming, wanted)
        flags = database_properties.set_flags(name, coming.flags, coming.note.flags)
        run_alone(server, server.text([rename(new, name), comment(name, note), *flags]), [new])
        return None
    moved = name_what_moved(server, old) if wanted.keep is not None else []
    gone = _replace(server, old, coming, wanted)
    for sentence in (*moved, *([] if _by_state(coming, wanted) else name_what_was_left_out(server, old))):
        warn(sentence)
    return gone


def put_away(server: Server, name: str, keep: About) -> Entry:
    """Give the database a reserved name, so that there is none under its own.

    Raises:
        DatabaseError: there is no such database, or it cannot be renamed.
    """
    old = catalogue.find(server, [name], size=True, belongings=True).get(name)
    if old is None:
        raise DatabaseError(f"There is no database {name!r}.", checked=[str(server.url)], hint="nox -s db_create")
    _refuse_maintenance(server, name)
    refuse_prepared(old)
    gone = reserved_names.make_name("kept", name)
    note = _left(old, name, keep)
    statements = [rename(name, gone), comment(gone, note), *database_properties.set_flags(gone, old.flags, {})]
    run_alone(server, server.text(statements), [name])
    return replace(old, name=gone, note=note)


def keep_draft(server: Server, name: str, draft: str, about: About) -> Entry:
    """Turn a draft into a kept relative of the database `name`.

    Raises:
        DatabaseError: there is no such draft.
    """
    old = catalogue.find(server, [draft], size=True, belongings=True).get(draft)
    if old is None:
        raise DatabaseError("The draft is gone.", checked=[draft], hint="Run the same command again")
    refuse_prepared(old)
    gone = reserved_names.make_name("kept", name)
    note = Note("kept", name, old.note.label, about, size=old.size)
    run_alone(server, server.text([rename(draft, gone), comment(gone, note)]), [draft])
    return replace(old, name=gone, note=note)


def keep_copy(server: Server, name: str, draft: str, about: About) -> Entry:
    """Turn a fresh copy of the database `name` into a kept relative with all that belongs to the name.

    Raises:
        DatabaseError: there is no such database, or no such copy.
    """
    found = catalogue.find(server, (name, draft), size=True, belongings=True)
    if name not in found or draft not in found:
        raise DatabaseError("The database or its copy is gone.", checked=[name, draft], hint="nox -s db_status")
    live, made = found[name], found[draft]
    gone = reserved_names.make_name("kept", name)
    note = replace(_left(live, name, about), size=made.size, on=made.identity)
    belongings = database_properties.carry_over(live, made, gone)
    run_with_settings(server, [rename(draft, gone), comment(gone, note), *belongings], [draft])
    return replace(made, name=gone, note=note)


def _replace(server: Server, old: Entry, coming: Entry, wanted: Wanted) -> Entry | None:
    name = old.name
    _refuse_maintenance(server, name)
    refuse_prepared(old)
    if wanted.keep is None:
        refuse_held(old)
    gone = reserved_names.make_name("kept" if wanted.keep else "draft", name)
    left = _left(old, name, wanted.keep)
    statements = [
        rename(name, gone),
        comment(gone, left),
        *database_properties.set_flags(gone, old.flags, {}),
        rename(coming.name, name),
        comment(name, _note_after(old, coming, wanted)),
        *_belongings_after(old, coming, wanted),
    ]
    run_with_settings(server, statements, [name, coming.name])
    if wanted.keep is None:
        with suppress(DatabaseError):  # the swap is done; tidy() gets the old one, or names what keeps it
            drop_ours(server, gone)
        return None
    return replace(old, name=gone, note=left)


def _left(old: Entry, name: str, keep: About | None) -> Note:
    """What the old database says of itself, complete, so that it can come back as it was."""
    kind = "kept" if keep else "draft"
    return old.bound(kind=kind, of=name, about=keep, size=old.size, flags=old.flags, complete=True)


def _note_after(old: Entry | None, coming: Entry, wanted: Wanted) -> Note:
    given = LabelAndBranch(wanted.label, wanted.branch)
    found = choose_after_swap(
        _noted(old) if old else None, _noted(coming), given, wanted.belongings, complete=coming.note.complete
    )
    said = coming if old is None or _by_state(coming, wanted) else old
    return Note("live", label=found.label, comment=said.note.comment, branch=found.branch, on=coming.identity)


def _noted(entry: Entry) -> LabelAndBranch:
    return LabelAndBranch(entry.note.label, entry.note.branch)


def _belongings_after(old: Entry, coming: Entry, wanted: Wanted) -> list[sql.Composable]:
    if _by_state(coming, wanted):
        return database_properties.set_flags(old.name, coming.flags, coming.note.flags)
    carried = database_properties.carry_over(old, coming, old.name)
    return [*carried, *database_properties.set_flags(old.name, coming.flags, old.flags)]


def _by_state(coming: Entry, wanted: Wanted) -> bool:
    """States that the version before kept lack comments or settings, so the name's count for them."""
    return wanted.belongings == "state" and coming.note.complete


def _refuse_maintenance(server: Server, name: str) -> None:
    if name in {server.place, "template0", "template1"}:
        raise DatabaseError(
            f"{name!r} is the database that maintenance connections of this server go to; it cannot be replaced.",
            checked=[str(server.url)],
            hint="Name another database in DATABASE_URL (created if missing), for instance the project's name",
        )
