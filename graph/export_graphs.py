"""A store as a graph file for Gephi, yEd, Cytoscape or networkx: GraphML and GEXF, nodes and edges without facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import networkx as nx

from .export_tables import SEPARATOR
from .guard import plain
from .store import GraphView
from .writing import whole_file

__all__ = ["export_gexf", "export_graphml"]


def export_graphml(view: GraphView, path: Path) -> int:
    """Write nodes and edges as GraphML; several values of a property are joined by ；.

    Returns:
        How many nodes and edges there are.

    Raises:
        RenderError: the file cannot be written.
    """
    graph = _graph(view)
    with whole_file(path) as temporary:
        nx.write_graphml_xml(graph, temporary, named_key_ids=True)
    return graph.number_of_nodes() + graph.number_of_edges()


def export_gexf(view: GraphView, path: Path) -> int:
    """Write nodes and edges as GEXF 1.2; several values of a property are joined by ；.

    Returns:
        How many nodes and edges there are.

    Raises:
        RenderError: the file cannot be written.
    """
    graph = _graph(view)
    with whole_file(path) as temporary, temporary.open("wb") as out:
        # networkx dates the file; an export must not say when it was made.
        lines = (line for line in nx.generate_gexf(graph) if "<meta lastmodifieddate" not in line)
        out.writelines(f"{line}\n".encode() for line in _without_creator(lines))
    return graph.number_of_nodes() + graph.number_of_edges()


def _without_creator(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line.strip() not in ("</meta>",) and "<creator>" not in line:
            yield line


def _graph(view: GraphView) -> nx.MultiDiGraph[str]:
    """The store as one networkx graph whose attributes XML can hold: no None, no list, no control character."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    called: dict[str, str] = {}
    for node in view.nodes():
        name = plain(node.id)
        while name in graph:  # two ids that differ only in what XML cannot hold
            name += "~"
        called[node.id] = name
        properties = {f"p_{key}": plain(SEPARATOR.join(values)) for key, values in node.properties.items()}
        graph.add_node(name, label=plain(node.name), kind=node.kind, **properties)
    for edge in view.edges():
        data = {"relation": edge.relation, "modality": edge.modality, "confidence": edge.confidence,
                "facts": edge.facts, "sources": edge.sources, **_stated(edge.qualifiers)}  # fmt: skip
        graph.add_edge(called[edge.source], called[edge.target], key=plain(edge.id), **data)
    return graph


def _stated(qualifiers: Mapping[str, Any]) -> dict[str, Any]:
    return {f"q_{key}": plain(value) if isinstance(value, str) else value for key, value in qualifiers.items()}
