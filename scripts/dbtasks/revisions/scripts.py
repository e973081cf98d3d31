"""The project's Alembic configuration and its folder of revisions."""

import contextlib
import sys
from argparse import Namespace
from collections.abc import Iterator
from io import StringIO

from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from dbtasks.config import Settings, exported
from dbtasks.errors import MigrationError


def configuration(settings: Settings, output: StringIO | None = None) -> Config:
    """Alembic's Config for the project, without a logging setup of its own.

    The URL travels in the environment, where env.py looks for it, and as `sqlalchemy.url` for an
    env.py written after Alembic's template.

    Args:
        settings: naming the project and the database.
        output: where `--sql` goes.
    """
    quiet = Namespace(quiet=True, x=None)  # what a file is called is told in our own words
    config = Config(str(settings.project.alembic_ini), stdout=StringIO(), output_buffer=output, cmd_opts=quiet)
    config.set_main_option("sqlalchemy.url", settings.url.render().replace("%", "%%"))
    # An env.py calls fileConfig() where there is a file name, and that would drop the handler which
    # reports each step. The file has been read by now.
    config.config_file_name = None
    return config


def scripts(config: Config, settings: Settings) -> ScriptDirectory:
    """The project's revisions.

    Raises:
        MigrationError: alembic.ini names no folder of revisions.
    """
    try:
        return ScriptDirectory.from_config(config)
    except CommandError as error:
        raise MigrationError(
            f"The folder of revisions cannot be used: {error}",
            checked=[str(settings.project.alembic_ini)],
            hint="Set script_location in alembic.ini",
        ) from error


@contextlib.contextmanager
def at_home(settings: Settings) -> Iterator[None]:
    """Run Alembic as it would run by hand: in the folder of alembic.ini, with the URL in the environment."""
    path = list(sys.path)
    with exported(settings), contextlib.chdir(settings.project.alembic_ini.parent):
        try:
            yield
        finally:
            sys.path[:] = path  # prepend_sys_path adds an entry at each run
