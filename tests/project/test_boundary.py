"""The boundary round the project's code: what may cross it, and by which door."""

import ast
from pathlib import Path

import pytest

from tests.test_architecture import FILES, SUITE, imports, name_of, room

# What the worker may still import of ours, until a process stands under the session.
WORKER_MAY_IMPORT = {
    "dbtasks.config", "dbtasks.errors", "dbtasks.process", "dbtasks.urls", "dbtasks.project.failures",
    "dbtasks.project.messages",
}  # fmt: skip
REVISIONS_MAY_IMPORT = {
    "dbtasks.config", "dbtasks.errors", "dbtasks.git", "dbtasks.local_state", "dbtasks.process", "dbtasks.urls",
    "dbtasks.project.messages",
}  # fmt: skip
# They use the worker's recorder while it still runs in this process.
OBSERVERS = {"copies/fingerprints.py", "project/observation.py", "workflows/at_head.py", "workflows/recorded_build.py"}
WORKER = SUITE / "project" / "worker"


@pytest.mark.parametrize("path", [path for path in FILES if WORKER in path.parents], ids=name_of)
def test_the_worker_knows_nothing_of_ours_but_messages(path: Path) -> None:
    ours = {name for name in imports(path) if name.startswith("dbtasks.")}

    assert {name for name in ours if not name.startswith("dbtasks.project.worker")} <= WORKER_MAY_IMPORT


@pytest.mark.parametrize("path", [path for path in FILES if WORKER not in path.parents], ids=name_of)
def test_the_worker_is_reached_through_the_session_alone(path: Path) -> None:
    used = [name for name in imports(path) if name.startswith("dbtasks.project.worker")]

    if name_of(path) in OBSERVERS:
        used = [name for name in used if not name.startswith("dbtasks.project.worker.observe")]
    assert used == [] or name_of(path) == "project/session.py"
    assert {"alembic", "sqlalchemy"} & {name.split(".")[0] for name in imports(path)} == set()


@pytest.mark.parametrize("path", [path for path in FILES if room(path) == "revisions"], ids=name_of)
def test_revisions_are_data_and_look_only_downwards(path: Path) -> None:
    ours = {name for name in imports(path) if name.startswith("dbtasks.")}

    assert {name for name in ours if not name.startswith("dbtasks.revisions")} <= REVISIONS_MAY_IMPORT


def test_messages_are_frozen_and_made_of_the_standard_library() -> None:
    tree = ast.parse((SUITE / "project" / "messages.py").read_text())
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]

    assert set(imports(SUITE / "project" / "messages.py")) == {"dataclasses", "pathlib"}
    assert {ast.unparse(part) for node in classes for part in node.decorator_list} == {"dataclass(frozen=True)"}
