"""The sessions of others that a copy would end: on a free database they are named, on a protected one they stay."""

import time
from collections.abc import Sequence

from dbtasks import guard
from dbtasks.databases.protocol import Session
from dbtasks.errors import RefusedError
from dbtasks.workflows.change.site import Site

_LEAVING = 1.0  # seconds
_PAUSE = 0.05


def sessions_in_the_way(site: Site) -> str:
    """Why no copy can be made for the sake of others' sessions, in words; empty where one can be."""
    if not site.reading.sessions():
        return ""
    verdict = guard.judge(site.settings, site.reading)
    sessions = _still_there(site) if verdict.protected else ()
    if not sessions:
        return ""
    who = "; ".join(session.who for session in sessions[:5])
    noun = "session" if len(sessions) == 1 else "sessions"
    return f"{verdict.reason}, and a copy would end {len(sessions)} {noun} on it: {who}"


def _still_there(site: Site) -> Sequence[Session]:
    """The sessions that are not about to leave by themselves, as that of a task which has just ended is."""
    deadline = time.monotonic() + _LEAVING
    while (sessions := site.reading.sessions()) and time.monotonic() < deadline:
        time.sleep(_PAUSE)
    return sessions


def require_no_protected_sessions(site: Site) -> None:
    """Refuse a copy that would end sessions on a protected database.

    Raises:
        RefusedError: there are such sessions; nothing was changed.
    """
    reason = sessions_in_the_way(site)
    if reason:
        raise RefusedError(
            f"{site.task.name} refused: {reason}. Nothing was changed.",
            hint="End those sessions, then try again",
        )
