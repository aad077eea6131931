"""Targets: hard filters against the cells, rank intervals against random weightings, reasons and shape."""

from __future__ import annotations

import json
import math
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from bulian.graph.errors import NotFoundError
from bulian.graph.store import Store
from bulian.queries.results import Component, TargetReport, as_json
from bulian.queries.targets import find_targets, rank_intervals
from bulian.queries.weak_links import find_weak_links

from .oracle import Oracle
from .oracle_said import sure
from .planted import HOMES, Tables, plant
from .planted_store import stored

HOME = "玉环市"
NAMES = ("honours", "evidence", "nearness")
NO_GAP = ("正常", "强链")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Tables, Store]]:
    tables = plant(8, chains=4, firms=60)
    with stored(tables, tmp_path_factory.mktemp("targets")) as store:
        yield tables, store


def suitable(oracle: Oracle, product: str, chain: str) -> set[str]:
    """Confirmed makers, registered, not here, with no firm of their group here: from the cells alone."""
    home = HOMES[HOME]

    def here(firm: str) -> bool:
        return (oracle.place(firm) or ())[: len(home)] == home

    present = {oracle.group(firm) for firm in oracle.firms if here(firm)}
    return {
        firm for firm, leaves in oracle.makers(product, chain).items()
        if max(sure(row) for rows in leaves.values() for row in rows) >= 0.5
        and not here(firm) and oracle.group(firm) not in present
    }  # fmt: skip


def test_exactly_the_firms_that_pass_the_hard_filters(planted: tuple[Tables, Store]) -> None:
    tables, store = planted
    oracle = Oracle(tables)
    found = 0
    for chain in store.chains():
        for gap in find_targets(store, HOME, chain, top=50).gaps:
            names = {target.name for target in gap.targets if target.kind == "招引"}
            assert names == suitable(oracle, gap.product, chain), (chain, gap.product)
            found += len(names)
    assert found > 15


def test_gaps_are_those_of_the_weak_link_report_in_its_order(planted: tuple[Tables, Store]) -> None:
    _, store = planted
    for chain in store.chains():
        weak = find_weak_links(store, HOME, chain).findings
        expected = [(f.product, f.regional, f.national) for f in weak if f.regional not in NO_GAP]
        gaps = find_targets(store, HOME, chain).gaps
        assert [(gap.product, gap.regional, gap.national) for gap in gaps] == expected


def test_how_many_are_shown_changes_neither_order_nor_rank(planted: tuple[Tables, Store]) -> None:
    _, store = planted
    for chain in store.chains():
        everything = find_targets(store, HOME, chain, top=50)
        for top in (1, 3):
            for few, all_ in zip(find_targets(store, HOME, chain, top=top).gaps, everything.gaps, strict=True):
                for kind in ("招引", "培育", "院所"):
                    shown = [target for target in few.targets if target.kind == kind]
                    assert shown == [target for target in all_.targets if target.kind == kind][:top]


def test_every_target_says_why_what_is_against_it_and_what_is_unknown(planted: tuple[Tables, Store]) -> None:
    tables, store = planted
    short = {row["企业名称"]: row["简称"] for row in tables.rows["企业"] if "简称" in row}
    for chain in store.chains():
        for gap in find_targets(store, HOME, chain, top=50).gaps:
            count = Counter(target.kind for target in gap.targets)
            for target in gap.targets:
                best, worst = target.rank
                assert 1 <= best <= worst <= count[target.kind]
                assert gap.product in target.reason
                assert target.name in target.reason
                assert target.mode
                for text in (target.reason, target.counter):
                    assert re.search(r"[\u4e00-\u9fff].*。$", text)
                assert target.unknowns
                done = " 生产 " if target.kind == "招引" else " 研究 "
                names = (target.name, short.get(target.name, target.name))
                assert all(line.statement.startswith(names) and done in line.statement for line in target.evidence)
                assert target.evidence
                assert all(line.quote and line.locator and line.source.uri for line in target.evidence)
                assert target.components["evidence"]
                if target.region is None:
                    assert "所在地不明" in target.unknowns


def test_the_json_is_that_of_the_contract(planted: tuple[Tables, Store]) -> None:
    _, store = planted
    told = as_json(find_targets(store, HOME, "链0"))
    assert json.loads(json.dumps(told, ensure_ascii=False, allow_nan=False)) == told
    assert {"gaps"} <= set(told)
    assert told["gaps"]
    for gap in told["gaps"]:
        assert list(gap) == ["product", "regional", "national", "targets", "assumption"]
        for target in gap["targets"]:
            assert set(target) == {
                "rank", "kind", "id", "name", "region", "components", "mode", "reason", "counter", "unknowns", "evidence",
            }  # fmt: skip
            assert target["region"] is None or set(target["region"]) == {"code", "name"}
            assert len(target["rank"]) == 2


