"""Registers linked at ingest: the facts that 主营产品 and 经营范围 become, whatever the order of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulian.graph.content import content_hash
from bulian.graph.duckdb_store import DuckDBStore, open_duckdb
from bulian.ingest.linking_columns import CARRIER
from bulian.ingest.linking_lines import linker_of
from bulian.ingest.linking_pattern import pattern_of
from bulian.ingest.pipeline import forget, ingest

PRODUCTS = """产品名称,类别,产业链,别名
数控机床,设备,数控机床,
数控车床,设备,数控机床,
加工中心,设备,数控机床,
电主轴,零部件,数控机床,
主轴,零部件,数控机床,
滚珠丝杠,零部件,数控机床,滚珠丝杠副
"""
LINKS = "产品,关系,对象,产业链\n数控车床,属于,数控机床,数控机床\n加工中心,属于,数控机床,数控机床\n"
FIRMS = """企业名称,主营产品,经营范围,来源,置信度
甲机床厂,数控卧式车床；机床附件；加工中心制造,数控机床制造；数控机床销售（除依法须经批准的项目外）；数控机床维修。,,
乙主轴厂,风电主轴,电主轴、滚珠丝杆副；餐饮服务,http://example.org/1,0.8
丙饭店,,餐饮服务,,
丁研究所公司,电主轴研发,,,1
"""


def tables(folder: Path, **texts: str) -> dict[str, Path]:
    paths = {}
    for name, text in texts.items():
        paths[name] = folder / f"{name}.csv"
        paths[name].write_text(text, encoding="utf-8")
    return paths


def linked(store: DuckDBStore) -> set[tuple[str, str, str | None, str, float]]:
    return {
        (fact.subject, fact.predicate, fact.object, fact.quote, fact.confidence)
        for fact in store.all_facts()
        if fact.method.startswith("link:")
    }


@pytest.fixture
def store(tmp_path):
    with open_duckdb(str(tmp_path / "s.duckdb"), write=True) as opened:
        yield opened


def test_what_a_register_says_becomes_facts_with_role_rule_and_confidence(store, tmp_path) -> None:
    paths = tables(tmp_path, 产品=PRODUCTS, 关系=LINKS, 企业=FIRMS)
    ingest(store, list(paths.values()))
    found = linked(store)
    assert {(s, p, o) for s, p, o, _, _ in found} == {
        ("甲机床厂", "PRODUCES", "数控车床"), ("甲机床厂", "PRODUCES", "加工中心"), ("甲机床厂", "PRODUCES", "数控机床"),
        ("甲机床厂", "SELLS", "数控机床"), ("甲机床厂", "SERVES", "数控机床"),
        ("乙主轴厂", "MENTIONED_WITH", "电主轴"), ("乙主轴厂", "MENTIONED_WITH", "滚珠丝杠"),
        ("丁研究所公司", "RESEARCHES", "电主轴"),
    }  # fmt: skip
    sure = {(s, o): c for s, p, o, _, c in found if p == "PRODUCES"}
    assert 0.9 > sure["甲机床厂", "加工中心"] >= 0.5  # the firm says that it makes them
    assert 0.9 > sure["甲机床厂", "数控车床"] >= 0.5  # what it lives on
    assert sure["甲机床厂", "数控机床"] < 0.5  # a registered scope
    facts = [fact for fact in store.all_facts() if fact.method.startswith("link:")]
    assert {fact.source for fact in facts if fact.subject == "乙主轴厂"} == {"http://example.org/1"}
    assert all(fact.quote and fact.modality == "stated" for fact in facts)


def test_of_the_main_product_of_a_trader_it_is_not_said_who_makes_it(store, tmp_path) -> None:
    rows = "企业名称,主营产品\n甲机床贸易公司,数控机床；加工中心制造；电主轴销售\n"
    ingest(store, list(tables(tmp_path, 产品=PRODUCTS, 企业=rows).values()))
    assert {(predicate, node) for _, predicate, node, _, _ in linked(store)} == {
        ("MENTIONED_WITH", "数控机床"), ("PRODUCES", "加工中心"), ("SELLS", "电主轴"),
    }  # fmt: skip


def test_a_scope_alone_confirms_no_supply(store, tmp_path) -> None:
    sure = "企业名称,经营范围,置信度\n甲,数控机床制造,1\n乙,数控机床生产；数控机床制造,1\n"
    ingest(store, list(tables(tmp_path, 产品=PRODUCTS, 企业=sure).values()))
    assert {predicate for _, predicate, *_ in linked(store)} == {"PRODUCES"}
    assert max(fact[-1] for fact in linked(store)) < 0.5


@pytest.mark.parametrize("order", [("产品", "关系", "企业"), ("企业", "关系", "产品")])
def test_the_order_of_files_and_of_runs_does_not_matter(tmp_path, order) -> None:
    paths = tables(tmp_path, 产品=PRODUCTS, 关系=LINKS, 企业=FIRMS)
    hashes = []
    for name, runs in (("zusammen", [list(paths.values())]), ("einzeln", [[paths[each]] for each in order])):
        with open_duckdb(str(tmp_path / f"{name}.duckdb"), write=True) as store:
            for run in runs:
                ingest(store, run)
            hashes.append(content_hash(store))
    assert hashes[0] == hashes[1]


def test_again_changes_nothing_and_forgetting_takes_all_back(store, tmp_path) -> None:
    paths = tables(tmp_path, 产品=PRODUCTS, 关系=LINKS)
    ingest(store, list(paths.values()))
    before = content_hash(store)
    register = tables(tmp_path, 企业=FIRMS)["企业"]
    first = ingest(store, [register])
    after = content_hash(store)
    again = ingest(store, [register, *paths.values()])
    assert (again.facts.new, again.facts.gone) == (0, 0)
    assert content_hash(store) == after
    assert forget(store, str(register)) == first.facts.new
    assert content_hash(store) == before
    assert not any(source.uri.endswith(CARRIER) for source in store.files())


def test_a_changed_lexicon_or_chain_links_anew(store, tmp_path) -> None:
    ingest(store, list(tables(tmp_path, 产品=PRODUCTS, 企业=FIRMS).values()))
    lexicon = tables(tmp_path, 词表="链上环节,下位词,排除语境\n数控车床,,卧式\n主轴,机床附件,\n")["词表"]
    report = ingest(store, [lexicon])
    assert [entry.table for entry in report.files] == ["词表"]
    products = {(subject, node) for subject, predicate, node, _, _ in linked(store) if predicate == "PRODUCES"}
    assert ("甲机床厂", "数控车床") not in products
    assert ("甲机床厂", "主轴") in products
    forget(store, str(lexicon))
    products = {(subject, node) for subject, predicate, node, _, _ in linked(store) if predicate == "PRODUCES"}
    assert ("甲机床厂", "数控车床") in products
    assert ("甲机床厂", "主轴") not in products


def test_the_columns_say_what_the_linker_says_one_by_one(store, tmp_path) -> None:
    scopes = [
        "金属切削机床制造；数控 机床制造", "研发、生产：数控机床、加工中心（不含电镀）；电主轴销售", "滚珠丝杆",
        "伺服、减速机", "ＣＮＣ数控机床生产。主轴维修", "风电主轴制造", "数控及普通机床生产",
        "【许可】数控车床;加工中心加工",
    ]  # fmt: skip
    rows = "企业名称,经营范围\n" + "".join(f"甲{at}公司,{scope}\n" for at, scope in enumerate(scopes))
    ingest(store, list(tables(tmp_path, 产品=PRODUCTS, 关系=LINKS, 企业=rows).values()))
    linker = linker_of(store, "数控机床")
    role = {"produce": "PRODUCES", "sell": "SELLS", "use": "USES", "service": "SERVES", "research": "RESEARCHES"}
    expected = {
        (f"甲{at}公司", role[link.role] if link.stated else "MENTIONED_WITH", link.node)
        for at, scope in enumerate(scopes)
        for link in linker.link_scope(scope)
    }
    assert {(subject, predicate, node) for subject, predicate, node, _, _ in linked(store)} == expected
    assert len(expected) > 8


def test_the_pattern_lets_no_link_slip(store, tmp_path) -> None:
    ingest(store, list(tables(tmp_path, 产品=PRODUCTS, 关系=LINKS).values()))
    linker = linker_of(store, "数控机床")
    pattern = pattern_of(linker.vocabulary)
    strings = ["数控 机 床", "滚珠丝杆副", "数控及普通机床", "卧式加工中心", "餐饮服务", "Ｃ主轴"]
    found = [bool(store.database.execute("SELECT regexp_matches(?, ?)", [s, pattern]).fetchall()[0][0]) for s in strings]
    for string, matched in zip(strings, found, strict=True):
        assert matched or not linker.link(string), string
    assert found == [True, True, True, True, False, True]
