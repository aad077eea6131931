"""Which area makes what, counted in the store, equals plain loops over the rows that were handed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as few
from hypothesis import strategies as st

from bulian.graph.region_levels import LEVELS, Level
from bulian.queries.diversification import find_extensions
from bulian.queries.settings import Settings

from .places import Place
from .populations import PAIRS, Population, group_of, merged, populations
from .test_aggregates import filled, of, table

EXAMPLES = few(
    max_examples=2, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
MANY = st.lists(populations(), min_size=3, max_size=6)


def area(place: Place, level: Level) -> str | None:
    """By the digits of the code alone: none of the places of the populations is an exception of the tree."""
    code = place.code.split("-")[0]
    digits = {"province": 2, "city": 4, "county": 6}[level]
    found = code[:digits].ljust(6, "0")
    return found if code[digits - 2 : digits] not in ("", "00") else None


def expected(population: Population, pairs: list[tuple[str, str]], level: Level) -> dict[tuple[str | None, str], int]:
    firms = {firm.name: firm for firm in population.firms}
    groups = group_of(population)
    present: dict[tuple[str | None, str], set[str]] = {}
    for (name, product), claim in merged(population).items():
        firm = firms.get(name)
        if claim.confidence < population.threshold or firm is None or firm.place is None or firm.status == "注销":
            continue
        if firm.place.scope == "foreign":
            continue
        there = None if firm.place.code == "CN" else area(firm.place, level)
        for root, leaf in pairs:
            if leaf == product:
                present.setdefault((there, root), set()).add(groups[name])
    return {key: len(found) for key, found in present.items()}


@EXAMPLES
@given(many=MANY)
def test_presence(new_door: Callable[[], Any], many: list[Population]) -> None:
    many = [population.renamed(mark) for mark, population in enumerate(many)]
    with filled(new_door(), many).open() as view:
        for mark, population in enumerate(many):
            for level in LEVELS:
                answer = view.presence(table(of(mark)), level, population.threshold)
                rows = [(row["region"], row["root"], row["groups"]) for row in answer.to_pylist()]
                found = {(region, root): groups for region, root, groups in rows}
                assert found == expected(population, of(mark), level)
                assert rows == sorted(rows, key=lambda row: (row[0] is None, row[0] or "", row[1]))


def test_presence_where_the_tree_has_exceptions(door: Any) -> None:
    """A municipality is a city, a county under a province is a city, a prefecture without counties is a county."""
    firms = [
        ("京一", "北京市", "", "朝阳区", ""), ("京二", "北京市", "", "", ""), ("京三", "北京市", "", "海淀区", "京一"),
        ("仙一", "湖北省", "", "仙桃市", ""), ("莞一", "广东省", "东莞市", "", ""),
        ("浙一", "浙江省", "", "", ""), ("台一", "浙江省", "台州市", "", ""), ("温一", "浙江省", "台州市", "温岭市", ""),
    ]  # fmt: skip
    door.ingest(
        door.file("企业.csv", "企业名称,省份,城市,区县,所属集团", *firms),
        door.file("企业产品.csv", "企业名称,产品名称,角色", *((firm[0], "主轴", "生产") for firm in firms)),
    )
    with door.open() as view:
        told = {level: counts(view, level) for level in LEVELS}
    assert told["province"] == {"110000": 2, "330000": 3, "420000": 1, "440000": 1}
    assert told["city"] == {"110000": 2, "331000": 2, "429004": 1, "441900": 1, None: 1}
    assert told["county"] == {"110105": 1, "110108": 1, "331081": 1, "429004": 1, "441900": 1, None: 3}


def counts(view: Any, level: Level) -> dict[str | None, int]:
    answer = view.presence(table([("主轴", "主轴")]), level, 0.5)
    assert answer.column_names == ["region", "root", "groups"]
    return {row["region"]: row["groups"] for row in answer.to_pylist()}


@pytest.mark.parametrize("level", LEVELS)
def test_presence_of_nothing(door: Any, level: Level) -> None:
    door.ingest(door.file("产品.csv", "产品名称", ("主轴",)))
    with door.open() as view:
        empty = view.presence(table([]), level, 0.5)
        assert (empty.num_rows, empty.column_names) == (0, ["region", "root", "groups"])
        assert view.presence(table(list(PAIRS)), level, 0.5).num_rows == 0


def test_extensions_are_the_same_on_every_store(door: Any) -> None:
    firms = [
        ("甲厂", "浙江省", "台州市", "温岭市"),
        ("乙厂", "江苏省", "苏州市", "昆山市"),
        ("丙厂", "浙江省", "台州市", "玉环市"),
    ]
    made = [
        ("甲厂", "主轴"),
        ("甲厂", "刀塔"),
        ("乙厂", "主轴"),
        ("乙厂", "机床"),
        ("丙厂", "机床"),
        ("丙厂", "刀塔"),
        ("丙厂", "床身"),
    ]
    needs = [("机床", "主轴", "必需"), ("机床", "床身", ""), ("自动线", "机床", "")]
    door.ingest(
        door.file("产品.csv", "产品名称,产业链", *((name, "链") for name in ("机床", "主轴", "刀塔", "床身", "自动线"))),
        door.file("产业链关系.csv", "产品,关系,对象,必要性", *((a, "需要", b, word) for a, b, word in needs)),
        door.file("企业.csv", "企业名称,省份,城市,区县", *firms),
        door.file("企业产品.csv", "企业名称,产品名称,角色", *((*row, "生产") for row in made)),
    )  # fmt: skip
    loose = Settings(lq_min_region=1, lq_min_product=1, lq_min_cell=1)
    with door.open() as view:
        (one,) = find_extensions(view, "温岭市", "链", loose)
        told = find_extensions(view, "昆山市", "链", loose)
    assert (one.product, one.numbers["input_coverage"], one.numbers["essential_coverage"]) == ("机床", 0.5, 1.0)
    assert [item.here for item in one.inputs] == [("主轴",), ()]
    # Quotients of 1 or more: 温岭 主轴 7/4, 刀塔 7/4; 昆山 主轴 7/4, 机床 7/4; 玉环 机床 7/6, 刀塔 7/6, 床身 7/3.
    # 机床 is as near to 主轴, 刀塔 and 床身: 1/2 each; 温岭 makes the first two of the three.
    assert one.numbers["density"] == pytest.approx(2 / 3)
    assert [item.product for item in told] == ["自动线"]
    assert told[0].numbers["density"] is None
