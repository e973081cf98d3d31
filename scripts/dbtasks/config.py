"""Configuration: `[tool.dbtasks]`, `.env` and the environment become frozen, checked Settings.

The environment wins over `.env`. Every problem is found before any is reported. This module is the
only one that reads or changes `os.environ`.
"""

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dbtasks import envfile
from dbtasks.errors import ConfigError
from dbtasks.pyproject import Project
from dbtasks.urls import DatabaseUrl, UrlError, parse_url

Environment = Mapping[str, str]


@dataclass(frozen=True)
class Settings:
    """A project together with this machine's variables and the database they name."""

    project: Project
    url: DatabaseUrl
    url_source: str
    variables: Environment = field(repr=False, default_factory=dict)
    declared: tuple[str, ...] = ()  # the names in `.env`
    is_draft: bool = False  # what fails on a draft leaves the project's own database as it was
    may_lose: bool = False  # there is another way back than the transaction of a revision, or none is wanted
    damages: tuple[str, ...] = ()  # what could not be read of pyproject.toml and `.env`

    def on(self, url: DatabaseUrl) -> "Settings":
        """The same settings, aimed at another database."""
        return replace(self, url=url, is_draft=False, may_lose=False)

    def on_draft(self, url: DatabaseUrl) -> "Settings":
        """The same settings, aimed at a database that is built beside the project's own."""
        return replace(self, url=url, is_draft=True, may_lose=True)

    def without_way_back(self) -> "Settings":
        """The same settings, for a change of the database itself which may take things away."""
        return replace(self, may_lose=True)

    def variable(self, name: str, default: str = "") -> str:
        """A variable of the environment or of `.env`."""
        return self.variables.get(name) or default


def load(project: Project, environment: Environment | None = None, damages: list[str] | None = None) -> Settings:
    """Combine the project with `.env` and the environment, which wins.

    Args:
        project: what `[tool.dbtasks]` says.
        environment: the process's own where none is given.
        damages: where given, what is wrong with `.env` is added to it, and the lines that can be read hold.

    Raises:
        ConfigError: `.env` cannot be read, or no database URL is set.
        UrlError: the URL is malformed; the message says where it was found.
    """
    outside = os.environ if environment is None else environment
    written = envfile.read(project.env_file, damages)
    variables = {**written, **outside}
    name = project.url_variable
    source = "the environment" if outside.get(name) else str(project.env_file)
    text = outside.get(name) or variables.get(name, "")
    if not text:
        raise ConfigError(
            f"{name} is not set, so there is no database to work on.",
            checked=["the environment", str(project.env_file), *(damages or ())],
            hint=f"Add a line to {project.env_file.name}:  {name}=sqlite:///{project.name}.db",
        )
    try:
        url = parse_url(text, base=project.root)
    except UrlError as error:
        error.checked = (f"{name} from {source}",)
        raise
    return Settings(project, url, source, variables, tuple(written), damages=tuple(damages or ()))


def environment() -> Environment:
    """The process's environment, to be read."""
    return os.environ


def handed_over() -> list[str]:
    """The arguments that a nox session hands over by environment; taken out, so that no child inherits them."""
    return shlex.split(os.environ.pop("DBTASKS_ARGUMENTS", ""))


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment for a program that works on the settings' database, `.env` included."""
    return {**settings.variables, settings.project.url_variable: settings.url.render()}
