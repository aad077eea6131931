"""A graph others made, on a real server: read through its mapping it says what the same rows say in files."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bulian.graph.duckdb_store import DuckDBStore, open_duckdb
from bulian.graph.opening import open_store
from bulian.ingest import graph_reader
from bulian.ingest.pipeline import forget, ingest
from bulian.ingest.report import IngestReport

from ..servers.neo4j_server import Neo4jServer

PAGE = Path(__file__).resolve().parents[2] / "docs" / "neo4j-graph.md"
COMPANIES = [
    {"name": "甲机床有限公司", "code": "SH600001", "province": "浙江省", "listed": True},
    {"name": "乙丝杠（江苏）有限公司", "code": "SZ000002", "province": "江苏省", "listed": False},
    {"name": "丙'\"`刀塔\n有限公司", "code": "SZ000003", "province": "火星省", "listed": False},
]
PRODUCTS = ["数控车床", "滚珠丝杠", "刀塔", "钢材"]
MAKES = [(0, 0, 0.6), (0, 2, -59), (1, 1, 0.9), (2, 2, 3.2), (2, 2, 0.1)]
NEEDS = [(0, 1), (0, 2), (1, 3), (2, 3), (3, 3)]
MAPPING = """
[graph.default]
title = "图谱"
[[graph.default.nodes]]
label = "company"
table = "企业"
columns = { "企业名称" = "name", "简称" = "code", "省份" = "province" }
[[graph.default.nodes]]
label = "product"
table = "产品"
columns = { "产品名称" = "name" }
constants = { "产业链" = "机床" }
[[graph.default.edges]]
type = "主营产品"
table = "企业产品"
from = "企业名称"
to = "产品名称"
columns = { "营收占比" = "rel_weight" }
constants = { "角色" = "生产" }
[[graph.default.edges]]
type = "上游材料"
table = "产业链关系"
from = "产品"
to = "对象"
constants = { "关系" = "需要" }
"""


class World:
    """A working folder, a store of its own, and a server that holds the graph of the sample."""

    def __init__(self, folder: Path, server: Neo4jServer) -> None:
        self.folder, self.server = folder, server
        self.store = open_duckdb(str(folder / "图谱.duckdb"), write=True)
        self.map(MAPPING)

    def map(self, text: str) -> None:
        (self.folder / "bulian.toml").write_text(text, encoding="utf-8")

    def run(self, statement: str, **parameters: Any) -> list[list[Any]]:
        with self.server.driver().session() as session:
            return [list(row.values()) for row in session.run(statement, parameters)]

    def fill(self) -> None:
        self.run("UNWIND $rows AS row CREATE (c:company) SET c = row", rows=COMPANIES)
        self.run("UNWIND $names AS name CREATE (:product {name: name})", names=PRODUCTS)
        self.run("MATCH (c:company) CREATE (c)-[:所属行业]->(:industry {name: '机床' + c.code})")
        makes = [{"c": COMPANIES[c]["name"], "p": PRODUCTS[p], "w": w} for c, p, w in MAKES]
        self.run(
            "UNWIND $rows AS row MATCH (c:company {name: row.c}) MATCH (p:product {name: row.p})"
            " CREATE (c)-[:主营产品 {rel_weight: row.w}]->(p)", rows=makes,
        )  # fmt: skip
        needs = [{"a": PRODUCTS[a], "b": PRODUCTS[b]} for a, b in NEEDS]
        self.run(
            "UNWIND $rows AS row MATCH (a:product {name: row.a}) MATCH (b:product {name: row.b})"
            " CREATE (a)-[:上游材料]->(b)", rows=needs,
        )  # fmt: skip

    def ingest(self, *more: Path, store: DuckDBStore | None = None) -> IngestReport:
        return ingest(store or self.store, [self.server.url, *more], rejects=self.folder / "退回.csv")


@pytest.fixture
def world(neo4j_server: Neo4jServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name, value in neo4j_server.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    made = World(tmp_path, neo4j_server)
    made.fill()
    yield made
    made.store.close()


def said(store: DuckDBStore) -> Counter[tuple[Any, ...]]:
    """What the facts say, whoever says it and where."""
    return Counter(
        (fact.subject_id, fact.subject, fact.predicate, fact.object_id, fact.value,
         json.dumps(dict(fact.qualifiers), sort_keys=True, default=str), fact.confidence)
        for fact in store.all_facts()
    )  # fmt: skip


def as_files(folder: Path) -> Path:
    tables: Mapping[str, tuple[list[str], list[tuple[Any, ...]]]] = {
        "企业": (["企业名称", "简称", "省份"], [(c["name"], c["code"], c["province"]) for c in COMPANIES]),
        "产品": (["产品名称", "产业链"], [(name, "机床") for name in PRODUCTS]),
        "企业产品": (
            ["企业名称", "产品名称", "营收占比", "角色"],
            [(COMPANIES[c]["name"], PRODUCTS[p], w, "生产") for c, p, w in MAKES],
        ),
        "产业链关系": (["产品", "对象", "关系"], [(PRODUCTS[a], PRODUCTS[b], "需要") for a, b in NEEDS]),
    }
    folder.mkdir()
    for name, (header, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([header, *rows])
    return folder


def test_the_graph_says_what_the_same_rows_say_in_files(world: World, tmp_path: Path) -> None:
    report = world.ingest()
    with open_duckdb(str(tmp_path / "files.duckdb"), write=True) as store:
        other = ingest(store, [as_files(tmp_path / "表")], rejects=tmp_path / "退回2.csv")
        assert said(world.store) == said(store)
        assert sum(said(store).values()) == 25
    ours = {entry.table: entry for entry in report.files if entry.table}
    for theirs in other.files:
        entry = ours[theirs.table]
        for name in ("read", "accepted", "rejected", "reasons"):
            assert getattr(entry, name) == getattr(theirs, name), (entry, theirs)
    assert ours["企业产品"].reasons == {"bad_share": 2}
    assert report.exit_code == 4


def test_every_fact_names_its_element_and_nothing_secret(world: World) -> None:
    world.ingest()
    (source,) = [source for source in world.store.sources() if source.title == "图谱"]
    assert source.uri == world.server.url
    places = {(fact.locator.split(" ", 1)[1], fact.quote) for fact in world.store.all_facts()}
    assert ("表“company” 第1行", "company：甲机床有限公司") in places
    assert ("表“主营产品” 第1行", "甲机床有限公司 -[主营产品]-> 数控车床") in places
    rejected = (world.folder / "退回.csv").read_text(encoding="utf-8-sig")
    assert world.server.url in rejected
    assert "甲机床有限公司 -[主营产品]-> 刀塔" in rejected
    assert world.server.password not in rejected + json.dumps(world.ingest().as_json(), ensure_ascii=False)


def test_rejected_rows_can_be_mended_and_handed_in(world: World) -> None:
    world.ingest()
    path = world.folder / "退回.csv"
    mended = path.read_text(encoding="utf-8-sig")
    for wrong, right in (("'-59", "0.3"), ("3.2", "0.2")):
        assert wrong in mended
        mended = mended.replace(wrong, right)
    path.write_text(mended, encoding="utf-8")
    again = ingest(world.store, [path], rejects=world.folder / "退回2.csv")
    assert again.exit_code == 0
    assert again.facts.new > 0


@pytest.mark.parametrize(("page", "sheet"), [(1, 1), (2, 3), (3, 2)])
def test_pages_do_not_matter(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: int, sheet: int
) -> None:
    world.run("MATCH (c:company {code: 'SH600001'}) DETACH DELETE c")  # a hole in the numbers
    whole = world.ingest()
    monkeypatch.setattr(graph_reader, "_PAGE", page)
    monkeypatch.setattr(graph_reader, "_SHEET", sheet)
    with open_duckdb(str(tmp_path / "pages.duckdb"), write=True) as store:
        paged = world.ingest(store=store)
        place = [{(f.id, f.locator, f.quote) for f in s.all_facts()} for s in (store, world.store)]
    assert place[0] == place[1]
    assert paged.facts == whole.facts
    assert [(e.sheet, e.read, e.accepted) for e in paged.files] == [(e.sheet, e.read, e.accepted) for e in whole.files]


def test_again_is_known_and_a_change_replaces_only_what_the_graph_said(world: World, tmp_path: Path) -> None:
    file = as_files(tmp_path / "表") / "企业.csv"
    first = world.ingest(file)
    again = world.ingest(file)
    assert (again.facts.new, again.facts.known, again.facts.gone) == (0, first.facts.new, 0)
    world.run("MATCH (c:company {code: 'SZ000002'}) DETACH DELETE c")
    changed = world.ingest()
    assert changed.facts.gone > 0
    assert world.store.node("Enterprise:乙丝杠(江苏)有限公司") is not None, "the file still says so"
    assert forget(world.store, world.server.url) > 0
    assert not world.store.find("数控车床")


def test_what_the_mapping_leaves_out_is_named_and_counted(world: World) -> None:
    report = world.ingest()
    left = {entry.sheet: entry.notes for entry in report.files if entry.table is None}
    assert set(left) == {"industry", "所属行业"}
    assert "3 个" in left["industry"][0]
    assert "3 条" in left["所属行业"][0]
    (company,) = [entry for entry in report.files if entry.sheet == "company"]
    assert company.unmapped == ["listed"]


def test_one_type_between_several_labels(world: World) -> None:
    world.run(
        "MATCH (p:product {name: '刀塔'}) MATCH (c:company {code: 'SH600001'}) MATCH (i:industry) WITH p, c, i LIMIT 1"
        " CREATE (p)-[:属于]->(:product {name: '功能部件'}), (c)-[:属于]->(i), (i)-[:属于]->(p)"
    )
    world.map(
        '[[graph.default.edges]]\ntype = "属于"\ntable = "产业链关系"\nfrom = "产品"\nto = "对象"\n'
        'constants = { "关系" = "属于" }\nfrom_label = "product"\nto_label = "product"\n'
    )
    report = world.ingest()
    assert (report.files[0].read, report.files[0].accepted) == (1, 1)
    assert any("2 条" in note for note in report.files[0].notes)
    assert [(edge.source, edge.target) for edge in world.store.edges("IS_A")] == [("Product:刀塔", "Product:功能部件")]


def test_strange_names_and_values(world: World) -> None:
    world.run(
        "CREATE (:`x`` y) DETACH DELETE n //` {`名 ``称`: '丁公司', h: ['专精特新', '首台套'], d: date('2008-05-12'),"
        " n: 120, z: point({x: 1, y: 2})})"
    )
    count = world.run("MATCH (n) RETURN count(n)")
    world.map(
        "[[graph.default.nodes]]\nlabel = 'x` y) DETACH DELETE n //'\ntable = '企业'\n"
        'columns = { "企业名称" = "名 `称", "荣誉" = "h", "成立日期" = "d", "参保人数" = "n", "经营范围" = "z" }\n'
    )
    assert world.ingest().files[0].accepted == 1
    assert world.run("MATCH (n) RETURN count(n)") == count
    (firm,) = world.store.find("丁公司")
    assert sorted(firm.properties["honours"]) == ["专精特新", "首台套"]
    assert list(firm.properties["founded_on"]) == ["2008-05-12"]
    assert list(firm.properties["insured"]) == ["120"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"company"', '"Company"', ("标签", "Company", "company", "industry")),
        ('"主营产品"', '"主营"', ("关系类型", "主营产品", "上游材料")),
        ('"rel_weight"', '"weight"', ("属性", "rel_weight")),
    ],
)
def test_what_the_graph_does_not_have_is_said_with_what_it_has(
    world: World, bulian: Any, old: str, new: str, words: tuple[str, ...]
) -> None:
    world.map(MAPPING.replace(old, new))
    error = bulian("ingest", world.server.url, "--store", "x.duckdb", "--json", env=world.server.env, code=1).json[
        "error"
    ]
    assert error["code"] == "not_in_graph"
    assert all(word in error["message"] + error["hint"] for word in words), error


def test_without_a_mapping_the_graph_is_described(world: World, bulian: Any) -> None:
    world.map("")
    error = bulian("ingest", world.server.url, "--json", env=world.server.env, code=2).json["error"]
    assert all(word in error["hint"] for word in ("company（3）", "主营产品（5）", "bulian.toml"))


def test_a_property_that_some_other_label_has_is_noted(world: World) -> None:
    world.map(MAPPING.replace('"简称" = "code"', '"简称" = "rel_weight"'))
    assert any("rel_weight" in note for note in world.ingest().files[0].notes)


def test_a_trial_writes_nothing(world: World, bulian: Any) -> None:
    world.store.close()
    before = (world.folder / "图谱.duckdb").read_bytes()
    args = ("ingest", world.server.url, "--store", "图谱.duckdb", "--json")
    tried = bulian(*args, "--dry-run", env=world.server.env, code=4).json
    assert (world.folder / "图谱.duckdb").read_bytes() == before
    assert not list(world.folder.glob("退回*"))
    done = bulian(*args, env=world.server.env, code=4).json
    assert done["facts"] == tried["facts"]
    world.store = open_duckdb(str(world.folder / "图谱.duckdb"), write=True)


def test_our_own_store_is_not_read_as_a_foreign_graph(world: World, bulian: Any, tmp_path: Path) -> None:
    """Alone it is refused; beside a foreign graph in the same database only that one's nodes are read."""
    with open_store(world.server.url, write=True) as store:
        ingest(store, [world.server.url], rejects=tmp_path / "退回.csv")
        first = store.count()
        again = ingest(store, [world.server.url], rejects=tmp_path / "退回.csv")
        assert (again.facts.new, again.facts.gone) == (0, 0)
        assert store.count() == first > 5
        assert {entry.sheet for entry in again.files if entry.table is None} == {"industry", "所属行业"}
    world.run("MATCH (n) WHERE n:company OR n:product OR n:industry DETACH DELETE n")
    world.run("MATCH (n) WHERE NOT any(l IN labels(n) WHERE l STARTS WITH 'Bulian') DETACH DELETE n")
    world.map("")
    ran = bulian("ingest", world.server.url, env=world.server.env, code=2)
    assert "bulian copy" in ran.err


