"""Ready means: a login with the final credentials succeeds. And if it never will, say so at once."""

import time
from collections.abc import Sequence

from dbtasks.errors import ServerError
from dbtasks.servers import containers
from dbtasks.servers.engine import Client
from dbtasks.servers.voice import Login
from dbtasks.urls import DatabaseUrl

_PATIENCE = 120.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.25
_SURE = 3  # a server that is just opening may refuse once; it does not refuse this often in a row
_NO_SPACE = "53100"
_NO_SPACE_TEXT = "No space left on device"  # initdb and the entrypoint have no codes; the image's locale is C


class ExitedError(ServerError):
    """The server ended as it started."""


def wait(client: Client, container: str, url: DatabaseUrl, login: Login) -> bool:
    """Wait until the server lets us in.

    Returns:
        False when the server is up and refuses: its role, database or password is another.

    Raises:
        ServerError: the server exited, or did not get ready in time.
    """
    deadline, pause, refusals = time.monotonic() + _PATIENCE, _FIRST_PAUSE, 0
    while True:
        answer = login(url)
        if answer == "in":
            return True
        refusals = refusals + 1 if answer == "refused" else 0
        if refusals == _SURE:
            return False
        require_running(client, container)
        if time.monotonic() > deadline:
            raise ServerError(
                f"The server did not let anybody in for {_PATIENCE:g} s.",
                checked=[f"login {url}", *containers.last_lines(client, container)],
                hint="nox -s db_logs",
            )
        time.sleep(pause)
        pause = min(pause * 1.3, _LONGEST_PAUSE)


def require_running(client: Client, container: str) -> None:
    """Fail at once when the server is gone.

    Raises:
        ServerError: with the last lines of its log.
    """
    found = containers.inspect(client, container)
    if found is None:
        raise ServerError("The container was removed while its server was starting.", hint="nox -s db_up")
    if not found.running:
        raise exited(found, containers.last_lines(client, container))


def exited(container: containers.Container, last: Sequence[str]) -> ExitedError:
    """Why a server ended, in its own last words."""
    if any(_NO_SPACE_TEXT in line or f" {_NO_SPACE} " in line for line in last):
        return ExitedError(
            f"The disk under the volume {container.volume} is full, so the server cannot start; its data is untouched.",
            checked=last,
            hint="Free space (docker system df shows who has it), then: nox -s db_up",
        )
    return ExitedError(
        f"The server ended with exit code {container.exit_code} as it started; volume {container.volume} is untouched.",
        checked=last,
        hint="Mend what its last lines name, then: nox -s db_up",
    )
