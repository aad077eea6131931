"""The bundled data: former names and codes, countries, ordinary words, coordinates."""

from __future__ import annotations

import collections
import csv
import re
from pathlib import Path

import pytest

from bulian.graph.errors import AmbiguousNameError, NotFoundError
from bulian.graph.region_names import stem
from bulian.graph.regions import ROOT, default_regions

DATA = Path(__file__).resolve().parents[2] / "graph" / "data"


def read_csv(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


REGIONS = default_regions()
ROWS = list(REGIONS.rows())
MAINLAND = [region for region in ROWS if region.level and not REGIONS.is_foreign(region.code)]
COUNTIES = [region for region in MAINLAND if region.level == 3]
OWN_NAMES = collections.Counter(region.name for region in MAINLAND)
FORMER = read_csv("former_names.csv")
ORDINARY = {
    line for line in (DATA / "ordinary_words.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
}


# --- former names -----------------------------------------------------------------------------------------


def test_former_names_lead_to_current_regions() -> None:
    assert len({row["former"] for row in FORMER if row["former"] not in OWN_NAMES}) > 500
    by_code: dict[str, str] = {}
    current = {region.code for region in ROWS}
    for row in FORMER:
        region = REGIONS.get(row["code"])
        assert re.fullmatch(r"19[89]\d|20[012]\d", row["since"])
        found = REGIONS.resolve(row["former"], within=region.parent)
        assert found == region or found.name == row["former"], row  # a current name comes first
        if row["old_code"]:
            assert by_code.setdefault(row["old_code"], row["code"]) == row["code"]
            assert row["old_code"] not in current
            assert REGIONS.resolve(row["old_code"]) == region


CHANGED = {
    "玉环县": "331083", "331021": "331083", "襄樊市": "420600", "襄樊": "420600", "思茅市": "530800",
    "崇安县": "350782", "温岭县": "331081", "台州地区": "331000", "通县": "110112", "户县": "610118",
    "南汇区": "310115", "河北邢台桥东区": "130502", "伊克昭盟": "150600", "巴县": "500113", "赣县": "360704",
}  # fmt: skip


@pytest.mark.parametrize(("text", "code"), CHANGED.items())
def test_cases_of_former_names(text: str, code: str) -> None:
    assert REGIONS.resolve(text).code == code


def test_current_names_come_before_former_ones() -> None:
    assert REGIONS.resolve("桥东区").full_name == "河北省张家口市桥东区"
    assert REGIONS.resolve("淮安市").code == "320800"


# --- countries --------------------------------------------------------------------------------------------


def test_countries_resolve_by_every_name_and_are_foreign() -> None:
    seen: dict[str, str] = {}
    for row in read_csv("countries.csv"):
        for name in [row["name"], *filter(None, row["aliases"].split("；"))]:
            assert seen.setdefault(name, row["code"]) == row["code"]
            assert REGIONS.resolve(name).code == row["code"]
            assert name not in OWN_NAMES
        assert REGIONS.is_foreign(row["code"])
        assert not REGIONS.contains(ROOT, row["code"])
    assert {REGIONS.get(code).name for code in ("HK", "MO", "TW")} == {"中国香港", "中国澳门", "中国台湾"}
    assert not REGIONS.is_foreign(ROOT)


# --- words and points ---


@pytest.mark.parametrize("word", sorted(ORDINARY))
def test_ordinary_words_need_a_parent_and_do_name_something(word: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        REGIONS.resolve(word)
    assert not isinstance(caught.value, AmbiguousNameError)
    former = {stem(row["former"]) for row in FORMER}
    assert word in OWN_NAMES or word in former or any(stem(region.name) == word for region in COUNTIES)
    assert not any(stem(region.name) == word for region in MAINLAND if region.level < 3)


def test_coordinates_lie_near_those_of_the_parent_or_are_absent() -> None:
    placed = [region for region in MAINLAND if region.longitude is not None]
    assert len(MAINLAND) - len(placed) == 159  # the number docs/regions.md and the data's README name
    for region in placed:
        assert region.latitude is not None
        assert 73 < (region.longitude or 0) < 136
        parent = REGIONS.get(region.parent or "")
        if region.level == 3 and parent.longitude is not None and parent.level == 2:
            assert abs((region.longitude or 0) - parent.longitude) < 8, region.full_name


def test_short_names_never_contradict_the_oracle() -> None:
    """A short name resolves only to a region bearing it, and only if all others bearing it lie inside."""
    bearers: dict[str, set[str]] = collections.defaultdict(set)
    for region in MAINLAND:
        bearers[stem(region.name)].add(region.code)
    provinces = {stem(region.name) for region in MAINLAND if region.level == 1}
    for short, codes in bearers.items():
        try:
            found = REGIONS.resolve(short).code
        except NotFoundError:
            continue
        if short in OWN_NAMES or found not in codes or short in provinces:
            continue
        others = {c for c in codes if not REGIONS.contains(found, c) and c[4] != "7"}
        assert not others, (short, found, others)


def test_within_a_region_its_own_name_means_the_part_inside() -> None:
    assert REGIONS.resolve("吉林", within="220000").code == "220200"
    assert REGIONS.resolve("浙江", within="330000").code == "330000"
    assert REGIONS.resolve("上海市上海市浦东新区").code == "310115"
