"""Region cells of exports and user-added towns: what they mean, and what they contradict."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulian.graph.errors import NotFoundError, UsageError
from bulian.graph.region_names import stem
from bulian.graph.regions import Region, RegionProblem, default_regions, town_code

REGIONS = default_regions()
MAINLAND = [region for region in REGIONS.rows() if region.level]
COUNTIES = [region for region in MAINLAND if region.level == 3]

PARTS = [
    (("", "浙江省", "台州市", "温岭市"), "331081"),
    (("中国", "浙江", "台州", "温岭"), "331081"),
    (("", "", "台州市温岭市", ""), "331081"),
    (("", "", "绍兴市(新昌县)", ""), "330624"),
    (("", "浙江省", "温岭市", ""), "331081"),
    (("", "浙江省", "温岭市", "台州市"), "331081"),
    (("", "浙江省", "浙江省台州市", "浙江省台州市温岭市"), "331081"),
    (("", "上海市", "上海市", "浦东新区"), "310115"),
    (("", "北京市", "市辖区", "东城区"), "110101"),
    (("", "河南省", "省直辖县级行政区划", "济源市"), "419001"),
    (("", "浙江省", "", "玉环县"), "331083"),
    (("", "河北", "邢台", "桥东区"), "130502"),
    (("", "吉林", "", ""), "220000"),
    (("", "吉林", "吉林", ""), "220200"),
    (("", "海南", "东方", ""), "469007"),
    (("", "湖南", "长沙", ""), "430100"),
    (("", "湖北", "恩施", "恩施"), "422801"),
    (("", "", "", "331081"), "331081"),
    (("", "", "", ""), "CN"),
    (("CN", "-", "—", "/"), "CN"),
    (("", "日本", "", ""), "JP"),
    (("中国", "中国台湾", "台中市", ""), "TW"),
    (("", "", "香港", ""), "HK"),
    (("德国", "浙江省", "某市", ""), "DE"),
    (("中国香港", "", "", ""), "HK"),
    (("", "浙江省", "台州市", "新昌县"), "region_conflict"),
    (("", "江苏省", "台州市", ""), "region_conflict"),
    (("中国", "日本", "", ""), "region_conflict"),
    (("", "浙江省", "日本", ""), "region_conflict"),
    (("", "", "", "鼓楼区"), "region_ambiguous"),
    (("", "江苏省", "", "鼓楼区"), "region_ambiguous"),
    (("德国/日本", "", "", ""), "region_unknown"),
    (("", "德国/日本", "", ""), "region_unknown"),
    (("", "某省", "", ""), "region_unknown"),
    (("浙江省", "", "", ""), "region_unknown"),
    (("", "", "", "合作"), "region_unknown"),
    (("", "浙江省", "台州市", "某县"), "region_unknown"),
]


@pytest.mark.parametrize(("cells", "expected"), PARTS)
def test_cells(cells: tuple[str, str, str, str], expected: str) -> None:
    found = REGIONS.resolve_parts(*cells)
    assert found.code == expected
    assert isinstance(found, RegionProblem) == expected.startswith("region_")
    if isinstance(found, RegionProblem):
        assert found.message


@given(st.sampled_from(COUNTIES), st.sampled_from(MAINLAND), st.booleans(), st.booleans())
@settings(max_examples=300, deadline=None)
def test_cells_agree_with_the_tree(county: Region, other: Region, with_province: bool, short: bool) -> None:
    path = {REGIONS.get(code).level: REGIONS.get(code) for code in REGIONS.ancestors(county.code)}
    province, city = path[1].name, path[2].name if 2 in path else ""
    given_province = province if with_province or not city else ""
    shown = stem if short else str
    assert REGIONS.resolve_parts("", shown(given_province), shown(city), county.name) == county
    found = REGIONS.resolve_parts("", other.full_name, "", county.full_name)
    if REGIONS.contains(other.code, county.code):
        assert found == county
    elif REGIONS.contains(county.code, other.code):
        assert found == other
    else:
        assert isinstance(found, RegionProblem)
        assert found.code == "region_conflict"


# --- towns ------------------------------------------------------------------------------------------------


@given(st.permutations([("泽国镇", "331081"), ("大溪镇", "331081"), ("大溪镇", "441900"), ("城东街道", "331081")]))
@settings(deadline=None)
def test_towns_do_not_depend_on_the_order_of_rows(rows: list[tuple[str, str]]) -> None:
    first, rest = rows[:1], rows[1:]
    regions = REGIONS.with_towns(rows)
    assert list(regions.rows()) == list(REGIONS.with_towns(first).with_towns([*rest, *rest]).rows())
    towns = {region.code: region.full_name for region in regions.rows() if region.level == 4}
    assert towns == {
        "331081-城东街道": "浙江省台州市温岭市城东街道",
        "331081-大溪镇": "浙江省台州市温岭市大溪镇",
        "331081-泽国镇": "浙江省台州市温岭市泽国镇",
        "441900-大溪镇": "广东省东莞市大溪镇",
    }
    for code, name in towns.items():
        assert regions.resolve(code).full_name == regions.resolve(name).full_name == name
        assert regions.contains(code[:6], code)
    assert regions.resolve_parts("", "", "", "温岭市", "泽国镇").code == "331081-泽国镇"
    assert regions.resolve_parts("", "", "", "温岭市", "某镇").code == "331081"
    assert regions.resolve_parts("", "", "", "", "泽国镇").code == "331081-泽国镇"
    assert regions.resolve_parts("", "", "", "", "大溪镇").code == "region_ambiguous"
    assert REGIONS.resolve_parts("", "", "", "", "泽国镇").code == "region_unknown"
    assert not any(region.level == 4 for region in REGIONS.rows())
    assert regions.mentions("在泽国镇") == [(1, 4, "331081-泽国镇")]


def test_towns_need_a_known_county() -> None:
    with pytest.raises(NotFoundError):
        REGIONS.with_towns([("泽国镇", "999999")])
    with pytest.raises(UsageError):
        REGIONS.with_towns([("泽国镇", "330000")])
    with pytest.raises(UsageError):
        REGIONS.with_towns([(" ", "331081")])


def test_a_town_keeps_its_code_when_another_is_added() -> None:
    more = REGIONS.with_towns([("泽国镇", "331081")]).with_towns([("大溪镇", "331081")])
    assert more.get(town_code("331081", "泽国镇")).name == "泽国镇"
