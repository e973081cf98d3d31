"""The post-checkout hook: after a switch of branches it says where the database stands, and does no more."""

from pathlib import Path

from dbtasks import atomic_file, git
from dbtasks.errors import UsageError
from dbtasks.pyproject import Project

_MARK = "# Written by dbtasks; remove the file to be rid of it."
_SCRIPT = f"""#!/bin/sh
{_MARK}
# $3 is 1 where a branch was checked out, and 0 where files were. A hook that fails would only confuse.
[ "$3" = 1 ] && [ -x .venv/bin/dbtasks ] || exit 0
echo "dbtasks: the database stands at $(.venv/bin/dbtasks current 2>&1 | head -n 3)"
exit 0
"""


def install(project: Project) -> Path:
    """Write the hook where git looks for it; a hook of somebody else's is left as it is.

    Raises:
        UsageError: there is no git repository, or a hook is there already.
    """
    folder = git.hooks_folder(project.root)
    if folder is None:
        raise UsageError(f"{project.root} is no git repository, so it has no hooks.", hint="git init")
    hook = folder / "post-checkout"
    if hook.exists() and _MARK not in hook.read_text(encoding="utf-8", errors="replace"):
        raise UsageError(
            f"There is a post-checkout hook already; it was left as it is: {hook}",
            hint="Add this line to it:  .venv/bin/dbtasks current",
        )
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_file.replace(hook, mode=0o777) as draft:
        draft.write_text(_SCRIPT, encoding="utf-8")
    return hook
