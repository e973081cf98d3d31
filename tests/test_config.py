from pathlib import Path

import pytest

from dbtasks import config
from dbtasks.errors import ConfigError
from dbtasks.pyproject import find_root, load_project
from dbtasks.urls import UrlError


def project_with(root: Path, table: str) -> Path:
    (root / "alembic.ini").touch()
    (root / "pyproject.toml").write_text(f"[tool.dbtasks]\n{table}\n")
    return root


def test_the_root_is_found_from_any_folder_below(tmp_path: Path) -> None:
    deep = project_with(tmp_path, "") / "a" / "b"
    deep.mkdir(parents=True)

    assert find_root(deep) == tmp_path


def test_a_place_without_a_project_says_what_a_project_is(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No project here"):
        find_root(tmp_path)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    root = project_with(
        tmp_path, 'alembic_ini = "x"\nkeep-undo = "three"\nproject = 7\nlock-wait = -1\nseed-command = [1]'
    )

    with pytest.raises(ConfigError) as refused:
        load_project(root)

    assert refused.value.checked == (
        "alembic_ini: unknown key, did you mean alembic-ini?",
        "keep-undo: should be a whole number, is 'three'",
        "project: should be a string, is 7",
        "lock-wait: should be seconds, is -1",
        "seed-command: should be a list of strings, is [1]",
    )
    assert refused.value.exit_code == 2


def test_a_missing_alembic_ini_is_told(tmp_path: Path) -> None:
    root = project_with(tmp_path, 'alembic-ini = "elsewhere/alembic.ini"')

    with pytest.raises(ConfigError) as refused:
        load_project(root)

    assert "there is no file" in refused.value.checked[0]


def test_broken_toml_is_told(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.dbtasks\n")

    with pytest.raises(ConfigError, match="cannot be read"):
        find_root(tmp_path)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    project = load_project(project_with(tmp_path, ""))
    (tmp_path / ".env").write_text("DATABASE_URL=sqlite:///file.db\nOTHER=1\n")

    from_file = config.load(project, {})
    from_outside = config.load(project, {"DATABASE_URL": "sqlite:///outside.db"})

    assert (from_file.url.path.name, from_file.url_source) == ("file.db", str(tmp_path / ".env"))
    assert (from_outside.url.path.name, from_outside.url_source) == ("outside.db", "the environment")
    assert from_outside.variable("OTHER") == "1"


def test_no_url_anywhere_says_where_it_was_looked_for(tmp_path: Path) -> None:
    project = load_project(project_with(tmp_path, ""))

    with pytest.raises(ConfigError) as refused:
        config.load(project, {})

    assert refused.value.checked == ("the environment", str(tmp_path / ".env"))


def test_a_malformed_url_says_where_it_was_found_and_not_what_it_is(tmp_path: Path) -> None:
    project = load_project(project_with(tmp_path, ""))
    (tmp_path / ".env").write_text("DATABASE_URL=postgresql://me:hunter2@@db/app\n")

    with pytest.raises(UrlError) as refused:
        config.load(project, {})

    assert refused.value.checked == (f"DATABASE_URL from {tmp_path / '.env'}",)
    assert "hunter2" not in str(refused.value) + refused.value.hint


def test_settings_never_show_their_variables(tmp_path: Path) -> None:
    project = load_project(project_with(tmp_path, ""))
    settings = config.load(project, {"DATABASE_URL": "postgresql://me:hunter2@db/app", "TOKEN": "hunter3"})

    assert "hunter" not in repr(settings)
