"""Areas of one level: every place known exactly is in one, and the exceptions of the tree are settled."""

from __future__ import annotations

import pytest

from bulian.graph.region_levels import LEVELS, Level, areas_at, level_of
from bulian.graph.regions import ROOT, default_regions

EXPECTED: dict[str, tuple[str | None, str | None, str | None]] = {
    ROOT: (None, None, None),
    "330000": ("330000", None, None),
    "331000": ("330000", "331000", None),
    "331081": ("330000", "331000", "331081"),
    "110000": ("110000", "110000", None),  # 北京市 is its own city
    "110105": ("110000", "110000", "110105"),
    "429004": ("420000", "429004", "429004"),  # 仙桃市 lies directly under 湖北省
    "441900": ("440000", "441900", "441900"),  # 东莞市 has no counties
    "460000": ("460000", None, None),
}


@pytest.mark.parametrize(("code", "areas"), EXPECTED.items())
def test_areas(code: str, areas: tuple[str | None, ...]) -> None:
    regions = default_regions()
    assert tuple(areas_at(regions, level)[code] for level in LEVELS) == areas


def test_towns_and_countries() -> None:
    regions = default_regions().with_towns([("泽国镇", "331081"), ("长安镇", "441900")])
    county = areas_at(regions, "county")
    assert county["331081-泽国镇"] == "331081"
    assert county["441900-长安镇"] == "441900"
    assert not {"DE", "TW", "HK"} & county.keys()


@pytest.mark.parametrize("level", LEVELS)
def test_an_area_holds_itself_and_what_is_in_it(level: Level) -> None:
    regions = default_regions()
    areas = areas_at(regions, level)
    for code, area in areas.items():
        if area is not None:
            assert areas[area] == area
            assert regions.contains(area, code)
    finest = [row.code for row in regions.rows() if row.level == 3]
    assert all(areas[code] for code in finest), "a county is in an area of every level"


def test_the_level_of_a_region() -> None:
    regions = default_regions().with_towns([("泽国镇", "331081")])
    told = {"330000": "province", "331000": "city", "331081": "county", "110000": "city", "110105": "county",
            "441900": "city", "429004": "city", ROOT: None, "DE": None, "331081-泽国镇": None}  # fmt: skip
    assert {code: level_of(regions, code) for code in told} == told
