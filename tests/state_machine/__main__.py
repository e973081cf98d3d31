"""Run sequences from the command line: python -m tests.state_machine sqlite --seed 1 --sequences 20 --steps 15.

On PostgreSQL, STATE_MACHINE_SERVER names a throwaway server: postgresql://user:password@host:port.
"""

import argparse
import os
import sys
from urllib.parse import urlsplit

from tests.state_machine.executions import table
from tests.state_machine.run import Amount, run_sequences


def main() -> None:
    """Run them, and print the executions by rule."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=("sqlite", "postgres"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sequences", type=int, default=10)
    parser.add_argument("--steps", type=int, default=12)
    typed = parser.parse_args()
    url = urlsplit(os.environ.get("STATE_MACHINE_SERVER", ""))
    server = {"host": url.hostname, "port": url.port, "user": url.username, "password": url.password}
    counts = run_sequences(
        typed.engine, server, Amount(typed.seed, typed.sequences, typed.steps), own_server=bool(url.hostname)
    )
    sys.stdout.write("\n".join(table({typed.engine: counts})) + "\n")


if __name__ == "__main__":
    main()
