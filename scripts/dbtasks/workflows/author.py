"""Write a revision; what looks like a rename is decided by a person, and never by default."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace

from dbtasks.config import Settings
from dbtasks.errors import UsageError
from dbtasks.project.messages.values import Rename, RevisionRequest, WrittenRevision

Confirm = Callable[[Rename], bool | None]


def write_revision(settings: Settings, request: RevisionRequest, confirm: Confirm | None) -> WrittenRevision:
    """Write a revision that works, or nothing; `confirm` asks about renames, None where nobody can be asked.

    Raises:
        UsageError: something looks like a rename, and nobody can be asked.
    """
    from dbtasks.project import session

    written = session.write_revision(settings, request)
    while written.undecided:
        answers = {rename: confirm(rename) if confirm else None for rename in written.undecided}
        if None in answers.values():
            raise _undecided(request, written.undecided)
        request = replace(
            request,
            renames=(*request.renames, *(rename for rename, is_one in answers.items() if is_one)),
            not_renamed=(*request.not_renamed, *(rename for rename, is_one in answers.items() if not is_one)),
        )
        written = session.write_revision(settings, request)
    return written


def parse_rename(text: str) -> Rename:
    """Read `table.old:new`, or `old:new` for a table.

    Raises:
        UsageError: it is neither.
    """
    old, _, new = text.partition(":")
    table, dot, column = old.partition(".")
    if not table or not new or (dot and not column) or "." in new:
        raise UsageError(
            f"--rename {text}: not a rename.",
            hint="--rename table.old:new for a column, --rename old:new for a table",
        )
    return Rename(table, column, new)


def sentence(rename: Rename) -> str:
    """What makes it look like a rename."""
    old = f"{rename.table}.{rename.column}" if rename.column else rename.table
    return f"{old} goes and {rename.new} comes"


def _undecided(request: RevisionRequest, undecided: Sequence[Rename]) -> UsageError:
    message = shlex.quote(request.message)
    options = " ".join(f"--rename {shlex.quote(str(rename))}" for rename in (*request.renames, *undecided))
    return UsageError(
        "This may be a rename, which keeps what is there, or a loss; nothing was written.",
        checked=[sentence(rename) for rename in undecided],
        hint=f"nox -s revision -- {message} {options}    or --no-rename, if what goes is to be lost",
    )
