"""The import arrows of the suite, read from its own files."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SUITE = ROOT / "scripts" / "dbtasks"

# What each package holds, from the top down. A module may import those after it, never itself or those before it,
# whether the package is the suite or one inside it.
ORDER: dict[str, tuple[str, ...]] = {
    "": (
        *("__main__", "cli", "pytest_plugin", "commands", "task_arguments", "views", "workflows", "events", "guard"),
        *("copies", "revisions", "project", "local_state", "databases", "servers"),
        *("config", "git", "process", "console", "envfile", "urls", "lock_wait", "errors"),
    ),
    "workflows": (
        *("databases_for_tests", "author", "switch_engine", "setup", "fill", "branch", "undo", "snapshots"),
        *("restore", "stamp", "downgrade", "upgrade", "reset", "verify", "reconcile", "schema_match", "scratch"),
        *("build", "recorded_build", "migrate", "checkout", "change"),
        *("seed", "at_head", "git_hook", "summary", "migrated"),
    ),
    "workflows.change": (
        "copies",
        "in_place",
        "replace",
        "create",
        "way_back",
        "limits",
        "sessions",
        "site",
        "left_overs",
    ),
}
DOORS = {  # an outside thing -> where it may be imported
    "subprocess": {"process"},
    "alembic": {"project"},
    "sqlalchemy": {"project"},
    "sqlmodel": set(),
    "sqlite3": {"databases"},
    "psycopg2": {"databases"},
    "docker": {"servers"},
    "dotenv": {"envfile"},
    "rich": {"console"},
}
HEAVY = {"alembic", "sqlalchemy", "sqlmodel", "docker", "rich"}
FILES = sorted(SUITE.rglob("*.py"))


CHANGE = SUITE / "workflows" / "change"
KEEPERS = {  # of templates, which are theirs alone
    SUITE / "copies" / "templates.py",
    SUITE / "workflows" / "build.py",
    SUITE / "workflows" / "recorded_build.py",
}


def module_of(path: Path) -> str:
    """As in `workflows.change.site`."""
    parts = path.relative_to(SUITE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def ours(path: Path) -> set[str]:
    """The modules of the suite that a file imports; of `from package import name`, the name where it is a module."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "dbtasks":
            base = node.module.removeprefix("dbtasks").removeprefix(".")
            for alias in node.names:
                full = f"{base}.{alias.name}".removeprefix(".")
                stem = SUITE.joinpath(*full.split("."))
                found.add(full if stem.is_dir() or stem.with_suffix(".py").exists() else base)
    return found - {""}


def points_upwards(here: str, there: str) -> bool:
    """Does an import leave a module for one before it, in the package where their ways part?"""
    one, other = here.split("."), there.split(".")
    common = 0
    while common < min(len(one), len(other)) and one[common] == other[common]:
        common += 1
    order = ORDER.get(".".join(one[:common]))
    if order is None or common in {len(one), len(other)}:
        return False
    return order.index(one[common]) >= order.index(other[common])


def room(path: Path) -> str:
    """The first name below the suite: a module, or a package with all that is in it."""
    return path.relative_to(SUITE).parts[0].removesuffix(".py")


def imports(path: Path, *, top_only: bool = False) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    for node in tree.body if top_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (
                (f"dbtasks.{alias.name}" for alias in node.names) if node.module == "dbtasks" else (node.module,)
            )


def name_of(path: Path) -> str:
    return str(path.relative_to(SUITE))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_point_downwards(path: Path) -> None:
    here = module_of(path)

    assert [there for there in ours(path) if points_upwards(here, there)] == []


def test_the_order_names_what_is_there() -> None:
    for package, names in ORDER.items():
        folder = SUITE.joinpath(*package.split(".")) if package else SUITE
        found = {path.stem for path in folder.glob("*.py")} | {
            path.parent.name for path in folder.glob("*/__init__.py")
        }

        assert set(names) == found - {"__init__"}, package


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_the_change_package_reaches_a_database_that_can_be_changed(path: Path) -> None:
    if path.is_relative_to(CHANGE) or room(path) == "databases":
        return
    tree = ast.parse(path.read_text())
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.alias)}
    called = {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }

    assert not names & {"open_changing", "Changing"}
    assert not called & {"changing", "swap", "put_away", "set_label", "set_branch"}
    assert path in KEEPERS or not called & {"keep", "describe"}


@pytest.mark.parametrize("path", [path for path in FILES if room(path) == "commands"], ids=name_of)
def test_commands_never_import_commands(path: Path) -> None:
    assert [name for name in imports(path) if name.startswith("dbtasks.commands")] == []


@pytest.mark.parametrize("path", [p for p in FILES if room(p) in {"databases", "servers", "lint"}], ids=name_of)
def test_databases_servers_and_lint_never_print(path: Path) -> None:
    assert "dbtasks.console" not in imports(path)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_each_outside_thing_has_one_door(path: Path) -> None:
    wrong = [
        name for name in imports(path) if name.split(".")[0] in DOORS and room(path) not in DOORS[name.split(".")[0]]
    ]

    assert wrong == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_config_touches_the_environment_and_only_console_prints(path: Path) -> None:
    names = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
    called = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}

    # The recorder runs among the project's code, and records what that reads from there.
    assert room(path) == "config" or path.parent.name == "observe" or not names & {"environ", "getenv"}
    assert "print" not in called


@pytest.mark.parametrize("path", [path for path in FILES if room(path) != "project"], ids=name_of)
def test_heavy_libraries_are_imported_in_the_branch_that_needs_them(path: Path) -> None:
    if room(path) == "servers" and path.name != "__init__.py":
        return  # imported as a whole by the branches that need Docker
    top = {name.split(".")[0] for name in imports(path, top_only=True)}

    assert top & HEAVY == set()
    assert "dbtasks.project.session" not in set(imports(path, top_only=True))


def test_the_suite_and_the_app_do_not_know_each_other() -> None:
    suite = {name.split(".")[0] for path in FILES for name in imports(path)}
    app = {name.split(".")[0] for path in (ROOT / "backend").rglob("*.py") for name in imports(path)}

    assert "app" not in suite
    assert "dbtasks" not in app


def test_files_stay_under_250_lines_and_functions_under_40() -> None:
    ours = [
        path
        for top in ("scripts", "backend", "tests")
        for path in (ROOT / top).rglob("*.py")
        if "__pycache__" not in path.parts
    ]
    long_files = [str(path.relative_to(ROOT)) for path in ours if len(path.read_text().splitlines()) > 250]
    long_functions = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in ours
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 40
    ]

    assert (long_files, long_functions) == ([], [])
