"""Each problem is found where it was planted, and nothing where there is none."""

from __future__ import annotations

from collections import Counter

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulian.graph.errors import NotFoundError
from bulian.queries.chain_graph import ChainGraph
from bulian.queries.check import check_chain
from bulian.queries.check_structure import check_structure
from bulian.queries.feasibility import AndOrGraph
from bulian.queries.settings import Settings

CLEAN = {
    "产品": (
        "产品名称,环节,类别,产业链\n车床,下游,设备,机床\n轴承,上游,零部件,机床\n"
        "皮带,,零部件,机床\n丝杠,上游,零部件,机床\n磨床,中游,设备,机床\n"
    ),
    "链": (
        "产品,关系,对象,必要性,产业链\n车床,需要,轴承,必需,机床\n车床,需要,皮带,,机床\n"
        "车床,需要,丝杠,,机床\n车床,需要,磨床,,机床\n"
    ),
    "企业": "企业名称,省份,城市,区县\n一厂,浙江省,台州市,温岭市\n",
    "企业产品": "企业名称,产品名称,角色\n一厂,轴承,生产\n",
}
PLANTED = (
    ("self_loop", "链", "轴承,需要,轴承,,机床\n", "轴承"),
    ("cycle", "链", "轴承,需要,皮带,,机床\n皮带,需要,轴承,,机床\n", "皮带"),
    ("stage_order", "链", "丝杠,需要,磨床,,机床\n", "丝杠 需要 磨床"),
    ("dangling_product", "链", "车床,需要,刀具,,机床\n", "刀具"),
    ("isolated_product", "产品", "孤品,上游,零部件,机床\n", "孤品"),
    ("stage_conflict", "产品", "轴承,中游,零部件,机床\n", "轴承"),
    ("kind_conflict", "产品", "轴承,上游,材料,机床\n", "轴承"),
    ("essentiality_conflict", "链", "车床,需要,轴承,非必需,机床\n", "车床 需要 轴承"),
    ("dangling_enterprise", "企业产品", "二厂,轴承,生产\n", "二厂"),
    ("unknown_product", "企业产品", "一厂,轴成,生产\n", "轴成"),
    ("region_conflict", "企业", "一厂,浙江省,台州市,玉环市\n", "Enterprise:一厂"),
)


def test_a_clean_chain_has_no_problem(store_of) -> None:
    assert check_chain(store_of(**CLEAN), "机床") == ()


@pytest.mark.parametrize(("code", "table", "row", "where"), PLANTED, ids=[planted[0] for planted in PLANTED])
def test_what_was_planted_is_found_and_nothing_else(store_of, code, table, row, where) -> None:
    problems = check_chain(store_of(**CLEAN | {table: CLEAN[table] + row}), "机床")
    assert [(problem.code, problem.where) for problem in problems] == [(code, where)]
    assert all(problem.message and problem.hint for problem in problems)


def test_an_alias_of_two_products_and_an_alias_that_is_a_product(store_of) -> None:
    products = "产品名称,产业链,别名\n车床,机床,轴\n轴承,机床,轴；车床\n"
    problems = check_chain(store_of(产品=products, 链="产品,关系,对象,产业链\n车床,需要,轴承,机床\n"), "机床")
    assert [(problem.code, problem.where) for problem in problems] == [
        ("alias_conflict", "车床"),
        ("alias_conflict", "轴"),
    ]


def test_a_doubtful_need_follows_the_threshold(store_of) -> None:
    products = "产品名称,环节,产业链\n车床,下游,机床\n轴承,上游,机床\n"
    links = "产品,关系,对象,必要性,产业链,置信度\n车床,需要,轴承,必需,机床,0.4\n"
    store = store_of(产品=products, 链=links)
    (problem,) = check_chain(store, "机床")
    assert (problem.code, problem.where) == ("doubtful_need", "车床 需要 轴承")
    assert check_chain(store, "机床", Settings(confidence=0.4)) == ()


ROWS = "产品,关系,对象,必要性,产业链,来源\n"
BACK = (
    "甲,需要,乙,必需,链,图纸\n乙,需要,丙,必需,链,标准\n丙,需要,甲,,链,网页\n"
    "甲,需要,丙,必需,链,图纸\n丙,需要,丁,,链,图纸\n"
)


def found(store, code: str) -> list:
    return [problem for problem in check_chain(store, "链") if problem.code == code]


