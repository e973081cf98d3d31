"""Let a run in the database itself do nothing but add: each statement is judged before the driver gets it.

What a revision does is read from its source first, which finds most that may lose something, and nothing that is
hidden well enough. So what runs without a way back is held to it statement by statement; one that does not only add
stops the run, its revision is rolled back, and the run is repeated on a copy.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event

from ...messages.additive_sql import find_loss

OURS = "dbtasks"  # the option of a connection of our own, whose statements are not the project's


class LossFoundError(BaseException):
    """A statement would take something away; no `except Exception` of the project may go on after it."""


@contextmanager
def only_additions(*, wanted: bool) -> Iterator[None]:
    """Refuse every statement that does not only add, whichever of SQLAlchemy's connections it is run on.

    Args:
        wanted: or let all be run.

    Raises:
        LossFoundError: there was one; the project's code may have swallowed that on the way.
    """
    if not wanted:
        yield
        return
    found: list[str] = []

    def judge(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        loss = "" if connection.get_execution_options().get(OURS) else find_loss(statement)
        if loss:
            found.append(loss)
            raise LossFoundError(loss)

    event.listen(Engine, "before_cursor_execute", judge)
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # what the project's code, or Alembic's, made of the refusal
        if found:
            raise LossFoundError(found[0]) from error
        raise
    finally:
        event.remove(Engine, "before_cursor_execute", judge)
    if found:
        raise LossFoundError(found[0])


def require_transaction(connection: Connection) -> None:
    """Refuse a connection on which a failed revision could not be rolled back.

    Raises:
        LossFoundError: it commits each statement by itself.
    """
    raw: Any = connection.connection.dbapi_connection
    option = connection.get_execution_options().get("isolation_level")
    level = option or getattr(connection.dialect, "_on_connect_isolation_level", None)
    if level == "AUTOCOMMIT" or getattr(raw, "autocommit", None) is True:
        raise LossFoundError("whatever a revision did before it fails: env.py connects with AUTOCOMMIT")
