"""How the server is set up for development: fast, and never at the risk of its volume.

`fsync` and `full_page_writes` stay on: with them, a container, an engine or a machine that dies at
any instant leaves a volume that PostgreSQL recovers by itself. `synchronous_commit = off` gives up
only the last fraction of a second of commits in such a death; what is there is always consistent.
A server on tmpfs loses everything when it stops anyway, so it need not write anything twice.
"""

from collections.abc import Mapping

# %e is the SQLSTATE: why a server failed can then be read without knowing its language.
LOG_PREFIX = "%m [%p] %e "

DURABLE: Mapping[str, str] = {
    "synchronous_commit": "off",
    "log_line_prefix": LOG_PREFIX,
}
THROWAWAY: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "log_line_prefix": LOG_PREFIX,
}
SHARED_MEMORY = 256 * 1024**2  # Docker's own 64 MB are too few for parallel queries
STOP_SECONDS = 30


def command(settings: Mapping[str, str]) -> list[str]:
    """The container's command with these settings."""
    return ["postgres", *(word for name, value in settings.items() for word in ("-c", f"{name}={value}"))]
