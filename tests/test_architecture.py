"""What holds the shape of the suite: the direction of imports, the doors, the lengths; read from its own files."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from tests.fixtures.package_order import ORDER, PEERS

ROOT = Path(__file__).parent.parent
SUITE = ROOT / "scripts" / "dbtasks"

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
WORKER = SUITE / "project" / "worker"  # of ours it imports messages alone, so no door of ours either
KEEPERS = {  # of templates, which are theirs alone
    SUITE / "copies" / "templates.py",
    SUITE / "workflows" / "build.py",
    SUITE / "workflows" / "recorded_build.py",
}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(parsed(path)))


def module_of(path: Path) -> str:
    """As in `workflows.change.site`."""
    parts = path.relative_to(SUITE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(path: Path) -> str:
    """The first name below the suite: a module, or a package with all that is in it."""
    return path.relative_to(SUITE).parts[0].removesuffix(".py")


def of_the_suite(path: Path) -> set[str]:
    """The modules of the suite that a file imports; of `from package import name`, the name where it is a module."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and imported_from(path, node).split(".")[0] == "dbtasks":
            base = imported_from(path, node).removeprefix("dbtasks").removeprefix(".")
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
    package = ".".join(one[:common])
    if common in {len(one), len(other)}:
        return False
    if package in PEERS:
        return True
    return ORDER[package].index(one[common]) >= ORDER[package].index(other[common])


def imports(path: Path, *, top_only: bool = False) -> Iterator[str]:
    for node in parsed(path).body if top_only else nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = imported_from(path, node)
            yield from ((f"dbtasks.{alias.name}" for alias in node.names) if base == "dbtasks" else (base,))


def imported_from(path: Path, node: ast.ImportFrom) -> str:
    """The module that `from ... import` names, relative ones by their whole name."""
    if not node.level:
        return node.module or ""
    package = ("dbtasks", *path.relative_to(SUITE).parent.parts)
    return ".".join((*package[: len(package) - node.level + 1], *filter(None, [node.module])))


def called(path: Path) -> set[str]:
    """The names of the methods that a file calls."""
    functions = (node.func for node in nodes(path) if isinstance(node, ast.Call))
    return {function.attr for function in functions if isinstance(function, ast.Attribute)}


def wrong(found: Callable[[Path], object], files: list[Path] = FILES) -> list[tuple[str, object]]:
    """The files in which a rule finds something."""
    return [(module_of(path), what) for path in files if (what := found(path))]


def test_imports_point_downwards() -> None:
    assert wrong(lambda path: [there for there in of_the_suite(path) if points_upwards(module_of(path), there)]) == []


def test_the_order_names_what_is_there() -> None:
    packages = {module_of(path) for path in SUITE.rglob("__init__.py")}

    assert set(ORDER) | PEERS == packages
    for package, names in ORDER.items():
        folder = SUITE.joinpath(*package.split(".")) if package else SUITE
        below = {path.parent.name for path in folder.glob("*/__init__.py")}

        assert set(names) == below | {path.stem for path in folder.glob("*.py")} - {"__init__"}, package


def test_only_the_change_package_reaches_a_database_that_can_be_changed() -> None:
    outside = [path for path in FILES if not path.is_relative_to(CHANGE) and room(path) != "databases"]

    def reaches(path: Path) -> set[str]:
        names = {node.name for node in nodes(path) if isinstance(node, ast.alias)} & {"open_changing", "Changing"}
        forbidden = {"changing", "swap", "put_away", "set_label", "set_branch"}
        if path not in KEEPERS:
            forbidden |= {"keep", "describe"}
            if room(path) not in {"servers", "project"}:  # no database that has relatives gets there
                forbidden.add("remove")
        return names | called(path) & forbidden

    assert wrong(reaches, outside) == []


def test_only_migrate_runs_a_revision() -> None:
    ways = {"upgrade", "downgrade", "take_back", "stamp"}
    allowed = {SUITE / "workflows" / "migrate.py", SUITE / "workflows" / "stamp.py"}

    def runs(path: Path) -> set[str]:
        return {
            node.func.attr
            for node in nodes(path)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if node.func.attr in ways and ast.unparse(node.func.value) == "session"
        }

    assert wrong(runs, [path for path in FILES if path not in allowed]) == []


def test_only_commands_views_and_what_asks_a_person_print() -> None:
    silent = [path for path in FILES if room(path) in {"workflows", "copies", "revisions", "databases", "servers"}]

    assert wrong(lambda path: "dbtasks.console" in imports(path), silent) == []


def test_each_outside_thing_has_one_door() -> None:
    def through_a_wall(path: Path) -> list[str]:
        tops = ((name, name.split(".")[0]) for name in imports(path))
        doors = {**DOORS, "subprocess": {"project"}} if WORKER in path.parents else DOORS
        return [name for name, top in tops if top in doors and room(path) not in doors[top]]

    assert wrong(through_a_wall) == []


def test_only_config_touches_the_environment_and_only_console_prints() -> None:
    # The worker runs the project's code, and the recorder among it records what that reads from there.
    inside = {path for path in FILES if WORKER in path.parents or path.parent.name == "observe"}
    others = [path for path in FILES if room(path) != "config" and path not in inside]

    assert wrong(lambda path: attributes(path) & {"environ", "getenv"}, others) == []
    assert wrong(lambda path: "print" in {node.id for node in nodes(path) if isinstance(node, ast.Name)}) == []


def attributes(path: Path) -> set[str]:
    return {node.attr for node in nodes(path) if isinstance(node, ast.Attribute)}


def test_heavy_libraries_are_imported_in_the_branch_that_needs_them() -> None:
    # The modules of servers are imported as a whole by the branches that need Docker.
    light = [
        path for path in FILES if room(path) != "project" and (room(path) != "servers" or path.name == "__init__.py")
    ]

    def heavy(path: Path) -> set[str]:
        names = set(imports(path, top_only=True))
        return {name.split(".")[0] for name in names} & HEAVY | names & {"dbtasks.project.session"}

    assert wrong(heavy, light) == []


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
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 40
    ]

    assert (long_files, long_functions) == ([], [])
