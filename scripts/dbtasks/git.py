"""What git knows about this checkout; every answer is empty where there is no git or no repository."""

from pathlib import Path

from dbtasks import process
from dbtasks.errors import ProcessError


def branch(folder: Path) -> str:
    """The branch that is checked out; empty when detached."""
    return _asked(folder, "symbolic-ref", "--quiet", "--short", "HEAD")


def previous_branch(folder: Path) -> str:
    """The branch that was checked out before this one."""
    found = _asked(folder, "rev-parse", "--quiet", "--verify", "--abbrev-ref", "@{-1}")
    return "" if found.startswith("@") else found


def default_branch(folder: Path) -> str:
    """The branch that others start from: the remote's, or `main` or `master` where they exist."""
    remote = _asked(folder, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD").removeprefix("origin/")
    verify = ("rev-parse", "--quiet", "--verify")
    local = [name for name in ("main", "master") if _asked(folder, *verify, f"refs/heads/{name}")]
    return remote or (local[0] if local else "")


def common_folder(folder: Path) -> Path | None:
    """The folder that all worktrees of this clone share."""
    found = _asked(folder, "rev-parse", "--path-format=absolute", "--git-common-dir")
    return Path(found) if found else None


def hooks_folder(folder: Path) -> Path | None:
    """Where git looks for hooks, core.hooksPath included."""
    found = _asked(folder, "rev-parse", "--path-format=absolute", "--git-path", "hooks")
    return Path(found) if found else None


def _asked(folder: Path, *question: str) -> str:
    try:
        return process.run(["git", *question], folder=folder).strip()
    except ProcessError:
        return ""
