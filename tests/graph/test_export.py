"""What an export promises before any store is involved: order, rounding, whole files, known formats."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulian.graph.errors import RenderError, UsageError
from bulian.graph.export import FORMATS, export_json, write_export
from bulian.graph.facts import Fact
from bulian.graph.store import Edge, Node

ANY_VIEW = [form for form in FORMATS if form != "neo4j-admin"]  # that one needs a real store: test_export_admin.py


class Fixed:
    """The parts of a view that exports read, over given rows."""

    def __init__(self, nodes: list[Node], edges: list[Edge], facts: list[Fact]) -> None:
        self._rows = nodes, edges, facts

    def nodes(self) -> Iterator[Node]:
        return iter(self._rows[0])

    def edges(self) -> Iterator[Edge]:
        return iter(self._rows[1])

    def all_facts(self) -> Iterator[Fact]:
        return iter(self._rows[2])

    def count(self) -> int:
        return len(self._rows[0])

    def raw_nodes(self) -> Iterator[pa.Table]:
        yield pa.table({"predicates": pa.array([list(node.properties) for node in self.nodes()], pa.list_(pa.string()))})

    def raw_edges(self) -> Iterator[pa.Table]:
        yield pa.table({"id": pa.array([edge.id for edge in self.edges()], pa.string())})


def view(confidence: float = 0.9, text: str = "甲") -> Any:
    nodes = [
        Node("Product:a", "Component", text, {"name": (text,), "用户 属性": ("一", "二")}),
        Node("Chain:c", "Chain", "链", {}),
    ]
    edges = [Edge("e", "IN_CHAIN", "Product:a", "Chain:c", "stated", confidence, 2, 1, {"stage": text, "year": 2024})]
    facts = [Fact("f", "Product:a", text, "IN_CHAIN", "Chain:c", "链", None, None, {"stage": "上游"}, "u", "t", None,
                  "第1行", text, None, "table:产品", confidence, "stated")]  # fmt: skip
    return Fixed(nodes, edges, facts)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), st.floats(0, 1))
def test_json_gives_everything_back(text: str, confidence: float) -> None:
    data = json.loads("".join(export_json(view(confidence, text))))
    assert data["nodes"][0]["name"] == text
    assert data["edges"][0]["qualifiers"] == {"stage": text, "year": 2024}
    assert data["facts"][0]["quote"] == text
    assert data["facts"][0]["source"] == {"uri": "u", "title": "t", "date": None}
    assert data["edges"][0]["confidence"] == pytest.approx(confidence, rel=1e-11)


def test_summation_order_does_not_show() -> None:
    assert 0.1 + 0.2 != 0.3
    assert "".join(export_json(view(0.1 + 0.2))) == "".join(export_json(view(0.3)))


def test_every_field_of_a_fact_is_there() -> None:
    fact = json.loads("".join(export_json(view())))["facts"][0]
    fields = set(Fact.__dataclass_fields__) - {"source_title", "source_date"}
    assert set(fact) == fields


@given(st.text(max_size=30))
def test_graph_files_hold_any_text(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("graph") / "g.graphml"
    write_export(view(text=text), "graphml", path)
    graph = nx.read_graphml(path, force_multigraph=True)
    assert (len(graph), graph.number_of_edges()) == (2, 1)
    assert graph.nodes["Product:a"]["p_用户 属性"] == "一；二"


@pytest.mark.parametrize("form", ANY_VIEW)
def test_a_place_that_cannot_be_written_to(tmp_path: Path, form: str) -> None:
    (tmp_path / "file").write_text("here")
    with pytest.raises(RenderError):
        write_export(view(), form, tmp_path / "file" / "below")
    assert (tmp_path / "file").read_text() == "here"


@pytest.mark.parametrize("form", ANY_VIEW)
def test_a_broken_view_leaves_the_old_file(tmp_path: Path, form: str) -> None:
    target = tmp_path / "out"
    made = write_export(view(), form, target)
    old = {path: Path(path).read_bytes() for path in made.get("paths") or [made["path"]]}

    class Broken(Fixed):
        def nodes(self) -> Iterator[Node]:
            yield Node("Product:b", "Product", "乙", {})
            raise RuntimeError("store gone")

    with pytest.raises(RuntimeError):
        write_export(Broken([], [], []), form, target)  # type: ignore[arg-type]
    assert {path: Path(path).read_bytes() for path in old} == old
    assert not list(tmp_path.rglob(".*")), "no leftovers"


def test_an_unknown_format_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        write_export(view(), "pptx", tmp_path / "x")
    assert "pptx" in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_nothing_says_when_or_where_it_was_made(tmp_path: Path) -> None:
    for form in ("json", "csv", "graphml", "gexf", "jsonld", "cypher"):
        made = write_export(view(), form, tmp_path / form)
        for path in made.get("paths") or [made["path"]]:
            text = Path(path).read_text(encoding="utf-8-sig")
            assert str(tmp_path) not in text
            assert "<creator>" not in text
            assert "lastmodified" not in text
