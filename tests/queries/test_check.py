"""Each problem is found where it was planted, and nothing where there is none."""

from __future__ import annotations

from collections import Counter

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulian.graph.errors import NotFoundError
from bulian.queries.check import check_chain

CLEAN = {
    "产品": "产品名称,环节,类别,产业链\n车床,下游,设备,机床\n轴承,上游,零部件,机床\n",
    "链": "产品,关系,对象,必要性,产业链\n车床,需要,轴承,必需,机床\n",
    "企业": "企业名称,省份,城市,区县\n一厂,浙江省,台州市,温岭市\n",
    "企业产品": "企业名称,产品名称,角色\n一厂,轴承,生产\n",
}
PLANTED = (
    ("self_loop", "链", "轴承,需要,轴承,,机床\n", "轴承"),
    ("cycle", "链", "轴承,需要,车床,,机床\n", "车床"),
    ("dangling_product", "链", "车床,需要,皮带,,机床\n", "皮带"),
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
    problems = check_chain(store_of(产品=products, 链=CLEAN["链"]), "机床")
    assert [(problem.code, problem.where) for problem in problems] == [
        ("alias_conflict", "车床"),
        ("alias_conflict", "轴"),
    ]


def test_a_doubtful_need_follows_the_threshold(store_of) -> None:
    links = "产品,关系,对象,必要性,产业链,置信度\n车床,需要,轴承,必需,机床,0.4\n"
    (problem,) = check_chain(store_of(产品=CLEAN["产品"], 链=links), "机床")
    assert (problem.code, problem.where) == ("doubtful_need", "车床 需要 轴承")


def test_an_unknown_chain_is_said(store_of) -> None:
    with pytest.raises(NotFoundError):
        check_chain(store_of(**CLEAN), "造船")


NAMES = "甲乙丙丁戊"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
