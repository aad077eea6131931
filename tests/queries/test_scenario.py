"""Scenarios against an oracle that reads the rows as they were handed in, one firm and one sentence at a time."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx
import pytest

from bulian.graph.errors import AmbiguousNameError, NotFoundError, UsageError
from bulian.queries.feasibility import AndOrGraph, Requirement, cascade
from bulian.queries.results import as_json
from bulian.queries.scenario import run_scenario
from bulian.queries.settings import Settings

from .test_feasibility import oracle

# name of a place: (country, province, city, county), and the areas it lies in by every name asked for below
PLACES = {
    "温岭": (("", "浙江省", "台州市", "温岭市"), {"温岭市", "台州市", "浙江省", "中国"}),
    "台州": (("", "浙江省", "台州市", ""), {"台州市", "浙江省", "中国"}),
    "昆山": (("", "江苏省", "苏州市", "昆山市"), {"江苏省", "中国"}),
    "德国": (("德国", "", "", ""), {"德国", "境外"}),
    "日本": (("日本", "", "", ""), {"日本", "境外"}),
    "台湾": (("中国台湾", "", "", ""), {"中国台湾", "境外"}),
}
AREAS = ("温岭市", "台州市", "浙江省", "江苏省", "中国", "德国", "日本", "中国台湾", "境外")
WORDS = {True: "必需", False: "非必需", None: ""}


@dataclass(frozen=True)
class Firm:
    name: str
    place: str
    group: str
    active: bool


@dataclass(frozen=True)
class World:
    """One chain and its makers (firm, product, confidence), all under names of its own."""

    graph: AndOrGraph
    marked: tuple[str, ...]
    firms: tuple[Firm, ...]
    made: tuple[tuple[str, str, float], ...]

    def firms_of(self, name: str) -> set[str]:
        """Whom a name takes away: the firm, and those that name it as their group, and so on."""
        if name in AREAS:
            return {firm.name for firm in self.firms if name in PLACES[firm.place][1]}
        found = {name}
        while more := {firm.name for firm in self.firms if firm.group in found} - found:
            found |= more
        return found

    def makers(self, product: str, region: str | None) -> set[str]:
        kinds = nx.DiGraph((parent, sub) for sub, parent in self.graph.subtypes)
        leaves = {product} | (nx.descendants(kinds, product) if product in kinds else set())
        here = {f.name for f in self.firms if f.active and (region is None or region in PLACES[f.place][1])}
        return {firm for firm, made, sure in self.made if made in leaves and sure >= 0.5} & here

    def lost(self, without: Iterable[str], region: str | None) -> set[str]:
        gone = set().union(*(self.firms_of(name) for name in without if name not in self.graph.products))
        makers = {product: self.makers(product, region) for product in self.graph.products}
        return {product for product, firms in makers.items() if firms and firms <= gone}


def world(number: int) -> World:
    rng = random.Random(number)
    names = [f"部件{number}之{i}" for i in range(rng.randint(3, 9))]

    def some(count: int) -> Iterable[list[str]]:
        return (rng.sample(names, 2) for _ in range(count))

    rows = [
        Requirement(a, b, rng.choice((True, True, False, None)), rng.choice(("", "", "甲", "乙")))
        for a, b in some(rng.randint(2, 14))
    ]
    kinds = tuple((a, b) for a, b in some(rng.randint(0, 4)))
    firms = [f"厂{number}之{i}" for i in range(6)]
    groups = ["", "", f"集团{number}", firms[0]]
    stated = tuple(
        Firm(firm, rng.choice(list(PLACES)), "" if firm == firms[0] else rng.choice(groups), rng.random() < 0.9)
        for firm in firms
    )
    made = {(rng.choice(firms), rng.choice(names)): rng.choice((0.9, 0.9, 0.3)) for _ in range(rng.randint(2, 10))}
    marked = tuple(sorted(rng.sample(names, 2))) if rng.random() < 0.5 else ()
    graph = AndOrGraph(tuple(names), tuple(rows), kinds)
    return World(graph, marked, stated, tuple((firm, product, sure) for (firm, product), sure in made.items()))


def written(header: str, rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([header.split(","), *rows])
    return out.getvalue()


WORLDS = [world(number) for number in range(70)]


@pytest.fixture
def worlds(store_of):
    numbered = list(enumerate(WORLDS))
    return store_of(
        产品=written("产品名称,产业链,终端产品", (
            (name, f"链{k}", "是" if name in one.marked else "") for k, one in numbered for name in one.graph.products
        )),
        链=written("产品,关系,对象,必要性,替代组,产业链", (
            *((r.product, "需要", r.object, WORDS[r.essential], r.alt_group, f"链{k}")
              for k, one in numbered for r in one.graph.requirements),
            *((sub, "属于", parent, "", "", f"链{k}") for k, one in numbered for sub, parent in one.graph.subtypes),
        )),
        企业=written("企业名称,国家或地区,省份,城市,区县,所属集团,登记状态", (
            (f.name, *PLACES[f.place][0], f.group, "存续" if f.active else "注销") for one in WORLDS for f in one.firms
        )),
        企业产品=written("企业名称,产品名称,角色,置信度", (
            (firm, product, "生产", sure) for one in WORLDS for firm, product, sure in one.made
        )),
    )  # fmt: skip


def names_to_take(number: int, rng: random.Random) -> list[str]:
    one = WORLDS[number]
    known = [f.name for f in one.firms] + [f.group for f in one.firms if f.group]
    pool = [*rng.sample(one.graph.products, 1), *rng.sample(known, 2), *rng.sample(AREAS, 2)]
    return list(dict.fromkeys(rng.sample(pool, rng.randint(1, 3))))


def check(number: int, without: list[str], region: str | None, store) -> bool:
    one = WORLDS[number]
    report = run_scenario(store, f"链{number}", without, region)
    assert list(report.without) == without
    lost = one.lost(without, region)
    named = set(without) & set(one.graph.products)
    stopped = oracle(one.graph, lost | named)
    ends = [row.product for row in report.stopped] + list(report.running)
    assert set(one.marked or ends) == set(ends)
    assert {row.product for row in report.stopped} == set(ends) & stopped
    assert set(report.also_stopped) == stopped - set(ends)
    assert {row.product for row in report.lost} == lost
    if set(without) - named:
        unmade = {p for p in one.graph.products if not one.makers(p, None)}
        assert set(report.unknowns) == unmade
        assert set(report.made_elsewhere) == {p for p in one.graph.products if not one.makers(p, region)} - unmade
        assert not set(report.unknowns) & lost
    for row in report.lost:
        assert row.firms == len(one.makers(row.product, region))
        touching = {
            name for name in without if name not in named and one.firms_of(name) & one.makers(row.product, region)
        }
        assert set(row.by) == touching
    check_paths(one, report, without, lost, named)
    return bool(stopped - lost - named)


def check_paths(one: World, report, without: list[str], lost: set[str], named: set[str]) -> None:
    steps = {(r.object, r.product) for r in one.graph.requirements} | set(one.graph.subtypes)
    by = {row.product: row.by for row in report.lost}
    shortest = cascade(one.graph, lost | named).because
    for row in report.stopped:
        assert row.because[0] in without
        assert row.because[-1] == row.product
        down = row.because if row.because[0] in named else row.because[1:]
        assert down[0] in named or row.because[0] == by[down[0]][0]
        assert set(pairwise(down)) <= steps
        assert tuple(reversed(down)) == shortest[row.product]


def test_scenarios_of_random_chains_equal_the_oracle(worlds) -> None:
    rng, cascaded = random.Random(3), 0
    for number in range(len(WORLDS)):
        for region in (None, ("温岭市", "浙江省", None)[number % 3]):
            cascaded += check(number, names_to_take(number, rng), region, worlds)
    assert cascaded > 10


def test_all_at_once_stops_no_less_than_each_alone(worlds) -> None:
    rng = random.Random(4)
    for number in range(0, len(WORLDS), 6):
        without = names_to_take(number, rng)
        together = {row.product for row in run_scenario(worlds, f"链{number}", without).stopped}
        for name in without:
            assert {row.product for row in run_scenario(worlds, f"链{number}", [name]).stopped} <= together


TABLES = {
    "产品": "产品名称,产业链,别名\n机床,机床链,\n主轴,机床链,电主轴总成\n轴承,机床链,\n三和,别的链,\n月饼,别的链,\n",
    "链": "产品,关系,对象,必要性,产业链\n机床,需要,主轴,必需,机床链\n主轴,需要,轴承,必需,机床链\n",
    "企业": (
        "企业名称,统一社会信用代码,简称,国家或地区,省份,城市,区县,所属集团\n"
        "温岭三和数控机床设备有限公司,91331081MA2AKW1X5L,三和,,浙江省,台州市,温岭市,\n"
        "瑞士轴承厂,,瑞士,瑞士,,,,\n"
        "南方轴承厂,,南方,,浙江省,,,南方集团\n"
        "北方轴承厂,,南方,,江苏省,,,南方集团\n"
        "主轴,,,,,,,\n"
    ),
    "企业产品": (
        "企业名称,产品名称,角色\n温岭三和数控机床设备有限公司,主轴,生产\n瑞士轴承厂,轴承,生产\n南方轴承厂,轴承,生产\n"
        "北方轴承厂,轴承,生产\n"
    ),
}


@pytest.fixture
def small(store_of):
    return store_of(**TABLES)


@pytest.mark.parametrize(
    ("given", "name", "kind"),
    [
        ("温岭三和数控机床设备有限公司", "温岭三和数控机床设备有限公司", "企业"),
        ("三和", "温岭三和数控机床设备有限公司", "企业"),  # the product of that name is on another chain
        ("91331081MA2AKW1X5L", "温岭三和数控机床设备有限公司", "企业"),
        ("Enterprise:91331081MA2AKW1X5L", "温岭三和数控机床设备有限公司", "企业"),
        ("温岭市", "温岭市", "地区"),
        ("331081", "浙江省台州市温岭市", "地区"),
        ("浙江温岭", "浙江省台州市温岭市", "地区"),
    ],
)
def test_one_thing_by_any_of_its_names(small, given, name, kind) -> None:
    report = run_scenario(small, "机床链", [given])
    assert (report.without, report.taken[0].kind) == ((name,), kind)
    assert [(row.product, row.because) for row in report.stopped] == [("机床", (name, "主轴", "机床"))]
    assert [(row.product, row.firms, row.firms_left, row.by) for row in report.lost] == [("主轴", 1, 0, (name,))]
    assert report.unknowns == ("机床",)


def test_a_product_by_its_alias_and_a_product_beside_what_it_stops(small) -> None:
    report = run_scenario(small, "机床链", ["电主轴总成"])
    assert report.without == ("主轴",)
    assert [row.because for row in report.stopped] == [("主轴", "机床")]
    assert report.unknowns == (), "who makes what plays no part"
    assert [row.because for row in run_scenario(small, "机床链", ["机床"]).stopped] == [("机床",)]


def test_several_that_only_together_take_every_maker(small) -> None:
    assert not run_scenario(small, "机床链", ["瑞士轴承厂"]).stopped
    assert not run_scenario(small, "机床链", ["南方集团"]).stopped
    report = run_scenario(small, "机床链", ["瑞士轴承厂", "南方集团", "瑞士轴承厂"])
    assert report.without == ("瑞士轴承厂", "南方集团")
    assert [row.because for row in report.stopped] == [("南方集团", "轴承", "主轴", "机床")], "it takes the most makers"
    (lost,) = report.lost
    assert (lost.product, lost.firms, lost.groups, lost.by) == ("轴承", 3, 2, ("南方集团", "瑞士轴承厂"))
    assert any("南方集团" in note and "3" in note for note in report.notes)


def test_a_firm_known_only_roughly_stays_and_is_said_to_be_unsure(small) -> None:
    report = run_scenario(small, "机床链", ["杭州市", "瑞士轴承厂", "北方轴承厂"])
    assert not report.lost
    assert any("所在地" in note for note in report.notes)
    assert run_scenario(small, "机床链", ["浙江省", "江苏省", "境外"]).lost


def test_a_region_can_only_lose_what_it_has(small) -> None:
    report = run_scenario(small, "机床链", ["江苏省"], region="江苏")
    assert [row.because for row in report.stopped] == [("江苏省", "轴承", "主轴", "机床")]
    assert report.made_elsewhere == ("主轴",)
    assert as_json(report)["region"] == {"code": "320000", "name": "江苏省"}
    assert not run_scenario(small, "机床链", ["江苏省"]).stopped


def test_the_threshold_counts(small) -> None:
    strict = run_scenario(small, "机床链", ["三和"], settings=Settings(confidence=0.95))
    assert (strict.lost, strict.stopped) == ((), ())
    assert set(strict.unknowns) == {"机床", "主轴", "轴承"}
    assert any("未见不等于没有" in note for note in strict.notes)


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        ("火星", NotFoundError, "火星"),
        ("", NotFoundError, "全名"),
        ("月饼", NotFoundError, "链上没有这个产品"),
        ("主轴", AmbiguousNameError, "产品 主轴.*企业 主轴|企业 主轴.*产品 主轴"),
        ("瑞士", AmbiguousNameError, "企业 瑞士轴承厂.*地区 瑞士"),
        ("南方", AmbiguousNameError, "南方轴承厂|北方轴承厂"),
        ("鼓楼区", AmbiguousNameError, "鼓楼区"),
    ],
)
def test_nothing_is_guessed(small, given, error, told) -> None:
    with pytest.raises(error, match=told) as caught:
        run_scenario(small, "机床链", [given])
    assert caught.value.exit_code == 3
    assert type(caught.value) is error


@pytest.mark.parametrize("given", ["Product:主轴", "Enterprise:主轴", "CH"])
def test_an_id_or_a_code_settles_it(small, given) -> None:
    assert run_scenario(small, "机床链", [given]).taken[0].id == given


def test_nothing_named_and_no_such_chain_or_region(small) -> None:
    with pytest.raises(UsageError):
        run_scenario(small, "机床链", [])
    with pytest.raises(NotFoundError):
        run_scenario(small, "造船", ["境外"])
    with pytest.raises(NotFoundError):
        run_scenario(small, "机床链", ["境外"], region="火星")


def test_a_sub_type_from_outside_the_chain_keeps_an_alternative_running(store_of) -> None:
    """The alternative and its sub-type are on no chain; whoever makes the sub-type supplies the alternative."""
    store = store_of(
        链=(
            "产品,关系,对象,必要性,替代组,产业链\n机床,需要,甲,必需,系统,机床链\n机床,需要,乙,必需,系统,\n丙,属于,乙,,,\n"
        ),
        企业=("企业名称,国家或地区\n德厂,德国\n日厂,日本\n"),
        企业产品=("企业名称,产品名称,角色\n德厂,甲,生产\n日厂,丙,生产\n"),
    )
    assert not run_scenario(store, "机床链", ["德国"]).stopped
    assert [row.because for row in run_scenario(store, "机床链", ["境外"]).stopped] == [("境外", "乙", "机床")]
    assert not run_scenario(store, "机床链", ["甲", "乙"]).stopped, "a sub-type of 乙 still runs"
    assert run_scenario(store, "机床链", ["甲", "乙", "丙"]).stopped
