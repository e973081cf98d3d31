"""How the server is set up for development: fast, and never at the risk of its volume.

`fsync` and `full_page_writes` stay on: with them, a container, an engine or a machine that dies at
any instant leaves a volume that PostgreSQL recovers by itself. `synchronous_commit = off` gives up
only the last fraction of a second of commits in such a death; what is there is always consistent.
"""

# %e is the SQLSTATE: why a server failed can then be read without knowing its language.
COMMAND = ("postgres", "-c", "synchronous_commit=off", "-c", "log_line_prefix=%m [%p] %e ")
SHARED_MEMORY = 256 * 1024**2  # Docker's own 64 MB are too few for parallel queries
STOP_SECONDS = 30
