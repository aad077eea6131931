"""Regions in running text: exact spans, traps, and names settled by what stands around them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulian.graph.errors import AmbiguousNameError
from bulian.graph.regions import Region, default_regions

ARTICLE = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "founding_article" / "article.txt"
WORDS_FILE = Path(__file__).resolve().parents[2] / "graph" / "data" / "ordinary_words.txt"

REGIONS = default_regions()
MAINLAND = [region for region in REGIONS.rows() if region.level]
ORDINARY = {line for line in WORDS_FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")}


def candidates(text: str, within: str) -> set[str]:
    """The region a text means, or all that an ambiguous one may mean."""
    try:
        return {REGIONS.resolve(text, within=within).code}
    except AmbiguousNameError as error:
        return set(re.findall(r"\((\w+)\)", error.message))


TEXTS = [
    ("浙江省台州市温岭市的企业", {"浙江省台州市温岭市": "331081"}),
    ("公司位于温岭，主营机床", {"温岭": "331081"}),
    ("温岭机床热销", {}),
    ("浙江温岭机床，温岭水泵", {"浙江温岭": "331081", "温岭": "331081"}),
    ("温岭市场与浙江温岭市场", {"浙江温岭": "331081"}),
    ("与高校合作，东方集团在矿区、城区和郊区的业务", {}),
    ("甘南州合作市与甘肃合作社", {"甘南州合作市": "623001", "甘肃": "620000"}),
    ("阳泉市矿区", {"阳泉市矿区": "140303"}),
    ("阳泉市的矿区", {"阳泉市": "140300"}),
    ("朝阳区的企业", {}),
    ("北京市内，朝阳区的企业", {"北京市": "110000", "朝阳区": "110105"}),
    ("南京鼓楼区、徐州市鼓楼区", {"南京鼓楼区": "320106", "徐州市鼓楼区": "320302"}),
    ("街道县级和县域", {}),
    ("安徽省与和县", {"安徽省": "340000", "和县": "340523"}),
    ("黄河南岸、长江西岸、太湖南岸、泰山西麓，沿海南下", {}),
    ("今日本市与日本企业、华泰国际、泰国企业、沿海地区", {"日本": "JP", "泰国": "TH"}),
    ("玉环县并入", {"玉环县": "331083"}),
    ("中国台湾地区、香港、德国产机床", {"中国台湾地区": "TW", "香港": "HK", "德国": "DE"}),
    ("青海的海南与海南州", {"青海": "630000", "海南州": "632500"}),
    ("海南自贸港，吉林企业", {"海南": "460000", "吉林": "220000"}),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_mentions(text: str, expected: dict[str, str]) -> None:
    assert {text[start:end]: code for start, end, code in REGIONS.mentions(text)} == expected


FRAGMENTS = [
    "浙江省",
    "台州市",
    "温岭市",
    "温岭",
    "位于",
    "，",
    "朝阳区",
    "北京",
    "合作",
    "市场",
    "德国",
    "海南",
    "和县",
    "🙂",
    "国际",
]


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join))
@settings(max_examples=300, deadline=None)
def test_mentions_are_ordered_spans_of_names(text: str) -> None:
    found = REGIONS.mentions(text)
    edges = [edge for start, end, _ in found for edge in (start, end)]
    assert edges == sorted(edges)
    for start, end, code in found:
        assert start < end
        assert code in candidates(text[start:end], REGIONS.ancestors(code)[-1])


@given(st.sampled_from(MAINLAND))
@settings(max_examples=300, deadline=None)
def test_a_full_path_in_a_sentence_is_one_mention(region: Region) -> None:
    text = f"项目在“{region.full_name}”开工"
    assert REGIONS.mentions(text) == [(4, 4 + len(region.full_name), region.code)]


def test_ordinary_words_are_never_mentions() -> None:
    for word in ORDINARY:
        assert REGIONS.mentions(f"位于{word}，{word}企业，在{word}境内。") == []


def test_a_shared_name_is_settled_by_every_parent_that_was_named() -> None:
    names = {region.name for region in MAINLAND if region.level == 3 and len(region.name) > 2}
    for name in sorted(names - ORDINARY):
        twins = [region for region in MAINLAND if region.name == name]
        if len(twins) == 1:
            continue
        assert not REGIONS.mentions(f"，{name}。")
        for twin in twins:
            parent = REGIONS.get(twin.parent or "").full_name
            found = [code for _, _, code in REGIONS.mentions(f"{parent}。{name}。")]
            assert found == [twin.parent, twin.code], name


@pytest.mark.shared
def test_the_founding_article_names_its_places() -> None:
    if not ARTICLE.exists():
        pytest.skip("缺少 ../shared 参考数据 (reference data beside the checkout is absent)")
    text = ARTICLE.read_text(encoding="utf-8")
    found = {(text[start:end], code) for start, end, code in REGIONS.mentions(text)}
    assert {("温岭市", "331081"), ("温岭", "331081"), ("台州市", "331000"), ("浙江省", "330000")} <= found
    assert {code for _, code in found} <= {"331081", "331000", "330000", "110000", "DE"}
