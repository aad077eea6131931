"""What the store aggregates over a population equals what plain loops over the same rows give."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .places import HOME, PLACES
from .populations import PAIRS, Population, group_of, merged, populations, supply

EXAMPLES = settings(
    max_examples=6, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
MANY = st.lists(populations(), min_size=3, max_size=10)


def of(mark: int) -> list[tuple[str, str]]:
    return [(f"{root}{mark}", f"{leaf}{mark}") for root, leaf in PAIRS]


def table(pairs: list[tuple[str, str]]) -> pa.Table:
    return pa.table({"root": [root for root, _ in pairs], "leaf": [leaf for _, leaf in pairs]})


def filled(door: Any, many: list[Population]) -> Any:
    header = "企业名称,国家或地区,省份,城市,区县,镇街,所属集团,登记状态"
    firms = [(f.name, *f.place.cells, f.group, f.status) for one in many for f in one.firms if f.place is not None]
    made = [(m.firm, m.product, m.role, m.confidence, m.capacity, m.unit, m.source) for one in many for m in one.made]
    door.ingest(
        door.file("企业.csv", header, *firms),
        door.file("企业产品.csv", "企业名称,产品名称,角色,置信度,产能,单位,来源", *made),
        door.file("产品.csv", "产品名称", *((leaf,) for mark in range(len(many)) for _, leaf in of(mark))),
    )
    return door


def same(found: dict[str, Any], expected: dict[str, Any]) -> bool:
    return found.keys() == expected.keys() and all(
        math.isclose(found[name], value, rel_tol=1e-9) if isinstance(value, float) else found[name] == value
        for name, value in expected.items()
    )


@EXAMPLES
@given(many=MANY)
def test_supply(new_door: Callable[[], Any], many: list[Population]) -> None:
    many = [population.renamed(mark) for mark, population in enumerate(many)]
    with filled(new_door(), many).open() as view:
        for mark, population in enumerate(many):
            rows = view.supply(table(of(mark)), HOME, population.threshold).to_pylist()
            found = {(row.pop("root"), row.pop("scope")): row for row in rows}
            expected = supply(population, of(mark))
            assert list(found) == sorted(found)
            assert found.keys() == expected.keys()
            for key, row in expected.items():
                assert same(found[key], row), (key, found[key], row)


@EXAMPLES
@given(many=MANY)
def test_producers(new_door: Callable[[], Any], many: list[Population]) -> None:
    many = [population.renamed(mark) for mark, population in enumerate(many)]
    with filled(new_door(), many).open() as view:
        for mark, population in enumerate(many):
            every = view.producers(table(of(mark)), HOME, 1000).to_pylist()
            few = view.producers(table(of(mark)), HOME, 2).to_pylist()
            check_producers(population, of(mark), every)
            keys = sorted({(row["root"], row["scope"]) for row in every})
            assert few == [row for key in keys for row in [r for r in every if (r["root"], r["scope"]) == key][:2]]


def check_producers(population: Population, pairs: list[tuple[str, str]], every: list[dict[str, Any]]) -> None:
    firms = {firm.name: firm for firm in population.firms if firm.place is not None}
    groups, claims = group_of(population), merged(population)
    here = {groups.get(name, name) for name, firm in firms.items() if firm.place and firm.place.scope == "local"}
    expected: dict[tuple[str, str, str], tuple[float, bool, bool]] = {}
    for root, leaf in pairs:
        for (name, product), claim in claims.items():
            if product == leaf:
                firm = firms.get(name)
                key = root, firm.place.scope if firm and firm.place else "unplaced", name
                best = max(expected.get(key, (0.0, False, False))[0], claim.confidence)
                expected[key] = (best, not (firm and firm.status == "注销"), groups[name] in here)
    found = {(r["root"], r["scope"], r["name"]): (r["confidence"], r["active"], r["present"]) for r in every}
    assert found == expected
    assert len(every) == len(found), "each maker once per product"
    for row in every:
        claim = claims[row["name"], row["leaf"]]
        assert (claim.confidence, claim.facts) == (row["confidence"], row["facts"])


search_rows = st.tuples(
    st.sampled_from(("温岭市", "台州市", "浙江省", "中国", "昆山市", "德国")),
    st.sampled_from(("", "主轴", "刀塔")),
    st.sampled_from(("企查查", "行业协会")),
    st.sampled_from((0.1, 0.5, 0.9)),
    st.sampled_from(("", "2023", "2024-05-01")),
)


@EXAMPLES
@given(rows=st.lists(search_rows, max_size=30))
def test_searched(new_door: Callable[[], Any], rows: list[tuple[Any, ...]]) -> None:
    door = new_door()
    header = "地区,产品名称,检索来源,检出率,日期,来源"
    door.ingest(door.file("检索.csv", header, *((*row, "网") for row in rows)),
                door.file("检索2.csv", header, *((*row, "网") for row in rows[:3])))  # fmt: skip
    depth = {"温岭市": 0, "台州市": 1, "浙江省": 2, "中国": 3}
    expected = {
        (product or None, source, rate, date or None, depth[region])
        for region, product, source, rate, date in rows
        if region in depth
    }
    with door.open() as view:
        answer = view.searched(HOME).to_pylist()
    found = [(r["product"], r["searched_source"], r["rate"], r["date"], r["depth"]) for r in answer]
    assert sorted(found, key=str) == sorted(expected, key=str), "each search once, however many files repeat it"
    assert not any(row["assumed"] or row["method_is_file"] for row in answer)


claim_rows = st.tuples(
    st.sampled_from(("主轴", "刀塔")),
    st.sampled_from((("国产化率", "domestic_share"), ("进口依赖度", "import_dependence"))),
    st.sampled_from((("35%", 0.35), ("0.6", 0.6), ("七成", 0.7))),
    st.sampled_from((None, 2022, 2024)),
    st.sampled_from((("", "CN"), ("浙江省", "330000"))),
    st.sampled_from(("协会", "专家")),
    st.sampled_from((0.4, 0.9)),
)


@EXAMPLES
@given(rows=st.lists(claim_rows, max_size=30))
def test_claims(new_door: Callable[[], Any], rows: list[tuple[Any, ...]]) -> None:
    door = new_door()
    header = "对象,指标,数值,年份,地区,说法人,置信度,来源,来源日期"
    written = [
        (subject, label, text, year, region, speaker, confidence, "网", "2024-06-01")
        for subject, (label, _), (text, _), year, (region, _), speaker, confidence in rows
    ]
    door.ingest(door.file("指标.csv", header, *written), door.file("指标2.csv", header, *written[:2]))
    expected = {
        (subject, predicate, text, number, year, code, speaker, confidence)
        for subject, (_, predicate), (text, number), year, (_, code), speaker, confidence in rows
    }
    with door.open() as view:
        answer = view.claims().to_pylist()
        assert view.claims(["output"]).num_rows == 0
    names = ("subject", "predicate", "value", "number", "year", "region", "speaker", "confidence")
    assert sorted(tuple(str(row[name]) for name in names) for row in answer) == sorted(
        tuple(map(str, row)) for row in expected
    )
    assert {(row["source"], row["source_date"], row["modality"]) for row in answer} <= {("网", "2024-06-01", "stated")}


def test_the_places_of_the_populations_mean_what_the_reference_thinks(door: Any) -> None:
    with door.open(write=True) as store:
        regions = store.regions()
        for place in PLACES:
            found = regions.resolve_parts(*place.cells[:4])
            assert place.code.split("-")[0] == found.code
            assert regions.is_foreign(found.code) == (place.scope == "foreign")
