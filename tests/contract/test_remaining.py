"""Which makers stay when some are taken away, counted in the store, equals plain loops over the rows handed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulian.graph.errors import NotFoundError
from bulian.graph.region_remaining import Removal
from bulian.queries.results import as_json
from bulian.queries.scenario import run_scenario

from .places import HOME, Place
from .populations import PAIRS, Population, group_of, makers, populations
from .test_aggregates import filled, of, table

EXAMPLES = settings(
    max_examples=3, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
# The areas around every place of the populations, by hand.
PATHS = {
    "331081-泽国镇": ("331081-泽国镇", "331081", "331000", "330000", "CN"),
    "331081": ("331081", "331000", "330000", "CN"), "331000": ("331000", "330000", "CN"), "330000": ("330000", "CN"),
    "CN": ("CN",), "331083": ("331083", "331000", "330000", "CN"), "320583": ("320583", "320500", "320000", "CN"),
    "DE": ("DE",), "TW": ("TW",),
}  # fmt: skip
COLUMNS = ["root", "firms", "firms_left", "groups", "groups_left", "unsure"]
removals = st.tuples(
    st.sets(st.integers(0, 6), max_size=3),
    st.sets(st.sampled_from(("331081", "331000", "320000", "CN", "DE")), max_size=2),
    st.booleans(),
    st.sampled_from((None, None, HOME, "330000", "DE")),
)


def path_of(place: Place | None) -> tuple[str, ...]:
    return PATHS[place.code] if place else ()


def expected(
    population: Population, pairs: list[tuple[str, str]], taken: set[str], removal: Removal, region: str | None
) -> dict[str, tuple[int, ...]]:
    groups, rows = group_of(population), {}
    around = {outer for code in removal.regions for outer in PATHS.get(code, (code, "CN"))[1:]}
    for root, found in makers(population, pairs).items():
        sure = [maker for maker in found if maker.confidence >= population.threshold]
        if not sure:
            continue
        counted = [m for m in sure if region is None or region in path_of(m.place)]
        left, unsure = [], 0
        for maker in counted:
            path = path_of(maker.place)
            abroad = bool(path) and path[-1] != "CN"
            if maker.name in taken or set(path) & set(removal.regions) or (removal.foreign and abroad):
                continue
            left.append(maker)
            vague = path[0] in around if path else bool(removal.regions) or removal.foreign
            unsure += vague
        rows[root] = (
            len(counted), len(left), len({groups[m.name] for m in counted}), len({groups[m.name] for m in left}), unsure
        )  # fmt: skip
    return rows


@EXAMPLES
@given(many=st.lists(st.tuples(populations(), removals), min_size=4, max_size=9))
def test_remaining(new_door: Callable[[], Any], many: list[tuple[Population, Any]]) -> None:
    worlds = [population.renamed(mark) for mark, (population, _) in enumerate(many)]
    with filled(new_door(), worlds).open() as view:
        for mark, population in enumerate(worlds):
            numbers, regions, foreign, region = many[mark][1]
            taken = {f"第{number}厂{mark}" for number in numbers}
            ids = [node.id for name in sorted(taken) for node in view.find(name, "Enterprise")]
            removal = Removal(tuple(ids), tuple(sorted(regions)), foreign)
            answer = view.remaining(table(of(mark)), population.threshold, region, removal)
            rows = [tuple(row.values()) for row in answer.to_pylist()]
            assert answer.column_names == COLUMNS
            assert rows == sorted(rows)
            assert {row[0]: row[1:] for row in rows} == expected(population, of(mark), taken, removal, region)


def test_a_group_stays_while_one_of_its_firms_does(door: Any) -> None:
    door.ingest(
        door.file("企业.csv", "企业名称,国家或地区,所属集团", ("甲厂", "", "大集团"), ("乙厂", "德国", "大集团"),
                  ("丙厂", "日本", "")),
        door.file("企业产品.csv", "企业名称,产品名称,角色", *((f"{who}厂", "主轴", "生产") for who in "甲乙丙")),
    )  # fmt: skip
    with door.open() as view:
        rows = view.remaining(table([("主轴", "主轴")]), 0.5, None, Removal(foreign=True)).to_pylist()
        assert rows == [
            {"root": "主轴", "firms": 3, "firms_left": 1, "groups": 2, "groups_left": 1, "unsure": 0}
        ]  # fmt: skip
        rows = view.remaining(table([("主轴", "主轴")]), 0.5, "331081", Removal(foreign=True)).to_pylist()
        assert rows == [dict.fromkeys(COLUMNS, 0) | {"root": "主轴"}], "made, but not there"


@pytest.mark.parametrize("wrong", [(Removal(regions=("999999",)), None), (Removal(), "999999")])
def test_remaining_of_nothing_and_of_nowhere(door: Any, wrong: tuple[Removal, str | None]) -> None:
    door.ingest(door.file("产品.csv", "产品名称", ("主轴",)))
    with door.open() as view:
        empty = view.remaining(table([]), 0.5, None, Removal())
        assert (empty.num_rows, empty.column_names) == (0, COLUMNS)
        assert view.remaining(table(list(PAIRS)), 0.5, None, Removal(foreign=True)).num_rows == 0
        removal, region = wrong
        with pytest.raises(NotFoundError, match="999999"):
            view.remaining(table(list(PAIRS)), 0.5, region, removal)


def test_a_scenario_is_the_same_from_every_store(door: Any) -> None:
    """Names, codes and groups are found alike, and so the whole answer is one."""
    code = "91331081MA2AKW1X5L"
    door.ingest(
        door.file("链.csv", "产品,关系,对象,必要性,产业链", ("机床", "需要", "主轴", "必需", "链"),
                  ("主轴", "需要", "轴承", "必需", "链"), ("陶瓷轴承", "属于", "轴承", "", "链")),
        door.file("企业.csv", "企业名称,统一社会信用代码,国家或地区,城市,所属集团",
                  ("三和厂", code, "", "台州市", "大集团"),
                  ("四方厂", "", "", "台州市", "三和厂"), ("德国厂", "", "德国", "", "")),
        door.file("企业产品.csv", "企业名称,产品名称,角色", ("三和厂", "主轴", "生产"), ("四方厂", "轴承", "生产"),
                  ("德国厂", "陶瓷轴承", "生产")),
    )  # fmt: skip
    told = {}
    with door.open() as view:
        for without in ([code], ["四方厂", "德国"], ["大集团", "境外"], ["台州"]):
            report = as_json(run_scenario(view, "链", without))
            told[" ".join(without)] = [row["because"] for row in report["stopped"]]
            assert report["running"] == ([] if report["stopped"] else ["机床"])
        with pytest.raises(NotFoundError):
            run_scenario(view, "链", ["火星"])
        local = run_scenario(view, "链", ["四方厂"], region="台州市")
    assert told == {
        code: [["三和厂", "主轴", "机床"]],
        "四方厂 德国": [["四方厂", "轴承", "主轴", "机床"]],
        "大集团 境外": [["大集团", "主轴", "机床"]],
        "台州": [["浙江省台州市", "主轴", "机床"]],
    }
    assert (local.stopped, local.lost[0].product) == ((), "轴承"), "陶瓷轴承 is made elsewhere and still meets the need"
    assert local.made_elsewhere == ("陶瓷轴承",)
