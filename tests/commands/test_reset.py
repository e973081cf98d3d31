import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.fixtures.projects import Project, execute


def test_the_database_is_built_to_head_and_the_summary_says_so(project: Project) -> None:
    said = project.type("reset")

    assert said.code == 0
    assert project.database.current() == ("a3",)
    assert project.database.rows() == {"book": 1}
    assert project.database.place in said.out
    assert "Revision  a3" in said.out
    assert "book      1" in said.out
    assert "Next" in said.out


def test_a_second_reset_gives_the_same_and_keeps_the_first_for_undo(project: Project) -> None:
    project.type("reset")
    add_a_book(project)

    said = project.type("reset")

    assert project.database.rows() == {"book": 1}
    assert "nox -s db_undo" in said.out
    assert project.type("undo").code == 0
    assert project.database.rows() == {"book": 2}


def test_what_is_written_into_an_empty_database_during_a_reset_is_kept(project: Project) -> None:
    assert project.type("create").code == 0
    url = project.settings.url
    arguments = f"**{url.connect_arguments()!r}" if url.engine == "postgres" else repr(url.name)
    driver = "psycopg2" if url.engine == "postgres" else "sqlite3"
    opening = f"{driver}.connect({arguments})"
    project.revision(
        "a4",
        "a3",
        f"import {driver}\n    other = {opening}\n    cursor = other.cursor()\n"
        '    cursor.execute("CREATE TABLE note (text VARCHAR(9))")\n'
        "    cursor.execute(\"INSERT INTO note VALUES ('kept')\")\n    other.commit()\n    other.close()",
    )

    said = project.type("reset")

    assert said.code == 0, said.text
    assert project.type("undo").code == 0
    assert project.database.rows() == {"note": 1}


def test_a_failing_revision_leaves_everything_as_it_was(project: Project) -> None:
    project.type("reset")
    add_a_book(project)
    project.revision("a4", "a3", 'op.execute("INSERT INTO nowhere VALUES (1)")')
    kept = project.database.kept()

    said = project.type("reset")

    assert said.code == 1
    assert "upgrade of revision a4 (a4 of the test) failed" in said.err
    assert "a4.py:11" in said.err
    assert project.database.current() == ("a3",)
    assert project.database.rows() == {"book": 2}
    assert (project.database.kept(), project.database.tidy()) == (kept, 0)


def test_several_heads_are_refused_before_anything_is_built(project: Project) -> None:
    project.revision("b1", "a2", "pass")

    said = project.type("reset")

    assert (said.code, "2 heads: a3, b1" in said.err) == (1, True)
    assert "nox -s merge" in said.err


def test_only_the_configured_number_of_undos_is_kept(project: Project) -> None:
    pyproject = project.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text() + "keep-undo = 3\n")
    for _ in range(6):
        said = project.type("reset")

    assert len(project.database.kept("undo")) == 3
    assert "Dropped former state 2 " in said.err


def test_two_resets_at_once_take_turns_and_both_succeed(project: Project) -> None:
    command = [sys.executable, "-m", "dbtasks", "reset"]
    both = [
        subprocess.Popen(command, cwd=project.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    said = [child.communicate()[0] for child in both]

    assert [child.returncode for child in both] == [0, 0], said
    assert project.database.rows() == {"book": 1}
    assert project.database.tidy() == 0


def test_the_seed_command_runs_on_the_new_database(project: Project) -> None:
    seeds = project.root / "seeds.py"
    seeds.write_text(
        "import os, sys\n"
        "from sqlalchemy import create_engine, text\n"
        "with create_engine(os.environ['DATABASE_URL']).begin() as connection:\n"
        "    connection.execute(text(\"INSERT INTO book (title) VALUES ('Seeded')\"))\n"
        "print('Seeds: 1 book')\n"
    )
    with (project.root / "pyproject.toml").open("a") as file:
        file.write('seed-command = "python seeds.py"\n')

    seeded = project.type("reset")
    rows = project.database.rows()
    project.type("reset", "--no-seed")

    assert "Seeds: 1 book" in seeded.err
    assert (rows, project.database.rows()) == ({"book": 2}, {"book": 1})


def test_failing_seeds_leave_everything_as_it_was(project: Project) -> None:
    project.type("reset")
    (project.root / "seeds.py").write_text("import sys\nsys.exit('no seeds today')\n")
    with (project.root / "pyproject.toml").open("a") as file:
        file.write('seed-command = "python seeds.py"\n')
    undos = project.database.kept("undo")

    said = project.type("reset")

    assert (said.code, "no seeds today" in said.err) == (1, True)
    assert (project.database.kept("undo"), project.database.tidy()) == (undos, 0)


@pytest.mark.parametrize("make", ["directory", "text"])
def test_what_is_no_database_is_left_alone(example: Callable[..., Project], make: str) -> None:
    project = example("linear")
    file = project.root / "books.db"
    if make == "directory":
        file.mkdir()
    else:
        file.write_text("my shopping list, much longer than the header of a SQLite database would be\n" * 3)

    said = project.type("reset")

    assert (said.code, "left as it is" in said.err or "left as it was" in said.err) == (1, True)
    assert "next:" in said.err
    assert file.is_dir() if make == "directory" else file.read_text().startswith("my shopping list")


def add_a_book(project: Project) -> None:
    execute(project, "INSERT INTO book (title) VALUES ('Persuasion')")
