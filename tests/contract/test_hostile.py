"""Names that strangers chose survive ingest and export as text, and nothing they say is ever run."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from bulian.graph.export import FORMATS, write_export
from bulian.graph.guard import plain

HOSTILE = (
    "=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "＝1+1", "'=1", "<script>alert(1)</script>", "a&b\"c'd",
    "'; DROP TABLE fact; --", "a|REQUIRES|b", "a\\|b", "a\\", "{{7*7}}", "${x}", "%s %d", "a\u2028b", "`id`",
    "😀产品", "__proto__", "NULL值", "零\u200b宽", "a``b", "a$$b", "ｆｕｌｌ",
)  # fmt: skip
LONG = "长" * 100_000


def names(door: Any) -> list[str]:
    with door.open() as view:
        return [node.name for node in view.nodes("Product")]


def test_names_survive(door: Any) -> None:
    report = door.ingest(door.file("产品.csv", "产品名称,产业链", *((name, "机床") for name in (*HOSTILE, LONG))))
    assert report.files[0].rejected == 0
    kept = set(names(door))
    assert LONG in kept
    # A guarded cell loses one quote at ingest: '=1 is how =1 is written in a guarded file.
    expected = {"=1" if name == "'=1" else name for name in HOSTILE}
    assert {name.replace("\u200b", "").replace("\u2028", "") for name in kept - {LONG}} == {
        name.replace("\u200b", "").replace("\u2028", "") for name in expected
    }
    with door.open() as view:
        assert len(view.chain("机床")) == len(kept)
        for name in kept:
            assert [node.name for node in view.find(name, "Product")] == [name]
            assert view.facts(node=view.find(name, "Product")[0].id)


def test_names_that_hold_the_separators_make_different_edges(door: Any) -> None:
    """Product:a|REQUIRES|Product:b and c against a and b|REQUIRES|Product:c: the same text without escapes."""
    door.ingest(door.file("关系.csv", "产品,关系,对象",
                          ("a|REQUIRES|Product:b", "需要", "c"), ("a", "需要", "b|REQUIRES|Product:c")))  # fmt: skip
    edges = json.loads(door.export())["edges"]
    assert len({edge["id"] for edge in edges}) == len(edges) == 2


def test_questions_about_hostile_text_are_only_text(door: Any) -> None:
    door.ingest(door.file("产品.csv", "产品名称", ("主轴",)))
    before = door.export()
    with door.open() as view:
        for name in (*HOSTILE, "' OR '1'='1", "%", "_"):
            assert view.find(name) == []
            assert view.node(name) is None
            assert view.facts(node=name) == []
            assert list(view.nodes(ids=[name])) == []
            assert list(view.edges(sources=[name])) == []
            assert view.claims([name]).num_rows == 0
            assert view.setting(name) is None
    assert door.export() == before


def filled(door: Any) -> Any:
    plain_names = [name for name in HOSTILE if not name.startswith("'")]
    door.ingest(
        door.file("产品.csv", "产品名称,产业链,别名", *((name, "机床", "x；y") for name in plain_names)),
        door.file("企业产品.csv", "企业名称,产品名称,角色,产能,单位,原文",
                  *((f"{name}厂", name, "生产", 12.5, "台", name) for name in plain_names)),
        door.file("供应.csv", "供方,需方,产品名称", ("甲", "乙", "=1+1"), ("甲", "甲", "自")),
        door.file("指标.csv", "对象,指标,数值,年份", ("=1+1", "用户`指标`", "=2", 2024), ("=1+1", "国产化率", "1/3", "")),
    )  # fmt: skip
    return door


def test_json_is_sorted_one_object_a_line_and_the_same_every_time(door: Any) -> None:
    text = filled(door).export()
    assert text == door.export()
    data = json.loads(text)
    assert list(data) == ["nodes", "edges", "facts"]
    for objects in data.values():
        ids = [item["id"] for item in objects]
        assert ids == sorted(set(ids))
        assert ids
    assert len([line for line in text.split("\n") if line]) == sum(map(len, data.values())) + 4 - 1
    nodes = {node["id"] for node in data["nodes"]}
    assert all({edge["source"], edge["target"]} <= nodes for edge in data["edges"])
    assert all(
        fact["subject_id"] in nodes and (fact["object_id"] or fact["subject_id"]) in nodes for fact in data["facts"]
    )
    assert "\\u" not in text.replace("\\u200b", ""), "Chinese stays readable"


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_csv_cells_are_guarded_and_come_back(door: Any, tmp_path: Path) -> None:
    with filled(door).open() as view:
        made = write_export(view, "csv", tmp_path / "csv")
        nodes, edges, facts = (read_csv(Path(path)) for path in made["paths"])
        originals = {node.id: node for node in view.nodes()}
        assert (len(nodes), len(edges), len(facts)) == (
            len(originals), len(list(view.edges())), len(list(view.all_facts()))
        )  # fmt: skip
    assert made["rows"] == len(nodes) + len(edges) + len(facts)
    for row in (*nodes, *edges, *facts):
        for header, cell in row.items():
            number = header in ("number", "confidence", "capacity", "share")
            assert number or cell.lstrip(" \u200b")[:1] not in tuple("=+-@\t\r＝＋－＠") or not cell, (header, cell)
    products = [row for row in nodes if row["kind"] == "Product"]
    again = door.another("again")
    again.ingest(door.file("二.csv", "产品名称", *((row["name"],) for row in products)))
    assert sorted(names(again)) == sorted(node.name for node in originals.values() if node.kind == "Product")


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_graph_files_are_read_again_by_networkx(door: Any, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"graph.{form}"
    with filled(door).open() as view:
        made = write_export(view, form, path)
        nodes, edges = list(view.nodes()), list(view.edges())
    graph = nx.read_graphml(path, force_multigraph=True) if form == "graphml" else nx.read_gexf(path)
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (len(nodes), len(edges))
    assert made["rows"] == len(nodes) + len(edges)
    ids = {node.id for node in nodes if plain(node.id) == node.id}
    marked = {name.rpartition("~")[0] for name in set(graph) - ids}
    assert marked == {plain(node.id) for node in nodes} - ids, "two ids that XML holds alike stay two"
    if form == "graphml":
        labels = {data["label"] for _, data in graph.nodes(data=True)}
        assert labels == {plain(node.name) for node in nodes}
        assert {data["q_capacity"] for *_, data in graph.edges(data=True) if "q_capacity" in data} == {12.5}
    first = path.read_bytes()
    with door.open() as view:
        write_export(view, form, path)
    assert path.read_bytes() == first


def test_parquet_holds_what_json_holds(door: Any, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    data = json.loads(filled(door).export())
    with door.open() as view:
        made = write_export(view, "parquet", tmp_path / "parquet")
    for path, objects in zip(made["paths"], data.values(), strict=True):
        table = pq.read_table(path)
        assert table["id"].to_pylist() == [item["id"] for item in objects]


def test_jsonld_and_cypher_are_text_of_the_same_size(door: Any, tmp_path: Path) -> None:
    data = json.loads(filled(door).export())
    size = len(data["nodes"]) + len(data["edges"])
    with door.open() as view:
        assert write_export(view, "jsonld", tmp_path / "g.jsonld")["rows"] == size
        write_export(view, "cypher", tmp_path / "g.cypher")
    graph = json.loads((tmp_path / "g.jsonld").read_text(encoding="utf-8"))["@graph"]
    assert len({item["@id"] for item in graph}) == len(graph) == size
    lines = (tmp_path / "g.cypher").read_text(encoding="utf-8").split("\n")
    assert len(lines) == size + 2, "a constraint, one statement a line, a last line end"
    assert all(line.endswith(";") for line in lines[:-1])


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_store_is_written_too(door: Any, tmp_path: Path, form: str) -> None:
    with door.open(write=True) as view:
        made = write_export(view, form, tmp_path / f"empty-{form}")
    assert made["rows"] == 0
    assert all(Path(path).exists() for path in made.get("paths") or [made["path"]])