def test_a_server_that_fails_while_it_is_read_leaves_the_store_as_it_was(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.ingest()
    before = said(world.store)
    world.run("MATCH (c:company {code: 'SZ000002'}) DETACH DELETE c")
    texts, calls = graph_reader._texts, []

    def stopping(values: Any) -> Any:
        calls.append(values)
        if len(calls) == 2:
            world.server.kill()
        return texts(values)

    monkeypatch.setattr(graph_reader, "_texts", stopping)
    monkeypatch.setenv("BULIAN_NEO4J_TIMEOUT", "5")
    report = world.ingest()
    assert report.exit_code == 1
    assert report.files[-1].error is not None
    assert said(world.store) == before


@pytest.mark.skipif(not PAGE.is_file(), reason="the documents are not beside these tests")
def test_the_example_of_the_documents(world: World, bulian: Any) -> None:
    text = PAGE.read_text(encoding="utf-8")
    (cypher,), (toml,), (shell,) = (
        re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S) for language in ("cypher", "toml", "bash")
    )
    world.server.empty()
    world.run(cypher)
    address = f"neo4j://127.0.0.1:{world.server.port}"
    world.map(toml.replace("neo4j://localhost:7687", address))
    commands = [line.split() for line in shell.splitlines() if line.startswith("bulian ")]
    assert [command[1] for command in commands] == ["ingest", "ingest"]
    for command in commands:
        words = [word.replace("neo4j://localhost:7687", address).replace("图谱", "例") for word in command[1:]]
        report = bulian(*words, "--json", env=world.server.env).json
    assert report["facts"]["new"] > 10
    answer = bulian("weak", "--region", "浙江省", "--store", "例.duckdb", "--json").json
    assert {finding["product"] for finding in answer["findings"]} >= {"数控车床", "滚珠丝杠"}
