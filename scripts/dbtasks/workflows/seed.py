"""Run the project's seed command on a database."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from dbtasks import process
from dbtasks.config import Settings, child_environment
from dbtasks.copies.build_record import BuildRecord
from dbtasks.copies.fingerprints import own_files
from dbtasks.databases.protocol import Reading
from dbtasks.errors import ON_A_COPY, ConfigError, ProcessError
from dbtasks.events import Emit, ProgramOutput


def seed(settings: Settings, emit: Emit, arguments: Sequence[str] = ()) -> bool:
    """Run the configured seed command; what it prints is passed on.

    The command is a program of its own and not a function that is called, so that any project's
    script will do. It finds the database in the project's URL variable.

    Args:
        settings: naming the database.
        emit: where events go.
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
    _run(settings, arguments, child_environment(settings), emit)
    return True


def seed_and_record(settings: Settings, live: Settings, emit: Emit) -> BuildRecord:
    """Run the seed command and see what it reads.

    A project that names its seed-sources says with them what else counts where a program cannot be seen.

    Args:
        settings: naming the database that is seeded.
        live: naming the database that it belongs to.
        emit: where events go.

    Raises:
        ProcessError: the seed command failed.
    """
    from dbtasks.project import observation

    project = settings.project
    seen = BuildRecord()
    pythons: list[str] = []
    skip, port = (*own_files(live), *own_files(settings)), settings.url.port or 0

    def tell(kind: str, name: str, value: str) -> None:
        (pythons.append(name) if kind == "started" else seen.tell(kind, name, value))

    with (
        observation.observed(seen.tell, skip=skip, port=port) as recorder,
        observation.observed_program(child_environment(settings), tell, skip=skip, port=port) as environment,
    ):
        observation.read_trees(recorder, [project.root / source for source in project.seed_sources])
        _run(settings, (), environment, emit)
    if not pythons:
        seen.outside.add(project.seed_command[0])
    if project.seed_sources:
        seen.outside.clear()
    return seen


@contextmanager
def require_aim(live: Reading, draft: Reading, url_variable: str) -> Iterator[None]:
    """Refuse seeds that write to the database in use, and not to the draft which they were given.

    Args:
        live: the database in use, whether it exists or not.
        draft: what the seeds are run on.
        url_variable: which names it to them.

    Raises:
        ProcessError: they failed, or they did; what they overwrote there was not kept.
    """
    if not live.exists():
        yield
        return
    untouched = draft.content()
    with live.watch() as others:
        others.begin()
        try:
            yield
        except ProcessError as error:
            if others.has_seen_writes():
                error.checked = (*error.checked, f"{live.place} was written to meanwhile")
            raise
        if others.has_seen_writes() and draft.content() == untouched:
            raise ProcessError(
                f"The seeds changed nothing in the draft that they were given, and {live.place} "
                "was written to meanwhile.",
                checked=["nothing was swapped, and the draft is not kept as a template"],
                hint=f"Let seed-command connect to the URL in {url_variable}, then look at: nox -s db_status",
            )


def _run(settings: Settings, arguments: Sequence[str], environment: Mapping[str, str], emit: Emit) -> None:
    project = settings.project
    try:
        process.stream(
            [*process.own_python(project.seed_command), *arguments],
            environment=environment,
            folder=project.working_directory,
            tell=lambda line: emit(ProgramOutput(line)),
        )
    except ProcessError as error:
        state = ON_A_COPY if settings.is_draft else f"{settings.url} holds what the seeds had written by then"
        raise ProcessError(
            f"The seeds failed: {error.message}", checked=[state], hint="Mend them, then run the same command again"
        ) from error
