"""The command `python -m app.seeds`."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.config import BACKEND, parse_url
from app.seeds.__main__ import main
from tests.backend.conftest import on_sqlite
from tests.backend.history import History

Capture = pytest.CaptureFixture[str]


def test_seeding_says_what_it_did_and_a_second_run_changes_nothing(migrated: History, capsys: Capture) -> None:
    assert main([]) == 0
    said = capsys.readouterr().out
    before = migrated.rows()
    counts = {table: len(rows) for table, rows in before.items()}
    for table, count in counts.items():
        assert f"{table}: {count} inserted, 0 updated, 0 unchanged" in said
    assert main([]) == 0
    expected = ", ".join(f"{table} {counts[table]}" for table in ("organization", "source", "resource"))
    assert capsys.readouterr().out == f"Seeds: nothing to change ({expected})\n"
    assert migrated.rows() == before


def test_what_was_changed_or_deleted_is_put_right_and_other_rows_are_left_alone(
    seeded: History, capsys: Capture
) -> None:
    before = seeded.rows()["resource"]
    seeded.execute(
        "INSERT INTO organization (name) VALUES ('Mine')",
        "UPDATE resource SET phone = 'wrong' WHERE title = 'Veterans Crisis Line'",
        "DELETE FROM resource WHERE title = 'Claims help (example)'",
    )
    assert main([]) == 0
    assert f"resource: 1 inserted, 1 updated, {len(before) - 2} unchanged" in capsys.readouterr().out
    assert seeded.scalars("SELECT phone FROM resource WHERE title = 'Veterans Crisis Line'") == ["988 then press 1"]
    assert seeded.scalars("SELECT count(*) FROM organization WHERE name = 'Mine'") == [1]


def test_a_set_alone_brings_nothing_of_the_others(migrated: History, capsys: Capture) -> None:
    assert main(["national"]) == 0
    assert "resource" in capsys.readouterr().out
    assert migrated.scalars("SELECT count(*) FROM resource WHERE title LIKE '%(example)%'") == [0]


def test_scale_adds_that_many_and_is_the_same_every_time(seeded: History, capsys: Capture) -> None:
    small = len(seeded.rows()["resource"])
    assert main(["--scale", "500"]) == 0
    assert seeded.scalars("SELECT count(*) FROM resource") == [small + 500]
    capsys.readouterr()
    assert main(["--scale", "300"]) == 0
    assert "nothing to change" in capsys.readouterr().out


def test_trust_that_the_seeds_do_not_state_is_derived_as_the_history_does(seeded: History) -> None:
    before = seeded.rows()
    seeded.downgrade("7a070b5ce1e5")
    assert seeded.scalars("SELECT count(*) FROM resource WHERE trust_score IS NULL")[0] > 2
    seeded.upgrade()
    assert seeded.rows() == before


def test_without_tables_one_line_says_what_to_type(database_url: str, capsys: Capture) -> None:
    if database_url.startswith("sqlite"):
        Path(parse_url(database_url).database or "").touch()
    assert main([]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "Next: nox -s migrate" in said.err


@on_sqlite
def test_a_failure_halfway_leaves_nothing_behind(migrated: History, capsys: Capture) -> None:
    before = migrated.rows()
    migrated.execute("CREATE TRIGGER stop BEFORE INSERT ON resource BEGIN SELECT RAISE(ABORT, 'no room'); END")
    assert main([]) == 1
    assert "did not take them: no room. Nothing has changed." in capsys.readouterr().err
    assert migrated.rows() == before


@pytest.mark.parametrize("arguments", [["nosuch"], ["--scale", "-1"], ["--scale", "many"]])
def test_wrong_usage_ends_with_code_2_and_the_choices(arguments: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert "error: " in capsys.readouterr().err


@on_sqlite
def test_the_command_as_typed(migrated: History) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.seeds", "examples"], cwd=BACKEND, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert migrated.scalars("SELECT count(*) FROM resource") == [done.stdout.count("inserted") and 8]
