"""T1: whatever a build read, a cached reset gives what a replay gives."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import pytest

from tests.fixtures.shells import HIT, Shell, revision, seeds

Reader = Callable[[Shell, str], None]


@dataclass(frozen=True)
class Case:
    """How a title is found out, and what is there before and after."""

    body: str
    before: Callable[[Shell], object]
    after: Callable[[Shell], object]


def wrote(name: str, content: str) -> Callable[[Shell], object]:
    return lambda shell: shell.write(name, content)


def exported(value: str) -> Callable[[Shell], object]:
    return lambda shell: shell.variables.update(BOOK_TITLE=value)


def linked(folder: str) -> Callable[[Shell], object]:
    def link(shell: Shell) -> None:
        shell.write(f"{folder}/title.txt", folder)
        place = shell.project.root / "current"
        place.unlink(missing_ok=True)
        place.symlink_to(folder)

    return link


def installed(version: str, content: str) -> Callable[[Shell], object]:
    def install(shell: Shell) -> None:
        shell.package(version, content)
        shell.variables["PYTHONPATH"] = str(shell.project.root / "lib" / "site-packages")

    return install


def declared(line: str, name: str) -> Callable[[Shell], object]:
    """A variable of `.env`, or one that `inputs` names, in a program that copies the whole environment."""

    def declare(shell: Shell) -> None:
        if name == ".env":
            shell.write(".env", f"DATABASE_URL={shell.project.url}\nBOOK_TITLE={line}\n")
        else:
            shell.configure('inputs = ["BOOK_TITLE"]')
            shell.variables["BOOK_TITLE"] = line

    return declare


READ = 'return (ROOT / "data" / "title.txt").read_text()'
COPY = 'return {**os.environ}["BOOK_TITLE"]'
CASES = {
    "a file outside the migrations": Case(READ, wrote("data/title.txt", "Emma"), wrote("data/title.txt", "Persuasion")),
    "a file by another folder's name": Case(
        'return open("data/title.txt").read()', wrote("data/title.txt", "Emma"), wrote("data/title.txt", "Persuasion")
    ),
    "a module by importlib": Case(
        'import importlib, sys\n    sys.path.insert(0, str(ROOT))\n    return importlib.import_module("titles").TITLE',
        wrote("titles.py", 'TITLE = "Emma"\n'),
        wrote("titles.py", 'TITLE = "Persuasion"\n'),
    ),
    "a variable": Case('return os.environ.get("BOOK_TITLE", "none")', exported("Emma"), exported("Persuasion")),
    "a variable by a package": Case(
        "import titling\n    return titling.variable('BOOK_TITLE')",
        lambda shell: (installed("1.0", "import os\nvariable = os.getenv\n")(shell), exported("Emma")(shell)),
        exported("Persuasion"),
    ),
    "a variable of .env in a copy": Case(COPY, declared("Emma", ".env"), declared("Persuasion", ".env")),
    "a variable of inputs in a copy": Case(COPY, declared("Emma", "inputs"), exported("Persuasion")),
    "a symlinked folder": Case(
        'return (ROOT / "current" / "title.txt").read_text()', linked("first"), linked("second")
    ),
    "another version of a package": Case(
        "import titling\n    return titling.TITLE",
        installed("1.0", 'TITLE = "Emma"\n'),
        installed("2.0", 'TITLE = "Persuasion"\n'),
    ),
    "names in a folder": Case(
        'return "+".join(sorted(path.name for path in (ROOT / "data").iterdir()))',
        wrote("data/Emma", ""),
        wrote("data/Persuasion", ""),
    ),
    "a file that was missing": Case(
        'try:\n        return (ROOT / "title.txt").read_text()\n    except OSError:\n        return "none"',
        lambda _: None,
        wrote("title.txt", "Persuasion"),
    ),
    "a module that was missing": Case(
        'import sys\n    sys.path.insert(0, str(ROOT))\n    try:\n        import local_titles\n'
        '    except ImportError:\n        return "none"\n    return local_titles.TITLE',
        lambda _: None,
        wrote("local_titles.py", 'TITLE = "Persuasion"\n'),
    ),
    "a module in front of another": Case(
        "import sys\n    sys.path[:0] = [str(ROOT / 'first'), str(ROOT / 'second')]\n    import titles\n"
        "    return titles.TITLE",
        lambda shell: (shell.write("first/other.py", ""), shell.write("second/titles.py", 'TITLE = "Emma"\n')),
        wrote("first/titles.py", 'TITLE = "Persuasion"\n'),
    ),
    "a program": Case(
        'import subprocess\n    return subprocess.check_output(["cat", ROOT / "title.txt"], text=True)',
        wrote("title.txt", "Emma"),
        wrote("title.txt", "Persuasion"),
    ),
    "another SQLite database": Case(
        'import sqlite3\n    from contextlib import closing\n'
        '    with closing(sqlite3.connect(ROOT / "titles.db")) as connection:\n'
        '        return connection.execute("SELECT title FROM title").fetchone()[0]',
        lambda shell: other_database(shell, "Emma"),
        lambda shell: other_database(shell, "Persuasion"),
    ),
}  # fmt: skip


def other_database(shell: Shell, title: str) -> None:
    with closing(sqlite3.connect(shell.project.root / "titles.db")) as connection, connection:
        connection.execute("DROP TABLE IF EXISTS title")
        connection.execute("CREATE TABLE title AS SELECT ? AS title", [title])


ON_A_SERVER = ("a file outside the migrations", "a variable", "a program")  # what is recorded knows no engine
READERS = pytest.mark.parametrize("reader", [revision, seeds])


# These do not meet in one program: the same variable, or a module of the same name, is in another of them.
APART = ("a variable by a package", "a variable of .env in a copy", "a module in front of another")
TOGETHER = tuple(name for name in CASES if name not in {*ON_A_SERVER, *APART})


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", APART)
@READERS
def test_what_a_build_reads_is_part_of_its_template(shell: Shell, name: str, reader: Reader) -> None:  # T1
    CASES[name].before(shell)
    reader(shell, CASES[name].body)

    assert_follows(shell, CASES[name].after)


@READERS
@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_each_thing_that_a_build_reads_is_part_of_its_template(shell: Shell, reader: Reader) -> None:  # T1, in one
    for name in TOGETHER:
        CASES[name].before(shell)
    parts = [f"def part{number}():\n    {CASES[name].body}" for number, name in enumerate(TOGETHER)]
    titles = ", ".join(f"part{number}()" for number in range(len(TOGETHER)))
    reader(shell, "\n".join([*parts, f"return repr([{titles}])"]).replace("\n", "\n    "))
    shell.reset()
    assert HIT in shell.reset()

    for name in TOGETHER:
        before = shell.titles()
        CASES[name].after(shell)
        shell.reset()
        assert shell.titles() != before, name

    cached = shell.titles()
    shell.reset("--no-cache")
    assert shell.titles() == cached


@READERS
@pytest.mark.parametrize("name", ON_A_SERVER)
def test_what_a_build_reads_is_part_of_its_template_on_either_engine(shell: Shell, name: str, reader: Reader) -> None:
    CASES[name].before(shell)
    reader(shell, CASES[name].body)

    assert_follows(shell, CASES[name].after, hit=name != "a program")  # T1


def assert_follows(shell: Shell, change: Callable[[Shell], object], *, hit: bool = True) -> None:
    """Build, change something: the cached reset has to give what a replay gives, and that has to be something else."""
    shell.reset()
    again = shell.reset()
    built = shell.titles()
    change(shell)
    shell.reset()
    cached = shell.titles()
    shell.reset("--no-cache")
    replayed = shell.titles()

    assert (HIT in again) == hit, again
    assert cached == replayed
    assert replayed != built