def small() -> Tables:
    """A gap with one firm too many of every sort."""
    tables = Tables()
    tables.add("产品", 产品名称="机床", 产业链="小链", 终端产品="是")
    tables.add("产品", 产品名称="丝杠", 产业链="小链", 别名="螺杆")
    tables.add("产品", 产品名称="滚珠丝杠", 产业链="小链")
    tables.add("产业链关系", 产品="机床", 关系="需要", 对象="丝杠", 必要性="必需", 产业链="小链")
    tables.add("产业链关系", 产品="滚珠丝杠", 关系="属于", 对象="丝杠", 产业链="小链")
    for name, county, more in (
        ("本地试制机械有限公司", "温岭市", {}), ("集团在此机械有限公司", "温岭市", {"所属集团": "大山集团"}),
        ("集团外地机械有限公司", "玉环市", {"所属集团": "大山集团"}),
        ("已经注销机械有限公司", "玉环市", {"登记状态": "注销"}), ("未经证实机械有限公司", "玉环市", {}),
        ("只卖不做机械有限公司", "玉环市", {}), ("合适甲号机械有限公司", "玉环市", {}),
        ("合适乙号机械有限公司", "玉环市", {}),
    ):  # fmt: skip
        tables.add("企业", 企业名称=name, 省份="浙江省", 城市="台州市", 区县=county, **more)
        role = {"本": "研发", "只": "销售"}.get(name[0], "生产")
        if "在此" not in name:
            product = "滚珠丝杠" if "乙号" in name else "丝杠"
            sure_ = {"未": "0.3", "集": "1"}.get(name[0], "0.8")
            tables.add("企业产品", 企业名称=name, 产品名称=product, 角色=role, 置信度=sure_)
    tables.add("企业产品", 企业名称="合适甲号机械有限公司", 产品名称="丝杠", 角色="生产", 来源="另一来源")
    return tables


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with stored(small(), tmp_path_factory.mktemp("example")) as store:
        yield store


def kinds(report: TargetReport, product: str) -> dict[str, list[str]]:
    gap = next(gap for gap in report.gaps if gap.product == product)
    return {kind: [t.name for t in gap.targets if t.kind == kind] for kind in ("招引", "培育", "院所")}


def test_each_hard_filter_on_its_own(example: Store) -> None:
    told = kinds(find_targets(example, "温岭市", "小链"), "丝杠")
    assert told["招引"] == ["合适甲号机械有限公司", "合适乙号机械有限公司"]
    assert told["培育"] == ["本地试制机械有限公司"]
    assert told["院所"] == []


def test_a_filtered_firm_does_not_use_up_the_list(example: Store) -> None:
    assert kinds(find_targets(example, "温岭市", "小链", top=1), "丝杠")["招引"] == ["合适甲号机械有限公司"]


def test_a_product_by_alias_whatever_its_label(example: Store) -> None:
    by_name = find_targets(example, "温岭市", "小链", product="丝杠")
    assert [gap.product for gap in by_name.gaps] == ["丝杠"]
    assert find_targets(example, "温岭市", "小链", product="螺杆") == by_name
    fine = find_targets(example, "玉环市", "小链", product="丝杠").gaps[0]
    assert fine.regional in NO_GAP
    assert not [gap for gap in find_targets(example, "玉环市", "小链").gaps if gap.product == "丝杠"]


@pytest.mark.parametrize(("region", "chain", "product"), [
    ("温岭市", "小链", "没有的产品"), ("温岭市", "没有的链", None), ("没有的县", "小链", None),
])  # fmt: skip
def test_what_is_not_there_is_not_found(example: Store, region: str, chain: str, product: str | None) -> None:
    with pytest.raises(NotFoundError) as told:
        find_targets(example, region, chain, product=product)
    assert told.value.where
    assert told.value.hint


cell = st.none() | st.integers(0, 4)
component_rows = st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, cell)), min_size=1, max_size=7)


@limits(max_examples=200, deadline=None)
@given(component_rows, st.integers(0, 10**9))
def test_any_weighting_of_any_increasing_scale_ranks_inside_the_interval(
    rows: list[dict[str, Component]], seed: int
) -> None:
    rng = random.Random(seed)
    intervals = rank_intervals(rows)
    for _ in range(8):
        scores = [0.0] * len(rows)
        for name in NAMES:
            steps = [rng.expovariate(1.0) + 0.01 for _ in range(5)]
            weight = rng.choice((0.01, 1.0, 100.0)) * (rng.random() + 0.01)
            unknown = rng.uniform(-1.0, sum(steps))  # whatever an unknown value may be worth
            for number, row in enumerate(rows):
                value = row[name]
                scores[number] += weight * (unknown if value is None else sum(steps[: int(value) + 1]))
        for score, (best, worst) in zip(scores, intervals, strict=True):
            assert 1 + sum(other > score + 1e-9 for other in scores) >= best
            assert sum(other >= score - 1e-9 for other in scores) <= worst


@given(component_rows)
def test_intervals_count_who_is_surely_ahead_and_behind(rows: list[dict[str, Component]]) -> None:
    def ahead(one: dict[str, Component], other: dict[str, Component]) -> bool:
        known = [(one[name], other[name]) for name in NAMES if (one[name], other[name]) != (None, None)]
        pairs = [(a if a is not None else math.nan, b if b is not None else math.nan) for a, b in known]
        return all(float(a) >= float(b) for a, b in pairs) and any(float(a) > float(b) for a, b in pairs)

    expected = [
        (1 + sum(ahead(other, row) for other in rows), len(rows) - sum(ahead(row, other) for other in rows))
        for row in rows
    ]  # fmt: skip
    assert rank_intervals(rows) == expected


def test_a_report_at_hand_gives_the_same(example: Store, tmp_path: Path) -> None:
    report = find_weak_links(example, "温岭市", "小链")
    assert find_targets(example, "温岭市", "小链", report=report) == find_targets(example, "温岭市", "小链")
