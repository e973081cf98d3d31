"""One state of the database for each git branch."""

from dataclasses import replace
from datetime import timedelta

from dbtasks.databases.engines import open_database
from tests.fixtures.projects import Project, execute
from tests.fixtures.repositories import run_git


def books(project: Project) -> int:
    return project.database.rows()["book"]


def test_entering_a_new_branch_copies_the_state_and_coming_back_finds_one_s_own(repository: Project) -> None:
    repository.type("reset")
    run_git(repository, "switch", "--quiet", "--create", "feature")

    entered = repository.type("switch", "--branch")
    execute(repository, "INSERT INTO book (title) VALUES ('Feature')")
    run_git(repository, "switch", "--quiet", "main")
    repository.type("switch", "--branch")
    on_main = books(repository)
    run_git(repository, "switch", "--quiet", "feature")
    repository.type("switch", "--branch")

    assert (entered.code, on_main, books(repository)) == (0, 1, 2)
    assert "Parked the state of main; feature has a copy of main's" in entered.out


def test_a_branch_starts_from_the_default_branch_and_not_from_the_one_that_was_left(repository: Project) -> None:
    repository.type("reset")
    run_git(repository, "switch", "--quiet", "--create", "feature")
    repository.type("switch", "--branch")
    execute(repository, "DELETE FROM book")
    run_git(repository, "switch", "--quiet", "--create", "other")

    repository.type("switch", "--branch")

    assert books(repository) == 1


def test_staying_on_the_branch_changes_nothing(repository: Project) -> None:
    repository.type("reset")
    run_git(repository, "switch", "--quiet", "--create", "feature")
    repository.type("switch", "--branch")
    execute(repository, "DELETE FROM book")

    said = repository.type("switch", "--branch")

    assert (said.code, "it was there already" in said.out, books(repository)) == (0, True, 0)


def test_each_branch_has_one_state(repository: Project) -> None:
    repository.type("reset")
    run_git(repository, "switch", "--quiet", "--create", "feature")
    for name in ("feature", "main", "feature", "main"):
        run_git(repository, "switch", "--quiet", name)
        assert repository.type("switch", "--branch").code == 0

    assert [kept.about.title for kept in repository.database.kept("branch")] == ["feature"]


def test_without_a_branch_it_is_explained(repository: Project) -> None:
    repository.type("reset")
    run_git(repository, "switch", "--quiet", "--detach")

    said = repository.type("switch", "--branch")

    assert (said.code, "no branch here" in said.err) == (2, True)


def test_of_two_parked_states_of_a_branch_the_one_parked_last_counts_and_the_other_can_be_undone_to(
    repository: Project,
) -> None:  # as a kill in the middle of a switch leaves them; the clock went back in between
    repository.type("reset")
    run_git(repository, "switch", "--quiet", "--create", "feature")
    repository.type("switch", "--branch")
    database = repository.database
    (first,) = database.kept("branch")
    execute(repository, "INSERT INTO book (title) VALUES ('Later')")
    earlier = first.about.made - timedelta(hours=5)
    database.copy(replace(first.about, made=earlier, number=first.about.number + 1))
    execute(repository, "DELETE FROM book")
    run_git(repository, "switch", "--quiet", "main")

    assert repository.type("switch", "--branch").code == 0

    assert books(repository) == 2
    assert [kept.about.title for kept in repository.database.kept("branch")] == ["feature"]
    assert 1 in [open_database(kept.url).rows()["book"] for kept in repository.database.kept("undo")]
