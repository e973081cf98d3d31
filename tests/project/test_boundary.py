"""The boundary round the project's code: what may cross it, and by which door."""

import ast
from pathlib import Path

from tests.test_architecture import FILES, SUITE, imports, room, wrong

# What the worker may still import of ours, until a process stands under the session.
WORKER_MAY_IMPORT = {
    "dbtasks.config", "dbtasks.errors", "dbtasks.process", "dbtasks.urls", "dbtasks.project.failures",
    "dbtasks.project.messages.values", "dbtasks.project.revision_header",
}  # fmt: skip
REVISIONS_MAY_IMPORT = {
    "dbtasks.config", "dbtasks.errors", "dbtasks.git", "dbtasks.local_state", "dbtasks.process", "dbtasks.urls",
    "dbtasks.project.messages.values", "dbtasks.project.revision_header",
}  # fmt: skip
MESSAGES = SUITE / "project" / "messages"
WORKER = SUITE / "project" / "worker"
INSIDE = [path for path in FILES if WORKER in path.parents]
OUTSIDE = [path for path in FILES if WORKER not in path.parents]


def suite_imports(path: Path, *, but_for: str) -> set[str]:
    return {name for name in imports(path) if name.startswith("dbtasks.") and not name.startswith(but_for)}


def test_the_worker_knows_nothing_of_ours_but_messages() -> None:
    assert wrong(lambda path: suite_imports(path, but_for="dbtasks.project.worker") - WORKER_MAY_IMPORT, INSIDE) == []


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
    tree = ast.parse((MESSAGES / "values.py").read_text())
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]

    assert {name for path in MESSAGES.glob("*.py") for name in imports(path)} == {
        "dataclasses", "json", "pathlib", "types", "typing",
    }  # fmt: skip
    assert set(imports(SUITE / "project" / "revision_header.py")) == {"ast"}
    assert {ast.unparse(part) for node in classes for part in node.decorator_list} == {"dataclass(frozen=True)"}
