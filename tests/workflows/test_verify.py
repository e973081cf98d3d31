"""`db_reset -- --verify-cache`: a template that depends on what nobody sees is found out."""

from tests.fixtures.projects import Project
from tests.fixtures.shells import Shell, revision

UNSEEN = 'return "Emma" if (ROOT / "flag").exists() else op.execute("DELETE FROM book") or "none"'


def test_a_cache_that_is_right_is_said_to_be(project: Project) -> None:  # T2
    project.type("reset")
    kept = len(project.database.kept())

    said = project.type("reset", "--verify-cache")

    assert (said.code, "the same content as a replay" in said.out) == (0, True)
    assert len(project.database.kept()) == kept  # no undo: nothing was changed


def test_a_stale_template_is_found_and_dropped(shell: Shell) -> None:  # T2
    revision(shell, UNSEEN)
    shell.reset()
    shell.write("flag", "")

    said = shell.project.type("reset", "--verify-cache")
    shell.reset()

    assert (said.code, "all templates were dropped" in said.out) == (4, True)
    assert shell.titles()[-1] == "Emma"


def test_a_history_that_is_never_the_same_is_said_to_be_so(shell: Shell) -> None:  # T2
    revision(shell, "import uuid\n    return str(uuid.uuid4())")
    shell.reset()

    said = shell.project.type("reset", "--verify-cache")

    assert (said.code, "Two replays differ" in said.out) == (4, True)
