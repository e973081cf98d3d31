"""The boundary round the project's code: what may cross it, and by which door."""

import ast
from pathlib import Path

from tests.test_architecture import FILES, SUITE, WORKER, imports, room, wrong

WORKER_MAY_IMPORT = {"dbtasks.project.messages"}
REVISIONS_MAY_IMPORT = {
    "dbtasks.config",
    "dbtasks.databases.protocol",
    "dbtasks.errors",
    "dbtasks.git",
    "dbtasks.local_state",
    "dbtasks.process",
    "dbtasks.project.messages",
    "dbtasks.project.messages.revision_header",
    "dbtasks.project.messages.values",
    "dbtasks.pyproject",
    "dbtasks.urls",
}
MESSAGES = SUITE / "project" / "messages"
INSIDE = [path for path in FILES if WORKER in path.parents]
OUTSIDE = [path for path in FILES if WORKER not in path.parents]


def suite_imports(path: Path, *, but_for: str) -> set[str]:
    return {name for name in imports(path) if name.startswith("dbtasks.") and not name.startswith(but_for)}


def test_the_worker_knows_nothing_of_ours_but_messages() -> None:
    def others(path: Path) -> set[str]:
        return {
            name
            for name in suite_imports(path, but_for="dbtasks.project.worker")
            if not any(name == allowed or name.startswith(f"{allowed}.") for allowed in WORKER_MAY_IMPORT)
        }

    assert wrong(others, INSIDE) == []


def test_the_worker_is_reached_through_the_session_alone() -> None:
    others = [path for path in OUTSIDE if path != SUITE / "project" / "session.py"]

    def reaches(path: Path) -> list[str]:
        return [name for name in imports(path) if name.startswith("dbtasks.project.worker")]

    assert wrong(reaches, others) == []


def test_only_the_worker_imports_alembic_and_sqlalchemy() -> None:
    def theirs(path: Path) -> set[str]:
        return {"alembic", "sqlalchemy"} & {name.split(".")[0] for name in imports(path)}

    assert wrong(theirs, OUTSIDE) == []


def test_revisions_are_data_and_look_only_downwards() -> None:
    files = [path for path in FILES if room(path) == "revisions"]

    assert wrong(lambda path: suite_imports(path, but_for="dbtasks.revisions") - REVISIONS_MAY_IMPORT, files) == []


def test_messages_are_frozen_and_made_of_the_standard_library() -> None:
    files = sorted(MESSAGES.glob("*.py"))
    classes = [node for file in files for node in ast.parse(file.read_text()).body if isinstance(node, ast.ClassDef)]
    theirs = {name for file in files for name in imports(file) if not name.startswith("dbtasks.project.messages")}

    assert theirs == {"ast", "collections.abc", "dataclasses", "json", "pathlib", "re", "types", "typing"}
    for node in classes:
        if not node.name.endswith("Error"):
            assert [ast.unparse(part) for part in node.decorator_list] == ["dataclass(frozen=True)"]
