"""The aggregate of the store against loops over one networkx graph of the same makers, equal to the last figure."""

from __future__ import annotations

import math
import time
from typing import Any

import networkx as nx
import pyarrow as pa

from bulian.graph.modality import CONFIRMED
from bulian.graph.regions import Regions
from bulian.graph.store import GraphView
from bulian.queries.chain_graph import read_chain
from bulian.queries.settings import Settings

__all__ = ["against_loops"]

Cell = tuple[int, int, float | None]


def against_loops(view: GraphView, chain: str, region: str) -> dict[str, Any]:
    """Time the independent supply of every product of a chain, local and in China, both ways.

    The networkx graph is built beforehand and not counted; neither is the chain.

    Raises:
        AssertionError: the two give different answers.
    """
    pairs = read_chain(view, chain, Settings()).pairs()
    code = view.regions().resolve(region).code
    graph = makers_graph(view)
    begun = time.perf_counter()
    looped = by_loops(graph, pairs, view.regions(), code)
    loops = time.perf_counter() - begun
    spent = []
    for _ in range(3):
        begun = time.perf_counter()
        table = view.supply(pairs, code, 0.5)
        spent.append(time.perf_counter() - begun)
    same(table, looped)
    return {
        "edges in networkx": graph.number_of_edges(), "aggregate by networkx loops s": round(loops, 2),
        "aggregate in the store s": round(min(spent), 3), "networkx loops over store": round(loops / min(spent), 1),
    }  # fmt: skip


def makers_graph(view: GraphView) -> nx.MultiDiGraph[str]:
    """Every 生产 edge and its firm: place, group and whether it is registered, capacity and confidence."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for nodes in view.raw_nodes():
        for row in nodes.to_pylist():
            if row["id"].startswith(("Product:", "Enterprise:")):
                graph.add_node(
                    row["id"],
                    name=row["name"],
                    status=dict(zip(row["predicates"], row["said"], strict=True)).get("status"),
                )
    for edges in view.raw_edges():
        for row in edges.to_pylist():
            if row["relation"] in ("PRODUCES", "LOCATED_IN", "SUBSIDIARY_OF") and row["modality"] in CONFIRMED:
                graph.add_edge(row["source"], row["target"], relation=row["relation"], confidence=row["confidence"],
                               capacity=row["capacity"], unit=row["unit"])  # fmt: skip
    return graph


def by_loops(graph: nx.MultiDiGraph[str], pairs: pa.Table, regions: Regions, code: str) -> dict[tuple[str, str], Cell]:
    """Firms, groups and HHI per product and scope, one edge after the other."""
    named = {data["name"]: node for node, data in graph.nodes(data=True) if node.startswith("Product:")}
    found = {}
    leaves: dict[str, list[str]] = {}
    for root, leaf in zip(pairs["root"].to_pylist(), pairs["leaf"].to_pylist(), strict=True):
        leaves.setdefault(root, []).append(leaf)
    for root, many in leaves.items():
        cells: dict[str, dict[str, dict[str, list[tuple[float | None, str | None]]]]] = {"local": {}, "china": {}}
        for leaf in many:
            for firm, _, edge in graph.in_edges(named.get(leaf, leaf), data=True):
                if edge["relation"] != "PRODUCES" or edge["confidence"] < 0.5 or gone(graph, firm):
                    continue
                place = place_of(graph, firm)
                for scope in scopes(regions, code, place):
                    cells[scope].setdefault(group_of(graph, firm), {}).setdefault(firm, []).append(
                        (edge["capacity"], edge["unit"])
                    )
        found |= {(root, scope): cell(groups) for scope, groups in cells.items() if groups}
    return found


def gone(graph: nx.MultiDiGraph[str], firm: str) -> bool:
    """Whether a firm is no longer registered."""
    return any(word in (graph.nodes[firm].get("status") or "") for word in ("注销", "吊销"))


def place_of(graph: nx.MultiDiGraph[str], firm: str) -> str | None:
    """The code of the region a firm is in."""
    for _, target, edge in graph.out_edges(firm, data=True):
        if edge["relation"] == "LOCATED_IN":
            return target.split(":", 1)[1]
    return None


def group_of(graph: nx.MultiDiGraph[str], firm: str) -> str:
    """The top of the group a firm belongs to."""
    seen = {firm}
    while True:
        above = [t for _, t, edge in graph.out_edges(firm, data=True) if edge["relation"] == "SUBSIDIARY_OF"]
        if not above or above[0] in seen:
            return firm
        firm = above[0]
        seen.add(firm)


def scopes(regions: Regions, code: str, place: str | None) -> list[str]:
    """Which of local and China a place counts for."""
    if place is None or not regions.contains("CN", place):
        return []
    return ["local", "china"] if regions.contains(code, place) else ["china"]


def cell(groups: dict[str, dict[str, list[tuple[float | None, str | None]]]]) -> Cell:
    """Firms, groups, HHI."""
    stated = [pair for firms in groups.values() for claims in firms.values() for pair in claims]
    known = all(capacity is not None for capacity, _ in stated) and len({unit or "" for _, unit in stated}) == 1
    sums = [sum(capacity or 0.0 for claims in firms.values() for capacity, _ in claims) for firms in groups.values()]
    total = sum(sums)
    hhi = sum((one / total) ** 2 for one in sums) if known and total > 0 else 1 / len(groups)
    return sum(len(firms) for firms in groups.values()), len(groups), hhi


def same(table: pa.Table, looped: dict[tuple[str, str], Cell]) -> None:
    """Both ways gave the same.

    Raises:
        AssertionError: they did not.
    """
    stored = {
        (row["root"], row["scope"]): (row["firms"], row["groups"], row["hhi"])
        for row in table.to_pylist() if row["scope"] in ("local", "china") and row["groups"]
    }  # fmt: skip
    assert stored.keys() == looped.keys(), sorted(stored.keys() ^ looped.keys())[:5]
    for key, (firms, groups, hhi) in looped.items():
        assert stored[key][:2] == (firms, groups), (key, stored[key], looped[key])
        assert math.isclose(stored[key][2], hhi, rel_tol=1e-9), (key, stored[key], looped[key])
