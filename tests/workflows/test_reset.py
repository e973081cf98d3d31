"""Resets from templates: what is cloned, what is run, and that the outcome is that of a plain replay."""

import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing

import pytest

from dbtasks.workflows.recorded_build import stops
from tests.fixtures.projects import Outcome, Project, execute

SEEDS = """
import os
from seed_data import TITLES
from sqlalchemy import create_engine, text

with create_engine(os.environ["DATABASE_URL"]).begin() as connection:
    for title in TITLES:
        connection.execute(text("INSERT INTO book (title) VALUES (:title)"), {"title": title})
"""


@pytest.fixture
def seeded(project: Project) -> Project:
    """The project with a seed command of its own."""
    folder = project.root / "seeds"
    folder.mkdir()
    (folder / "run.py").write_text(SEEDS)
    (folder / "seed_data.py").write_text('TITLES = ["Sanditon"]\n')
    with (project.root / "pyproject.toml").open("a") as file:
        file.write('seed-command = "python seeds/run.py"\nseed-sources = ["seeds"]\n')
    return project


def ran(said: Outcome) -> list[str]:
    """The revisions that a command upgraded."""
    return [line.split()[1] for line in said.err.splitlines() if line.startswith("  upgrade")]


def test_a_second_reset_runs_nothing(seeded: Project) -> None:
    first = seeded.type("reset")
    second = seeded.type("reset")

    assert (ran(first), ran(second)) == (["a1", "a2", "a3"], [])
    assert "exactly this history" in second.err
    assert seeded.database.rows() == {"book": 2}
    assert "book      2" in second.out


def test_an_exact_hit_imports_neither_alembic_nor_sqlalchemy_nor_docker(example: Callable[..., Project]) -> None:
    project = example("linear")
    project.type("reset")
    code = (
        "import sys; from dbtasks import cli; code = cli.main(['reset']);"
        "sys.exit(code or ', '.join({'alembic', 'sqlalchemy', 'sqlmodel', 'docker', 'rich'} & set(sys.modules)) or 0)"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=project.root, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "Cloned the template of exactly this history")


def test_editing_a_late_revision_rebuilds_from_just_before_it(seeded: Project) -> None:
    seeded.type("reset")
    path = seeded.root / "migrations" / "versions" / "a3_first_book.py"
    path.write_text(path.read_text().replace("Emma", "Emma, revised"))

    said = seeded.type("reset")

    assert ran(said) == ["a3"]
    assert seeded.database.rows() == {"book": 2}


def test_a_new_revision_builds_on_what_is_there(seeded: Project) -> None:
    seeded.type("reset")
    seeded.revision("a4", "a3", 'op.add_column("book", sa.Column("year", sa.Integer))')

    assert ran(seeded.type("reset")) == ["a4"]


def test_editing_a_seed_keeps_the_migrated_template(seeded: Project) -> None:
    seeded.type("reset")
    (seeded.root / "seeds" / "seed_data.py").write_text('TITLES = ["Sanditon", "Lady Susan"]\n')

    said = seeded.type("reset")

    assert (ran(said), seeded.database.rows()) == ([], {"book": 3})


def test_a_module_that_a_revision_imports_is_part_of_it(project: Project) -> None:
    (project.root / "titles.py").write_text('TITLE = "Emma"\n')
    ini = project.root / "alembic.ini"
    ini.write_text(ini.read_text() + "prepend_sys_path = .\n")
    path = project.revision("a4", "a3", 'op.execute(sa.text("UPDATE book SET title = :t").bindparams(t=titles.TITLE))')
    path.write_text(path.read_text().replace("import sqlalchemy", "import titles\nimport sqlalchemy"))
    project.type("reset")
    sys.modules.pop("titles", None)
    (project.root / "titles.py").write_text('TITLE = "Mansfield Park"\n')

    said = project.type("reset")
    sys.modules.pop("titles", None)

    assert "a4" in ran(said)


