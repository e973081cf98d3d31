"""What the tests of several workflows begin with."""

import pytest

from tests.fixtures.projects import Project, execute


@pytest.fixture
def migrated(project: Project) -> Project:
    """The linear example at head, with a row that a person has edited."""
    assert project.type("migrate").code == 0
    execute(project, "UPDATE book SET pages = 777, title = 'mine'")
    return project
