"""Listing, filtering, searching and reading resources."""

from typing import Any

import pytest

from tests.backend.client import get

pytestmark = pytest.mark.usefixtures("directory")


def found(**parameters: Any) -> list[int]:
    answer = get("/resources", **parameters)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["total"] == len(body["items"])
    return [item["id"] for item in body["items"]]


def test_resources_come_by_title_and_equal_titles_by_id() -> None:
    assert found() == [3, 2, 1, 4]


def test_each_filter_leaves_only_what_meets_it() -> None:
    assert found(category="housing") == [1, 4]
    assert found(tier=1) == [1, 4]
    assert found(tier=4) == [2]
    assert found(min_trust=0.5) == [1, 4]
    assert found(min_trust=0) == [2, 1, 4]
    assert found(search="bed") == [1, 4]


def test_filters_add_up() -> None:
    assert found(category="housing", tier=1, min_trust=0.6, search="room") == [1]
    assert found(category="food", tier=1) == []


@pytest.mark.parametrize("text", ["APPEALS", "appeals", "peal", "LAWYER"])
def test_search_finds_part_of_title_or_description_in_any_case(text: str) -> None:
    assert found(search=text) == [3]


@pytest.mark.parametrize("text", ["josé", "JOSÉ", "CAFÉ"])
def test_case_means_nothing_beyond_ascii_either(text: str) -> None:
    assert found(search=text) == [2]


@pytest.mark.parametrize(("text", "ids"), [("%", [2]), ("_", [2]), ("\\", [3]), ("/", []), ("0%", [2]), ("%0", [])])
def test_the_wildcards_of_like_are_ordinary_characters(text: str, ids: list[int]) -> None:
    assert found(search=text) == ids


def test_an_empty_search_filters_nothing() -> None:
    assert found(search="") == [3, 2, 1, 4]


def test_pages_put_together_are_the_list_and_total_is_its_length() -> None:
    pages = [get("/resources", limit=3, offset=offset).json() for offset in (0, 3, 6)]
    assert [[item["id"] for item in page["items"]] for page in pages] == [[3, 2, 1], [4], []]
    assert {page["total"] for page in pages} == {4}


def test_reading_one_shows_its_organization_and_source() -> None:
    body = get("/resources/1").json()
    assert (body["title"], body["organization"]["name"], body["source"]["tier"]) == ("Rooms", "Second Watch", 1)
    assert get("/resources/3").json()["source"] is None


def test_times_are_shown_with_their_zone() -> None:
    assert get("/resources/1").json()["created_at"].endswith("Z")


@pytest.mark.parametrize(
    "parameters",
    [
        *({"limit": 0}, {"limit": 101}, {"offset": -1}, {"offset": 2**31}, {"offset": 2**64}, {"limit": "many"}),
        *({"tier": 0}, {"tier": 5}, {"min_trust": 1.1}, {"min_trust": "nan"}, {"min_trust": "-inf"}),
        *({"search": "a\0b"}, {"category": "\0"}, {"search": "x" * 201}, {"categry": "housing"}),
    ],
    ids=str,
)
def test_a_parameter_that_cannot_be_used_is_a_problem_that_names_it(parameters: dict[str, Any]) -> None:
    answer = get("/resources", **parameters)
    (name,) = parameters
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [error["parameter"] for error in answer.json()["errors"]] == [f"query.{name}"]