def test_a_cycle_names_its_rows_their_sources_and_the_row_against_the_flow(store_of) -> None:
    store = store_of(链=ROWS + BACK)
    (cycle,) = found(store, "cycle")
    assert cycle.where == "丙"
    assert "丙 → 甲 → 丙；" in cycle.message
    assert "丙 需要 甲（据 网页" in cycle.message
    assert "甲 需要 丙（据 图纸" in cycle.message
    assert "共有 3 个产品" in cycle.message
    assert "最逆流的一行是“丙 需要 甲”" in cycle.message
    assert "级联" in cycle.hint
    (wrong,) = found(store, "wrong_way")
    assert wrong.where == "丙 需要 甲"
    assert "据 网页" in wrong.message


def test_an_even_cycle_is_told_once_and_no_row_of_it_stands_out(store_of) -> None:
    store = store_of(链=ROWS + "甲,需要,乙,,链,甲书\n乙,需要,甲,,链,乙书\n")
    assert [problem.code for problem in check_chain(store, "链") if problem.code != "dangling_product"] == ["cycle"]
    (cycle,) = found(store, "cycle")
    assert "逆流" not in cycle.message


def test_a_need_that_was_denied_makes_no_cycle(store_of) -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from("甲乙", stage=None)
    row = {"relation": "REQUIRES", "modality": "stated", "confidence": 0.9, "essentiality": None, "alt_group": None}
    graph.add_edge("甲", "乙", fact="1", **row)
    graph.add_edge("乙", "甲", fact="2", **row | {"modality": "negated"})
    chain = ChainGraph("链", graph, AndOrGraph(("甲", "乙"), (), ()), ("甲",), {})
    assert list(check_structure(store_of(**CLEAN), chain)) == []


def test_a_stage_that_its_rows_contradict_is_found(store_of) -> None:
    products = "产品名称,环节,产业链\n整机,下游,链\n样机,下游,链\n钢材,上游,链\n铸铁,上游,链\n成品,上游,链\n部件,,链\n"
    pairs = (("整机", "部件"), ("样机", "部件"), ("部件", "钢材"), ("部件", "铸铁"), ("成品", "部件"))
    rows = "".join(f"{product},需要,{needed},,链,书\n" for product, needed in pairs)
    (conflict,) = found(store_of(产品=products, 链=ROWS + rows), "level_conflict")
    assert conflict.where == "成品"
    assert "2.00" in conflict.message
    right = products.replace("成品,上游", "成品,下游")
    assert check_chain(store_of(产品=right, 链=ROWS + rows), "链") == ()


def test_a_row_against_the_flow_without_a_cycle(store_of) -> None:
    """Two lines held side by side by what both need; the foot of one needs the top of the other."""
    lines = [(f"{line}{at + 1}", f"{line}{at}") for line in "ab" for at in range(4)]
    held = [(f"{line}{at}", f"m{at}{kind}") for line in "ab" for at in range(5) for kind in "xyz"]
    table = "".join(f"{product},需要,{needed},,链,书\n" for product, needed in [*lines, *held])
    assert check_chain(store_of(链=ROWS + table), "链") == tuple(found(store_of(链=ROWS + table), "dangling_product"))
    (wrong,) = found(store_of(链=ROWS + table + "b0,需要,a4,,链,书\n"), "wrong_way")
    assert wrong.where == "b0 需要 a4"


def test_an_unknown_chain_is_said(store_of) -> None:
    with pytest.raises(NotFoundError):
        check_chain(store_of(**CLEAN), "造船")


NAMES = "甲乙丙丁戊"


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(["需要", "属于"])), min_size=1))
def test_loops_and_cycles_are_those_of_the_graph(tmp_path_factory, links) -> None:
    from bulian.graph.duckdb_store import open_duckdb
    from bulian.ingest.pipeline import ingest

    folder = tmp_path_factory.mktemp("链")
    rows = "".join(f"{a},{relation},{b},机床\n" for a, b, relation in sorted(links))
    (folder / "链.csv").write_text("产品,关系,对象,产业链\n" + rows, encoding="utf-8")
    with open_duckdb(str(folder / "图.duckdb"), write=True) as store:
        ingest(store, [folder])
        found = Counter(problem.code for problem in check_chain(store, "机床"))
    assert found["self_loop"] == len({a for a, b, _ in links if a == b})
    for relation, code in (("需要", "cycle"), ("属于", "type_cycle")):
        graph = nx.DiGraph([(a, b) for a, b, word in links if word == relation and a != b])
        assert found[code] == sum(len(part) > 1 for part in nx.strongly_connected_components(graph))
