"""The menu. `nox -l` shows it; `nox --usage SESSION` tells more; arguments follow `--`.

A session is a name, a sentence and one call. The work is done by `dbtasks` in the shared environment
`.venv`, so that starting a session costs next to nothing and nothing heavy is imported here.
"""

import shlex
import sys
from pathlib import Path

import nox

sys.path.insert(0, str(Path(__file__).parent / "scripts"))
import environment

nox.needs_version = ">=2026.2.9"
nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "typecheck", "tests"]


def task(session: nox.Session, name: str) -> None:
    """Run a command of dbtasks with what was typed after `--`.

    It travels in the environment: nox repeats a failed command, and a URL may hold a password. Standard
    error stays apart from the output, which may be JSON.
    """
    environment.ready()
    handed = {"DBTASKS_ARGUMENTS": shlex.join(session.posargs)}
    session.run(environment.PYTHON, "-m", "dbtasks", name, env=handed, stderr=None, external=True, log=False)


def tool(session: nox.Session, module: str, *arguments: str) -> None:
    """Run a quality tool of the shared environment."""
    environment.ready()
    session.run(environment.PYTHON, "-m", module, *arguments, external=True)


@nox.session(tags=["start"])
def setup(session: nox.Session) -> None:
    """Everything a newcomer needs: .env, a migrated and seeded database, what to type next. [--git-hook]"""
    task(session, "setup")


@nox.session(tags=["server"])
def db_up(session: nox.Session) -> None:
    """Start the Docker PostgreSQL and wait until it lets us in. [--repair] [--upgrade-volume]"""
    task(session, "up")


@nox.session(tags=["server"])
def db_down(session: nox.Session) -> None:
    """Stop the Docker PostgreSQL; its data stays. [--volumes [--yes NAME]]"""
    task(session, "down")


@nox.session(tags=["server"])
def db_logs(session: nox.Session) -> None:
    """The log of the Docker PostgreSQL. [--follow] [--tail N]"""
    task(session, "logs")


@nox.session(tags=["server"])
def db_image(session: nox.Session) -> None:
    """Build a PostgreSQL image from distribution packages, where no registry can be reached. [--with postgis]"""
    task(session, "image")


@nox.session(tags=["database"])
def db_switch(session: nox.Session) -> None:
    """Change the engine, or the state with the git branch. sqlite|postgres|URL [--copy-data], or --branch"""
    task(session, "switch")


@nox.session(tags=["database"])
def db_reset(session: nox.Session) -> None:
    """Drop, create, upgrade to head and seed; the old database is kept for db_undo. [--no-seed]"""
    task(session, "reset")


@nox.session(tags=["database"])
def db_create(session: nox.Session) -> None:
    """Create the database, empty; nothing happens where it exists."""
    task(session, "create")


@nox.session(tags=["database"])
def db_drop(session: nox.Session) -> None:
    """Drop the database; it is kept for db_undo."""
    task(session, "drop")


@nox.session(tags=["database"])
def db_replay(session: nox.Session) -> None:
    """Downgrade to base and upgrade to head again, proving every downgrade. [--to REV]"""
    task(session, "replay")


@nox.session(tags=["database"])
def db_undo(session: nox.Session) -> None:
    """Walk back through the former states of the database. [N] [--redo] [--list]"""
    task(session, "undo")


@nox.session(tags=["database"])
def db_snapshot(session: nox.Session) -> None:
    """Save the database under a name. [NAME] [--replace]"""
    task(session, "snapshot")


@nox.session(tags=["database"])
def db_restore(session: nox.Session) -> None:
    """Bring a snapshot back, and to head; the database it replaces is kept for db_undo. NAME [--no-migrate]"""
    task(session, "restore")


@nox.session(tags=["database"])
def db_snapshots(session: nox.Session) -> None:
    """List the snapshots. [--delete NAME] [--rename OLD NEW] [--export NAME FILE] [--import FILE NAME] [--json]"""
    task(session, "snapshots")


