"""Linking of product strings and scopes: labelled strings, the traps, and what must hold of any chain."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulian.graph.duckdb_store import open_duckdb
from bulian.ingest.linking import Linker
from bulian.ingest.linking_lines import linker_of, suggest_lines
from bulian.ingest.linking_vocabulary import make_vocabulary
from bulian.ingest.linking_words import LexiconRow
from bulian.ingest.pipeline import ingest

GOLD = Path(__file__).parent / "linking_gold"


def chain_of(nodes: dict[str, dict[str, Any]], kinds: Iterable[tuple[str, str]] = ()) -> Any:
    chain: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for name, data in nodes.items():
        chain.add_node(name, kind="Component", stage="上游", aliases=(), **data)
    for a, b in kinds:
        chain.add_edge(a, b, relation="IS_A")
    return chain


def linker(*nodes: str, chain: str = "某链", kinds: Iterable[tuple[str, str]] = (), lexicon: tuple[LexiconRow, ...] = ()):
    return Linker(make_vocabulary(chain, chain_of({name: {} for name in nodes}, kinds), lexicon))


def said(linked: Iterable[Any]) -> set[tuple[str, str]]:
    return {(link.node, link.role) for link in linked}


@pytest.fixture(scope="module")
def machine_tools(example) -> Linker:
    return linker_of(example, "数控机床")


@pytest.fixture(scope="module")
def robots(tmp_path_factory) -> Linker:
    with open_duckdb(str(tmp_path_factory.mktemp("robots") / "s.duckdb"), write=True) as store:
        ingest(store, [GOLD])
        return linker_of(store, "机器人")


def measured(linker: Linker, name: str) -> dict[str, Counter[str]]:
    parts: dict[str, Counter[str]] = {}
    for line in (GOLD / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        meant, found = {(node, role) for node, role in row["links"]}, said(linker.link(row["string"]))
        part = parts.setdefault(row["part"], Counter())
        part.update(strings=1, right=len(found & meant), wrong=len(found - meant), missed=len(meant - found))
    return parts


def test_the_labelled_strings_are_linked_as_they_were_read(machine_tools: Linker, robots: Linker) -> None:
    parts = [measured(machine_tools, "machine_tools"), measured(robots, "robots")]
    for part in ("seen", "blind"):
        count = parts[0][part] + parts[1][part]
        right, wrong, missed = count["right"], count["wrong"], count["missed"]
        assert right / (right + wrong) >= 0.93, part
        assert 2 * right / (2 * right + wrong + missed) >= 0.90, part
    assert sum(count["strings"] for chain in parts for count in chain.values()) >= 300
    assert sum(count["right"] for chain in parts for count in chain.values()) >= 300


@pytest.mark.parametrize(
    ("string", "nodes"),
    [
        ("数控卧式车床", {"数控车床"}),  # the attribute and the head, another attribute between
        ("机床", set()),  # wider than every node
        ("普通车床", set()),
        ("轴承", set()),  # says nothing of 主轴轴承
        ("轴承钢", {"轴承钢"}),
        ("高碳铬轴承钢", {"轴承钢"}),
        ("轴承钢管", set()),  # made of it
        ("机床附件", set()),
        ("机床配件制造", set()),
        ("风电主轴", set()),  # neither 主轴 nor, cut at the wrong place, 电主轴
        ("兆瓦级风电主轴", set()),
        ("高速电主轴", {"电主轴"}),
        ("空调数控装置", set()),
        ("视频编码器", set()),
        ("绝对值编码器", {"编码器"}),
        ("农产品加工中心", set()),
        ("数控龙门加工中心", {"龙门加工中心"}),
        ("五轴加工中心", {"加工中心", "五轴联动数控机床"}),
        ("经济型数控车床", {"数控车床", "经济型数控机床"}),
        ("数控及普通机床", {"数控机床"}),  # the head stands once
        ("数控系统与机床", {"数控系统"}),  # 机床 stands by itself: the wider word
        ("汽车零部件", set()),
        ("充电机", set()),
        ("热泵", set()),
        ("滚珠丝杆副", {"滚珠丝杠"}),
        ("ＣＮＣ 数控 机床", {"数控机床"}),
        ("数控车床 加工中心", {"数控车床", "加工中心"}),
        ("模型汽车", set()),
        ("钢结构件", set()),
        ("压力机系列", {"压力机"}),
        ("", set()),
        ("、；，。（）", set()),
    ],
)
def test_traps(machine_tools: Linker, string: str, nodes: set[str]) -> None:
    assert {link.node for link in machine_tools.link(string)} == nodes


def test_a_part_built_into_something_the_chain_does_not_name_is_refused() -> None:
    plain = linker("减速器", "主轴", chain="机器人")
    assert not plain.link("洗衣机减速器")
    assert not plain.link("新能源汽车减速器")
    assert said(plain.link("精密行星减速机")) == {("减速器", "produce")}
    assert said(linker("主轴", chain="风电").link("风电主轴")) == {("主轴", "produce")}  # the chain's own


def test_compounds_are_split_and_the_verb_holds_for_all() -> None:
    tools = linker("刀具", "量具", "夹具")
    assert said(tools.link("刀具、量具及夹具制造")) == {(n, "produce") for n in ("刀具", "量具", "夹具")}
    assert said(tools.link("销售：刀具、量具；夹具的研发和维修服务")) == {
        ("刀具", "sell"), ("量具", "sell"), ("夹具", "research"), ("夹具", "service"),
    }  # fmt: skip
    assert said(tools.link("刀具制造，夹具销售")) == {("刀具", "produce"), ("夹具", "sell")}
    assert said(tools.link("研发、生产、销售刀具")) == {("刀具", role) for role in ("research", "produce", "sell")}
    assert said(tools.link("刀具研发、制造、销售")) == {("刀具", role) for role in ("research", "produce", "sell")}
    assert said(tools.link("外购刀具")) == {("刀具", "use")}
    assert said(tools.link("刀具等产品")) == {("刀具", "produce")}


def test_a_verb_inside_a_name_is_none() -> None:
    centre = linker("加工中心", "检测设备", "服务机器人")
    assert said(centre.link("生产加工中心")) == {("加工中心", "produce")}
    assert said(centre.link("加工中心制造")) == {("加工中心", "produce")}
    assert said(centre.link("检测设备销售")) == {("检测设备", "sell")}
    assert said(centre.link("服务机器人")) == {("服务机器人", "produce")}


def test_a_scope_is_read_clause_by_clause_and_never_confirms(machine_tools: Linker) -> None:
    scope = (
        "一般项目：金属切削机床制造；数控机床销售；通用设备修理；模具销售（不含危险品）；货物进出口"
        "（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）。"
    )
    links = machine_tools.link_scope(scope)
    assert said(links) == {("金属切削机床", "produce"), ("数控机床", "sell"), ("模具", "sell")}
    assert all(0 < link.confidence < 0.5 for link in links)
    (unsaid,) = machine_tools.link_scope("电主轴")
    assert not unsaid.stated
    assert unsaid.confidence < min(link.confidence for link in links)


def test_the_lexicon_adds_words_and_contexts() -> None:
    row = LexiconRow("压力机", ("冲压机",), ("冲床",), (), ("豆腐",))
    with_words = linker("压力机", "结构件", lexicon=(row, LexiconRow("结构件", must=("机床",))))
    assert [link.method for link in with_words.link("冲压机")] == ["alias"]
    assert [link.method for link in with_words.link("高速冲床")] == ["kind_of"]
    assert not with_words.link("豆腐压力机")
    assert said(with_words.link("机床结构件")) == {("结构件", "produce")}
    assert not with_words.link("精密结构件")
    assert said(with_words.link("结构件")) == {("结构件", "produce")}  # its own name always


def test_suggestions_are_the_frequent_strings_without_a_node() -> None:
    strings = [(1, "深沟球轴承制造；主轴"), (2, "深沟球轴承销售"), (3, "齿轮油"), (4, "主轴")]
    assert suggest_lines(strings, linker("主轴", "主轴轴承"), 5) == [
        {"string": "深沟球轴承", "count": 2, "near": ["主轴轴承"]}, {"string": "齿轮油", "count": 1, "near": []},
    ]  # fmt: skip


NAMES = st.text(alphabet="甲乙丙丁机床主轴数控系统刀具及、（）ABa1 泵制造销售", min_size=1, max_size=8).filter(str.strip)


@settings(max_examples=60)
@given(st.lists(NAMES, min_size=1, max_size=6, unique_by=lambda name: "".join(name.split()).lower()), st.data())
def test_a_name_and_an_alias_link_to_their_node(names: list[str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(names))
    made = Linker(make_vocabulary("某链", chain_of({each: {} for each in names})))
    assert name in {link.node for link in made.link(name)}
    assert name in {link.node for link in made.link_scope(name)}


@settings(max_examples=40)
@given(st.permutations(["数控机床", "数控系统", "电主轴", "主轴", "刀具", "机床"]), st.sampled_from([
    "数控卧式机床、电主轴及刀具制造", "风电主轴", "高档数控系统销售；机床", "数控及普通机床",
]))  # fmt: skip
def test_neither_order_nor_an_unrelated_node_changes_anything(order: list[str], string: str) -> None:
    known = linker("数控机床", "数控系统", "电主轴", "主轴", "刀具", "机床").link(string)
    assert linker(*order).link(string) == known
    assert linker(*order, "啤酒花", "羊绒").link(string) == known


@settings(max_examples=200)
@given(st.text(max_size=40))
def test_any_text_is_read(machine_tools_words: Linker, text: str) -> None:
    for link in (*machine_tools_words.link(text), *machine_tools_words.link_scope(text)):
        assert 0 < link.confidence < 1


@pytest.fixture(scope="module")
def machine_tools_words() -> Linker:
    return linker("数控机床", "电主轴", "泵与电机", "U钻")
