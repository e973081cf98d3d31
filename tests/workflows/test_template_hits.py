"""T2: a template is found again wherever a replay would give the same."""

import json
import os
from collections.abc import Callable
from dataclasses import replace

import pytest

from dbtasks.copies.templates import Templates
from dbtasks.databases.engines import open_changing
from dbtasks.databases.protocol import About
from tests.fixtures.projects import Project
from tests.fixtures.shells import HIT, Shell, revision, seeds

LIBRARY = """
import os
from shutil import get_terminal_size

COLOUR = os.environ.get("COLORTERM"), os.environ.get("WINDOWID")


def size():
    return get_terminal_size(), os.environ.get("PWD"), os.environ.get("TERM"), os.environ.get("PYTEST_VERSION")
"""
NOISY = """import titling, tempfile, json
    titling.size()
    everything = dict(os.environ)
    names = sorted(path.name for path in ROOT.iterdir())
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "title.json").write_text(json.dumps("Emma"))
        kept = (Path(folder) / "title.json").read_text()
    with open(ROOT.parent / "build.log", "a") as log:
        log.write(kept)
    (ROOT.parent / "cache.json").write_text(kept)
    return (ROOT.parent / "cache.json").read_text()"""
READERS = pytest.mark.parametrize("reader", [revision, seeds])


@pytest.fixture
def noisy(shell: Shell) -> Shell:
    """A project whose code reads and writes much that cannot change the outcome."""
    shell.package("1.0", LIBRARY)
    shell.variables["PYTHONPATH"] = str(shell.project.root / "lib" / "site-packages")
    (shell.project.root / "backend").mkdir()
    return shell


@READERS
def test_another_terminal_and_foreign_variables_change_nothing(
    noisy: Shell, reader: Callable[[Shell, str], None]
) -> None:
    reader(noisy, NOISY)
    noisy.reset()
    noisy.variables.update(
        PWD="/", OLDPWD="/tmp", SHLVL="7", TERM="dumb", COLUMNS="40", COLORTERM="truecolor", WINDOWID="7", _="/bin/x",
        NOX_CURRENT_SESSION="db_reset", PYTEST_VERSION="0", FOREIGN="yes", DBTASKS_OTHER="yes",
    )  # fmt: skip

    assert HIT in noisy.reset()


@READERS
def test_a_new_process_finds_what_another_built(noisy: Shell, reader: Callable[[Shell, str], None]) -> None:
    reader(noisy, NOISY)
    root = noisy.project.root
    path, url = noisy.variables["PYTHONPATH"], noisy.project.url
    full = {**os.environ, **noisy.variables}
    noisy.start(root, full)

    empty = noisy.start(root, {"PYTHONPATH": path, "DATABASE_URL": url})  # env -i
    elsewhere = noisy.start(root / "backend", full)
    under_nox = noisy.start(root, {**full, "NOX_CURRENT_SESSION": "db_reset", "DBTASKS_ARGUMENTS": ""})

    assert [HIT in said for said in (empty, elsewhere, under_nox)] == [True, True, True]


def test_a_module_that_nothing_imports_changes_nothing(shell: Shell) -> None:
    shell.write("titles.py", 'TITLE = "Emma"\n')
    revision(shell, "import titles\n    return titles.TITLE")
    shell.reset()
    shell.write("other.py", "")

    assert HIT in shell.reset()


def test_a_url_spelled_in_another_file_changes_nothing(shell: Shell) -> None:
    revision(shell, 'return str(len((ROOT / ".env").read_text()) > 0)')
    shell.write(".env", f"DATABASE_URL={shell.project.url}\n")
    shell.reset()
    shell.write(".env", f"# the same\nDATABASE_URL='{shell.project.url}'\n")

    assert HIT in shell.reset()


def test_another_checkout_of_the_project_finds_the_template(shell: Shell) -> None:
    revision(shell, "return (ROOT / 'title.txt').read_text()")
    shell.write("title.txt", "Emma")
    shell.reset()
    settings = shell.project.settings
    moved = shell.project.root.with_name("moved")
    shell.project.root.rename(moved)
    elsewhere = replace(settings, project=replace(settings.project, root=moved, env_file=moved / ".env"))
    if settings.url.engine == "sqlite":
        elsewhere = elsewhere.on(settings.url.with_name(str(moved / "books.db")))

    found = Templates(open_changing(elsewhere.url), elsewhere, seed=False).exact()
    moved.rename(shell.project.root)

    assert found is not None


def test_a_program_that_inputs_names_does_not_keep_a_state_from_being_kept(shell: Shell) -> None:
    revision(shell, 'import subprocess\n    return subprocess.check_output(["echo", "Emma"], text=True)')
    refused = shell.reset()
    shell.configure('inputs = ["echo"]')
    shell.reset()

    assert "cannot be seen: echo" in refused
    assert HIT in shell.reset()


def test_a_host_that_is_asked_keeps_a_state_from_being_kept(shell: Shell) -> None:
    revision(
        shell,
        "import socket\n    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:\n"
        '        asked.connect(("127.0.0.1", 9))\n    return "Emma"',
    )

    assert "cannot be seen: 127.0.0.1" in shell.reset()


def test_seeds_in_another_language_are_kept_where_their_sources_are_named(shell: Shell) -> None:
    shell.write("seed.sh", "exit 0\n")
    shell.configure('seed-command = "sh seed.sh"')
    shell.reset()
    refused = shell.reset()
    shell.configure('seed-sources = ["seed.sh"]')
    shell.reset()
    found = shell.reset()
    shell.write("seed.sh", "exit 0  # edited\n")

    assert (HIT in refused, HIT in found, HIT in shell.reset()) == (False, True, False)


def test_no_value_of_a_variable_is_kept(shell: Shell) -> None:
    revision(shell, 'return "Emma" if os.environ.get("BOOK_SECRET") else "none"')
    shell.variables["BOOK_SECRET"] = "correct-horse"
    shell.reset()
    kept = shell.project.database.kept("template")

    assert kept
    assert "correct-horse" not in json.dumps([dict(one.about.facts) for one in kept])


def test_templates_of_the_version_before_are_no_hits_and_break_nothing(project: Project) -> None:
    project.type("reset")
    database = project.database
    for kept in database.kept("template"):
        old = {"key": "1", "seeded": "no", "inputs": "[[], []]", "digest": "1", "rows": "{}"}
        database.describe(kept, About("template", "old", kept.about.made, kept.about.revisions, old))

    assert HIT not in project.type("reset").err
    assert HIT in project.type("reset").err


def test_what_the_server_offers_is_part_of_a_template(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:  # T1
    kind = type(project.database)
    monkeypatch.setattr(kind, "template_conditions", lambda _: "de_DE, pgvector 1", raising=False)
    project.type("reset")
    same = project.type("reset").err
    monkeypatch.setattr(kind, "template_conditions", lambda _: "de_DE, pgvector 2", raising=False)

    assert HIT in same
    assert HIT not in project.type("reset").err
