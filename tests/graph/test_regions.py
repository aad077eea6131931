"""Regions: the tree against its source, names both ways, and what is refused."""

from __future__ import annotations

import collections
import dataclasses
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulian.graph.errors import AmbiguousNameError, NotFoundError
from bulian.graph.region_names import stem
from bulian.graph.regions import Region, default_regions

DATA = Path(__file__).resolve().parents[2] / "graph" / "data"
SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "cn_admin_divisions"
PLACEHOLDERS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}

REGIONS = default_regions()
ROWS = list(REGIONS.rows())
MAINLAND = [region for region in ROWS if not REGIONS.is_foreign(region.code) and region.level]
COUNTIES = [region for region in MAINLAND if region.level == 3]
OWN_NAMES = collections.Counter(region.name for region in MAINLAND)


ORDINARY = {
    line for line in (DATA / "ordinary_words.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
}


def codes_of(message: str) -> set[str]:
    return set(re.findall(r"\((\w+)\)", message))


# --- the tree ---------------------------------------------------------------------------------------------


def test_rows_are_in_code_order_and_complete() -> None:
    codes = [region.code for region in ROWS]
    assert codes == sorted(set(codes))
    levels = collections.Counter(region.level for region in MAINLAND)
    assert levels == {1: 31, 2: 333, 3: 2974}
    assert sum(region.level == 0 for region in ROWS) == 249  # ISO 3166-1 has 249 codes, China among them


def test_every_path_ends_at_its_root_and_levels_fall() -> None:
    for region in ROWS:
        path = REGIONS.ancestors(region.code)
        assert path[0] == region.code
        assert REGIONS.get(path[-1]).parent is None
        levels = [REGIONS.get(code).level for code in path]
        assert levels == sorted(levels, reverse=True)
        assert len(set(levels)) == len(levels)
        assert [REGIONS.get(code).parent for code in path[:-1]] == list(path[1:])


def test_full_name_is_the_path_without_placeholders() -> None:
    for region in MAINLAND:
        path = [REGIONS.get(code) for code in REGIONS.ancestors(region.code)[:-1]]
        assert region.full_name == "".join(part.name for part in reversed(path))
        assert not any(part.name in PLACEHOLDERS for part in path)
    assert len({region.full_name for region in ROWS}) == len(ROWS)


@pytest.mark.shared
def test_the_tree_equals_its_source() -> None:
    if not SHARED.exists():
        pytest.skip("缺少 ../shared 参考数据 (reference data beside the checkout is absent)")
    tree = json.loads((SHARED / "pca-code.json").read_text(encoding="utf-8"))
    expected: dict[str, str] = {}
    for province in tree:
        for node in [province, *province["children"], *(c for p in province["children"] for c in p["children"])]:
            if len(node["code"]) <= 6:  # cities without districts list towns, which are not carried
                expected[node["code"].ljust(6, "0")] = node["name"]
    places = {code: name for code, name in expected.items() if name not in PLACEHOLDERS and code != "620201"}
    assert {region.code: region.name for region in MAINLAND} == places
    for code in expected:  # every code of the source resolves, placeholder levels to the place they stand for
        region = REGIONS.resolve(code)
        assert region.code == code or code not in places
        assert region.code[:2] == code[:2]


# --- names both ways --------------------------------------------------------------------------------------


def test_every_region_resolves_by_code_and_by_full_name() -> None:
    for region in ROWS:
        assert REGIONS.get(region.code) == region
        assert REGIONS.resolve(region.code) == region
        assert REGIONS.resolve(region.full_name) == region


WIDE = str.maketrans("0123456789()", "０１２３４５６７８９（）")


@given(st.sampled_from(COUNTIES), st.sampled_from(["", "/", " ", "·", "—", "　", ">"]), st.booleans(), st.data())
@settings(max_examples=300, deadline=None)
def test_a_path_resolves_with_any_separator_and_levels_left_out(
    county: Region, separator: str, short: bool, data: st.DataObject
) -> None:
    path = [REGIONS.get(code) for code in reversed(REGIONS.ancestors(county.code)[:-1])]
    parts = [stem(part.name) if short and part.level == 1 else part.name for part in path]
    assert REGIONS.resolve(separator.join(parts).translate(WIDE)) == county
    skipped = data.draw(st.integers(0, len(parts) - 2)) if len(parts) > 2 else 0
    kept = [parts[0], parts[-1]] if skipped else parts
    twins = [c for c in COUNTIES if c.name == county.name and c.code[:2] == county.code[:2]]
    if len(twins) == 1 and OWN_NAMES[county.name] >= 1:
        assert REGIONS.resolve(separator.join(kept)) == county


@given(st.sampled_from(MAINLAND), st.sampled_from(MAINLAND))
@settings(max_examples=300, deadline=None)
def test_within_is_containment(inner: Region, outer: Region) -> None:
    if REGIONS.contains(outer.code, inner.code):
        assert REGIONS.resolve(inner.full_name.removeprefix(outer.full_name) or inner.name, within=outer.code) == inner
    else:
        with pytest.raises(NotFoundError):
            REGIONS.resolve(inner.full_name, within=outer.code)
        with pytest.raises(NotFoundError):
            REGIONS.resolve(inner.code, within=outer.code)


def test_own_names_resolve_exactly_when_one_region_has_them() -> None:
    shared = {name: count for name, count in OWN_NAMES.items() if count > 1}
    assert shared["鼓楼区"] == shared["市中区"] == 4
    assert len(shared) >= 28
    for name in shared:
        expected = {region.code for region in MAINLAND if region.name == name}
        if name in ORDINARY:
            continue
        with pytest.raises(AmbiguousNameError) as caught:
            REGIONS.resolve(name)
        assert codes_of(caught.value.message) == expected
        for code in expected:
            assert REGIONS.get(code).full_name in caught.value.message
            assert REGIONS.resolve(name, within=REGIONS.get(code).parent).code == code
    for region in MAINLAND:
        if region.name in ORDINARY:
            with pytest.raises(NotFoundError):
                REGIONS.resolve(region.name)
            assert REGIONS.resolve(region.name, within=region.parent) == region
        elif OWN_NAMES[region.name] == 1:
            assert REGIONS.resolve(region.name) == region


RESOLVED = {
    "温岭": "331081", "温岭市": "331081", "浙江温岭": "331081", "浙江省温岭市": "331081", "台州温岭": "331081",
    "浙江省/台州市/温岭市": "331081", "３３１０８１": "331081", "331081100000": "331081", "3310": "331000",
    "33": "330000", "台州": "331000", "浙江": "330000", "内蒙古": "150000", "广西": "450000", "新疆": "650000",
    "恩施": "422800", "甘南州": "623000", "景宁县": "331127", "长沙": "430100", "兰州": "620100",
    "北戴河": "130304", "浦东": "310115",
    "河北": "130000", "河南": "410000", "吉林省": "220000", "吉林市": "220200", "海南省": "460000", "海南州": "632500",
    "朝阳市": "211300", "北京市朝阳区": "110105", "南京鼓楼区": "320106", "合作市": "623001", "海南东方": "469007",
    "甘肃省甘南州合作市": "623001", "阳泉市矿区": "140303", "北京市市辖区东城区": "110101", "重庆市县城口县": "500229",
    "河南省省直辖县级行政区划济源市": "419001", "嘉峪关市": "620200", "东乡县": "622926", "绍兴市（新昌县）": "330624",
    "110100": "110000", "500200": "500000", "331001": "331000", "419000": "410000", "620201": "620200",
    "中国": "CN", "全国": "CN", "中国浙江省": "330000", "810000": "HK", "DE": "DE", "jp": "JP",
    "德国": "DE", "德意志联邦共和国": "DE", "大韩民国": "KR", "刚果(金)": "CD", "刚果（布）": "CG",
    "中国香港": "HK", "香港": "HK", "香港特别行政区": "HK", "澳门": "MO", "台湾": "TW", "台湾省": "TW", "中国台湾": "TW",
}  # fmt: skip


@pytest.mark.parametrize(("text", "code"), RESOLVED.items())
def test_cases_that_resolve(text: str, code: str) -> None:
    assert REGIONS.resolve(text).code == code


REFUSED = [
    *(
        "合作",
        "东方",
        "矿区",
        "城区",
        "郊区",
        "东区",
        "公安",
        "资源",
        "市辖区",
        "县",
        "省直辖县级行政区划",
        "易",
        "和",
        "",
    ),
    *(
        "德国/日本",
        "德国日本",
        "温岭市北京市",
        "台州市新昌县",
        "境外",
        "某省",
        "温岭市大溪镇",
        "999999",
        "3",
        "331081x",
        "XX",
    ),
]


@pytest.mark.parametrize("text", REFUSED)
def test_cases_that_are_not_found(text: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        REGIONS.resolve(text)
    assert not isinstance(caught.value, AmbiguousNameError)
    assert caught.value.hint


AMBIGUOUS = {
    "朝阳": {"110105", "211300", "211321", "220104"},
    "吉林": {"220000", "220200"},
    "海南": {"460000", "632500"},
    "朝阳区": {"110105", "220104"},
    "鼓楼区": {"320106", "320302", "350102", "410204"},
}


@pytest.mark.parametrize(("text", "codes"), AMBIGUOUS.items())
def test_cases_that_are_ambiguous(text: str, codes: set[str]) -> None:
    with pytest.raises(AmbiguousNameError) as caught:
        REGIONS.resolve(text)
    assert codes_of(caught.value.message) == codes


@given(st.text(alphabet="温岭市台州浙江省县区/（ )德国12朝阳", max_size=12))
@settings(max_examples=400, deadline=None)
def test_any_text_resolves_or_raises_a_named_error(text: str) -> None:
    try:
        region = REGIONS.resolve(text)
    except NotFoundError:
        return
    assert REGIONS.get(region.code) == region


@pytest.mark.parametrize("call", ["get", "ancestors", "is_foreign"])
@pytest.mark.parametrize("code", ["110100", "331021", "", "温岭市"])
def test_strict_lookups_know_current_codes_only(call: str, code: str) -> None:
    with pytest.raises(NotFoundError):
        getattr(REGIONS, call)(code)


def test_regions_are_immutable() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        REGIONS.get("331081").name = "别名"  # type: ignore[misc]