@nox.session(tags=["database"])
def db_prune(session: nox.Session) -> None:
    """Drop the templates that resets are cloned from. [--undo]"""
    task(session, "prune")


@nox.session(tags=["database"])
def db_label(session: nox.Session) -> None:
    """Show or set the label that protects the database. [development|test|production] [--json] [--yes NAME]"""
    task(session, "label")


@nox.session(tags=["database"])
def seed(session: nox.Session) -> None:
    """Fill the tables with the seeds; a second run changes nothing. [SET ...] [--scale N]"""
    task(session, "seed")


@nox.session(tags=["look"])
def db_status(session: nox.Session) -> None:
    """Engine, database, revision, what is pending, what can be undone. [--json] [--exit-code]"""
    task(session, "status")


@nox.session(tags=["look"])
def db_shell(session: nox.Session) -> None:
    """Open sqlite3 or psql on the database."""
    task(session, "shell")


@nox.session(tags=["look"])
def serve(session: nox.Session) -> None:
    """Run the API on this database, reloading when the code changes. [--port N]"""
    task(session, "serve")


@nox.session(tags=["migrations"])
def migrate(session: nox.Session) -> None:
    """Upgrade the database to head, or to a revision; safe to repeat. [REV] [--sql]"""
    task(session, "migrate")


@nox.session(tags=["migrations"])
def downgrade(session: nox.Session) -> None:
    """Take revisions back; a copy is kept for db_undo. REV (-1, a revision, base) [--sql]"""
    task(session, "downgrade")


@nox.session(tags=["migrations"])
def revision(session: nox.Session) -> None:
    """Write a migration from what changed in the models. "message" [--kind schema|data|empty] [--rename T.OLD:NEW]"""
    task(session, "revision")


@nox.session(tags=["migrations"])
def merge(session: nox.Session) -> None:
    """Write a revision that joins several heads. ["message"]"""
    task(session, "merge")


@nox.session(tags=["migrations"])
def stamp(session: nox.Session) -> None:
    """Say which revision the database stands on, running nothing. REV [--force]"""
    task(session, "stamp")


@nox.session(tags=["history"])
def history(session: nox.Session) -> None:
    """Every revision as a graph, with what the database has of it. [--json]"""
    task(session, "history")


@nox.session(tags=["history"])
def current(session: nox.Session) -> None:
    """The revision that the database stands on. [--json] [--exit-code]"""
    task(session, "current")


@nox.session(tags=["history"])
def heads(session: nox.Session) -> None:
    """The heads of the history; more than one want a merge. [--json]"""
    task(session, "heads")


@nox.session(tags=["history"])
def check(session: nox.Session) -> None:
    """Do the models and the history agree? Fails when not. [--both] [--fix "message"] [--against REF]"""
    task(session, "check")


@nox.session(tags=["quality"])
def lint(session: nox.Session) -> None:
    """Check style and formatting of every Python file (ruff)."""
    tool(session, "ruff", "check")
    tool(session, "ruff", "format", "--check")


@nox.session(tags=["quality"])
def typecheck(session: nox.Session) -> None:
    """Check the types of every Python file (mypy, strict)."""
    tool(session, "mypy")


@nox.session(tags=["quality"])
def tests(session: nox.Session) -> None:
    """Run the tests, on both engines where Docker answers. [pytest arguments]"""
    tool(session, "pytest", "--numprocesses=auto", "--dist=worksteal", *session.posargs)


@nox.session(tags=["quality"])
def drills(session: nox.Session) -> None:
    """Run the long fault drills: kills, full disks, a server that goes away. [--sampled] [pytest arguments]"""
    tool(session, "pytest", "--numprocesses=auto", "--drills", "tests/drills", *session.posargs)


@nox.session(tags=["quality"])
def bench(session: nox.Session) -> None:
    """Measure whole commands side by side with their peers, and print the ratios. [NAME ...]"""
    tool(session, "tests.benchmarks", *session.posargs)
