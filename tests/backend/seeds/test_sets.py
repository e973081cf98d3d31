"""What may stand in the seeds."""

import re

import pytest

from app.seeds import sets


@pytest.mark.parametrize("name", sets.names())
def test_a_set_brings_every_organization_and_source_that_it_names(name: str) -> None:
    seeds = sets.read([name])
    assert {row["organization"] for row in seeds.resources} == {row["name"] for row in seeds.organizations}
    assert {row["source"] for row in seeds.resources if "source" in row} == {row["name"] for row in seeds.sources}


@pytest.mark.parametrize("seeds", [sets.read(["examples"]), sets.read([], scale=200)], ids=["examples", "generated"])
def test_what_is_invented_says_so(seeds: sets.Seeds) -> None:
    named = [row["name"] for row in (*seeds.organizations, *seeds.sources)] + [row["title"] for row in seeds.resources]
    assert [name for name in named if not name.endswith("(example)")] == []
    phones = [row["phone"] for row in seeds.resources if "phone" in row]
    assert [phone for phone in phones if not re.fullmatch(r"\d{3}-555-01\d\d", phone)] == []
    urls = [row["url"] for row in (*seeds.organizations, *seeds.sources, *seeds.resources) if "url" in row]
    assert [url for url in urls if ".example.org" not in url] == []


def test_the_crisis_line_is_there_with_its_true_number() -> None:
    (line,) = (row for row in sets.read(["national"]).resources if row["title"] == "Veterans Crisis Line")
    assert (line["phone"], "838255" in line["description"]) == ("988 then press 1", True)


def test_veteran_has_its_capital() -> None:
    seeds = sets.read(sets.names(), scale=50)
    texts = [str(value) for rows in vars(seeds).values() for row in rows for key, value in row.items() if key != "url"]
    assert [text for text in texts if re.search(r"\bveteran", text)] == []
