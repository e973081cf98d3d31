"""Run the project's seed command on a database."""

from collections.abc import Sequence

from dbtasks import process
from dbtasks.config import Settings, child_environment
from dbtasks.errors import ConfigError


def seed(settings: Settings, arguments: Sequence[str] = ()) -> bool:
    """Run the configured seed command; what it prints is passed on.

    The command is a program of its own and not a function that is called, so that any project's
    script will do. It finds the database in the project's URL variable.

    Args:
        settings: naming the database.
        arguments: the sets to seed and `--scale N`, handed through.

    Returns:
        False when the project has no seed command.

    Raises:
        ConfigError: arguments were given but there is no seed command to take them.
        ProcessError: the seed command failed.
    """
    command = settings.project.seed_command
    if not command:
        if arguments:
            raise ConfigError("This project has no seed command.", hint="Set seed-command in [tool.dbtasks]")
        return False
    process.stream(
        [*process.own_python(command), *arguments],
        environment=child_environment(settings),
        folder=settings.project.working_directory,
    )
    return True
