"""The sessions of others that a copy would end: on a free database they are named, on a protected one they stay."""

from dbtasks import guard
from dbtasks.errors import RefusedError
from dbtasks.workflows.change.site import Site


def sessions_in_the_way(site: Site) -> str:
    """Why no copy can be made for the sake of others' sessions, in words; empty where one can be."""
    sessions = site.reading.sessions()
    verdict = guard.judge(site.settings, site.reading) if sessions else None
    if verdict is None or not verdict.protected:
        return ""
    who = "; ".join(session.who for session in sessions[:5])
    noun = "session" if len(sessions) == 1 else "sessions"
    return f"{verdict.reason}, and a copy would end {len(sessions)} {noun} on it: {who}"


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