def test_a_model_that_env_py_imports_is_part_of_every_revision(project: Project) -> None:  # T1
    models = project.root / "models.py"
    models.write_text("class Book:\n    title = 80\n")
    env = project.root / "migrations" / "env.py"
    env.write_text(env.read_text().replace("from alembic import context", "import models\nfrom alembic import context"))
    ini = project.root / "alembic.ini"
    ini.write_text(ini.read_text() + "prepend_sys_path = .\n")
    project.type("reset")

    models.write_text("class Book:\n    title = 120\n")
    edited = project.type("reset")
    again = project.type("reset")
    sys.modules.pop("models", None)

    assert (ran(edited), ran(again)) == (["a1", "a2", "a3"], [])


def test_without_the_cache_everything_is_replayed(project: Project) -> None:
    project.type("reset")

    assert ran(project.type("reset", "--no-cache")) == ["a1", "a2", "a3"]


def test_rows_of_the_live_database_never_reach_a_template(project: Project) -> None:
    project.type("reset")
    execute(project, "INSERT INTO book (title) VALUES ('Mine')")
    project.type("reset")
    project.type("reset")

    assert project.database.rows() == {"book": 1}


def test_templates_are_bounded_and_the_least_recently_used_go_first(project: Project) -> None:
    with (project.root / "pyproject.toml").open("a") as file:
        file.write("keep-templates = 2\n")
    for year in range(4):
        path = project.root / "migrations" / "versions" / "a3_first_book.py"
        path.write_text(path.read_text().replace("474", str(400 + year)))
        project.type("reset")

    kept = project.database.kept("template")

    assert len(kept) == 2
    assert ran(project.type("reset")) == []


def test_states_are_kept_close_to_the_end() -> None:
    assert stops(0) == []
    assert stops(3) == [2]
    assert stops(20) == [4, 16, 19]
    assert len(stops(300)) == 5


def dump(project: Project) -> list[str]:
    """Everything in a SQLite database, and the settings of its file that a program could notice."""
    with closing(sqlite3.connect(project.settings.url.path)) as connection:
        settings = [
            f"{name} {connection.execute(f'PRAGMA {name}').fetchone()[0]}"
            for name in ("user_version", "application_id", "encoding", "auto_vacuum", "page_size", "journal_mode")
        ]
        return [*settings, *connection.iterdump()]


@pytest.mark.parametrize("seed", range(3))
def test_no_edit_of_a_history_ever_finds_a_stale_template(example: Callable[..., Project], seed: int) -> None:
    project = example("linear")
    chance = random.Random(seed)
    versions = project.root / "migrations" / "versions"
    names = ["a1_create_book.py", "a2_add_pages.py", "a3_first_book.py"]
    added = 3
    for _ in range(12):
        edit = chance.choice(["add", "change", "change", "remove", "env"])
        if edit == "add":
            added += 1
            parent = names[-1].split("_")[0].removesuffix(".py")
            body = f"op.execute(\"INSERT INTO book (title) VALUES ('{chance.random()}')\")"
            names.append(project.revision(f"a{added}", parent, body).name)
        elif edit == "remove" and len(names) > 1:
            (versions / names.pop()).unlink()
        elif edit == "env":
            env = project.root / "migrations" / "env.py"
            env.write_text(env.read_text() + f"# {chance.random()}\n")
        else:
            path = versions / chance.choice(names)
            default = f'    op.execute("UPDATE book SET title = title || {chance.randint(0, 9)}")\n'
            path.write_text(path.read_text().replace("\n\n\ndef downgrade", f"\n{default}\n\ndef downgrade"))
        assert project.type("reset").code == 0
        cached = dump(project)
        assert project.type("reset", "--no-cache").code == 0

        assert dump(project) == cached


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_template_that_was_cut_short_is_built_again(project: Project) -> None:
    project.type("reset")
    for template in project.database.kept("template"):
        template.url.path.write_bytes(template.url.path.read_bytes()[:5000])

    said = project.type("reset")

    assert (said.code, project.database.rows(), "cannot be read" in said.err) == (0, {"book": 1}, True), said.text
