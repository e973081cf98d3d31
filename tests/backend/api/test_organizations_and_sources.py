"""The two smaller lists behave as the large one."""

import pytest

from tests.backend.client import get

pytestmark = pytest.mark.usefixtures("directory")


@pytest.mark.parametrize(
    ("path", "names"),
    [("/organizations", ["Harbor House", "Second Watch"]), ("/sources", ["Official", "Tips"])],
)
def test_lists_come_by_name_in_pages(path: str, names: list[str]) -> None:
    whole = get(path).json()
    assert ([item["name"] for item in whole["items"]], whole["total"]) == (names, 2)
    second = get(path, limit=1, offset=1).json()
    assert ([item["name"] for item in second["items"]], second["total"]) == (names[1:], 2)


@pytest.mark.parametrize(("path", "name"), [("/organizations/2", "Harbor House"), ("/sources/2", "Tips")])
def test_one_can_be_read(path: str, name: str) -> None:
    assert get(path).json()["name"] == name


@pytest.mark.parametrize("path", ["/organizations", "/sources", "/resources"])
def test_what_is_not_there_is_a_404_and_what_is_no_id_a_422(path: str) -> None:
    missing = get(f"{path}/2147483647")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")
    assert missing.json()["detail"] == f"There is no {path[1:-1]} 2147483647."
    for number in ("0", "-1", "2147483648", str(2**64), "x"):
        assert get(f"{path}/{number}").status_code == 422
