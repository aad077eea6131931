"""The sets of single points on chains too large for the oracle."""

from __future__ import annotations

import random
from itertools import pairwise

import networkx as nx
import pytest

from bulian.queries import point_sets
from bulian.queries.feasibility import AndOrGraph, Requirement, blocks, single_points
from bulian.queries.point_sets import windows
from bulian.queries.rule_order import components

from .test_feasibility import random_graph


def bodies(graph: AndOrGraph) -> list[set[str]]:
    """The products each rule waits for, by name."""
    rules = graph.rules
    return [{rules.names[node] for node in rule.body if node < len(rules.names)} for rule in rules.rules]


def test_windows_of_any_width_give_the_same_sets() -> None:
    rng = random.Random(5)
    names = [f"p{i}" for i in range(300)]
    rows = [Requirement(*rng.sample(names, 2), rng.random() < 0.6, rng.choice(("", "A"))) for _ in range(600)]
    graph = AndOrGraph(tuple(names), tuple(rows), tuple((rng.choice(names), rng.choice(names)) for _ in range(60)))
    whole = single_points(graph)
    parts: dict[str, set[str]] = {name: set() for name in names}
    seen = list(windows(graph.rules, bits=1))
    waited_for = set().union(*bodies(graph)) & graph.known
    assert len(seen) == -(-len(waited_for) // 64) > 1
    for window in seen:
        for node, name in enumerate(graph.rules.names):
            parts[name].update(window.names(window.sets[node]))
    assert {name: points - {name} for name, points in parts.items()} == whole
    for name, points in parts.items():
        assert (name in points) == any(name in row for row in bodies(graph))
    assert sum(map(len, whole.values())) > 300


def test_a_long_cycle_stops_as_one() -> None:
    names = tuple(f"p{i:04}" for i in range(1500))
    rows = tuple(Requirement(a, b, True) for a, b in zip(names, (*names[1:], names[0]), strict=True))
    points = single_points(AndOrGraph(names, rows, ()))
    assert all(points[name] == set(names) - {name} for name in names)


def large(seed: int, essential: float) -> AndOrGraph:
    """Some hundred products with cycles, groups and sub-types."""
    rng = random.Random(seed)
    names = [f"p{i}" for i in range(400)]
    rows = [Requirement(*rng.sample(names, 2), rng.random() < essential, rng.choice(("", "A", "B"))) for _ in range(900)]
    kinds = tuple((names[a], names[b]) for a, b in (rng.sample(range(400), 2) for _ in range(50)))
    return AndOrGraph(tuple(names), tuple(rows), kinds)


@pytest.mark.parametrize("essential", [0.05, 0.2, 0.4, 0.8])
def test_sets_of_names_and_sets_of_bits_are_the_same(monkeypatch: pytest.MonkeyPatch, essential: float) -> None:
    graphs = [large(seed, essential) for seed in range(3)]
    monkeypatch.setattr(point_sets, "_LONGEST_CYCLE", 10**9)
    assert all(point_sets._sparse_sets(g.rules, components(g.rules), 10**9) is not None for g in graphs)
    told = [(single_points(graph), blocks(graph, graph.products)) for graph in graphs]
    for name, value in (("MOST_MEMBERS", 0), ("_LONGEST_CYCLE", 0), ("WINDOW_BITS", 1)):
        monkeypatch.setattr(point_sets, name, value)
        assert [(single_points(graph), blocks(graph, graph.products)) for graph in graphs] == told


def test_single_points_of_small_graphs_as_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(8)
    graphs = [random_graph(rng) for _ in range(200)]
    told = [single_points(graph) for graph in graphs]
    monkeypatch.setattr(point_sets, "MOST_MEMBERS", 0)
    assert [single_points(graph) for graph in graphs] == told
    assert sum(map(len, (points for one in told for points in one.values()))) > 300


@pytest.mark.parametrize("seed", range(5))
def test_components_are_those_of_networkx_each_after_what_it_depends_on(seed: int) -> None:
    graph = large(seed, 0.7)
    needs: nx.DiGraph[int] = nx.DiGraph()
    for rule in graph.rules.rules:
        needs.add_edges_from((rule.head, node) for node in rule.body)
    found = components(graph.rules)
    assert {frozenset(nodes) for nodes in found} == set(map(frozenset, nx.strongly_connected_components(needs)))
    place = {node: number for number, nodes in enumerate(found) for node in nodes}
    assert all(place[head] >= place[node] for head, node in needs.edges)


def test_where_everything_is_an_alternative_single_points_are_dominators() -> None:
    """What all ways from a raw material to a product run through: the dominator tree from a root above the materials."""
    rng = random.Random(6)
    for _ in range(120):
        count = rng.randint(3, 40)
        names = [f"p{i:02}" for i in range(count)]
        pairs = {tuple(sorted(rng.sample(range(count), 2))) for _ in range(2 * count)}
        rows = tuple(Requirement(names[a], names[b], True, "任一") for a, b in pairs)
        graph = AndOrGraph(tuple(names), rows, ())
        flow = nx.DiGraph((names[b], names[a]) for a, b in pairs)
        flow.add_nodes_from(names)
        flow.add_edges_from([("源", name) for name in names if not flow.in_degree(name)])
        above = nx.immediate_dominators(flow, "源")
        for name, points in single_points(graph).items():
            way = [name]
            while way[-1] != "源" and above.get(way[-1], "源") not in (None, way[-1]):
                way.append(above[way[-1]])
            assert points == set(way) - {name, "源"}, name


def test_where_everything_is_needed_single_points_are_all_inputs() -> None:
    rng = random.Random(7)
    names = [f"p{i}" for i in range(60)]
    rows = tuple(Requirement(a, b, True) for a, b in (*pairwise(names[:9]), *(rng.sample(names, 2) for _ in range(50))))
    graph = AndOrGraph(tuple(names), rows, ())
    needs = nx.DiGraph((row.product, row.object) for row in rows)
    for name, points in single_points(graph).items():
        assert points == (nx.descendants(needs, name) - {name} if name in needs else set())
