"""Feasibility against an oracle that reads the contract literally, one removal and one sentence at a time."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulian.queries.feasibility import (
    AndOrGraph,
    Requirement,
    blocks,
    cascade,
    essential_if,
    finals,
    single_points,
)

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
CASE = SHARED / "reference" / "cases" / "and_or_spof" / "case_chip_vehicle.json"
WORDS = (True, True, False, None)


def oracle(graph: AndOrGraph, removed: set[str]) -> set[str]:
    """The products that stop, by the sentences of the contract, repeated until nothing changes."""
    names = set(graph.products)
    rows = [r for r in graph.requirements if r.product != r.object and {r.product, r.object} <= names]
    kinds = nx.DiGraph()
    kinds.add_nodes_from(names)
    kinds.add_edges_from((b, a) for a, b in graph.subtypes if a != b and {a, b} <= names)
    stopped = set(removed)

    def exhausted(product: str) -> bool:
        return product in stopped and nx.descendants(kinds, product) <= stopped

    def stops(product: str) -> bool:
        mine = [r for r in rows if r.product == product]
        if any(r.essential and not r.alt_group and exhausted(r.object) for r in mine):
            return True
        for group in {r.alt_group for r in mine if r.alt_group}:
            members = [r for r in mine if r.alt_group == group]
            if any(r.essential for r in members) and all(exhausted(r.object) for r in members):
                return True
        subs = nx.descendants(kinds, product)
        return bool(subs) and not mine and subs <= stopped

    while new := {p for p in names - stopped if stops(p)}:
        stopped |= new
    return stopped


def brute_points(graph: AndOrGraph) -> dict[str, set[str]]:
    """Single points by one cascade of the oracle for every product."""
    points: dict[str, set[str]] = {name: set() for name in graph.products}
    for taken in graph.products:
        for name in oracle(graph, {taken}) - {taken}:
            points[name].add(taken)
    return points


def random_graph(rng: random.Random) -> AndOrGraph:
    """Few products, many rows: cycles, self-loops, contradicting rows, dangling names, sub-types."""
    count = rng.randint(1, 9)
    names = [f"p{i}" for i in range(count)]
    pool = [*names, "elsewhere"]
    rows = [
        Requirement(rng.choice(pool), rng.choice(pool), rng.choice(WORDS), rng.choice(("", "", "A", "B")))
        for _ in range(rng.randint(0, 3 * count))
    ]
    kinds = [(rng.choice(pool), rng.choice(pool)) for _ in range(rng.randint(0, count))]
    return AndOrGraph(tuple(names), tuple(rows), tuple(kinds))


@st.composite
def graphs(draw: st.DrawFn) -> AndOrGraph:
    names = [f"p{i}" for i in range(draw(st.integers(1, 6)))]
    name = st.sampled_from([*names, "elsewhere"])
    row = st.builds(Requirement, name, name, st.sampled_from(WORDS), st.sampled_from(("", "A", "B")))
    rows = draw(st.lists(row, max_size=14))
    kinds = draw(st.lists(st.tuples(name, name), max_size=6))
    return AndOrGraph(tuple(names), tuple(rows), tuple(kinds))


@pytest.mark.parametrize("seed", range(20))
def test_single_points_are_what_single_removals_do(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(150):
        graph = random_graph(rng)
        assert single_points(graph) == brute_points(graph), graph


@settings(max_examples=300, deadline=None)
@given(graphs())
def test_single_points_and_blocks_equal_the_oracle(graph: AndOrGraph) -> None:
    points = brute_points(graph)
    assert single_points(graph) == points
    ends = finals(graph, ())
    expected = {q: tuple(sorted(f for f in ends if q in points[f])) for q in graph.products}
    assert blocks(graph, ends) == expected


@settings(max_examples=300, deadline=None)
@given(graphs(), st.data())
def test_a_cascade_of_several_equals_the_oracle_and_explains_itself(graph: AndOrGraph, data: st.DataObject) -> None:
    removed = data.draw(st.sets(st.sampled_from(graph.products)))
    answer = cascade(graph, removed)
    assert set(answer.because) == oracle(graph, removed)
    assert set(answer.running) == set(graph.products) - set(answer.because)
    steps = {(r.product, r.object) for r in graph.requirements} | {(b, a) for a, b in graph.subtypes}
    order = {name: place for place, name in enumerate(answer.because)}
    for name, path in answer.because.items():
        assert path[0] == name
        assert path[-1] in removed
        assert set(path) & removed == {path[-1]}
        assert set(pairwise(path)) <= steps
        assert sorted(path, key=order.__getitem__, reverse=True) == list(path)


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_with_plain_needs_the_path_is_a_shortest_path(graph: AndOrGraph) -> None:
    rows = tuple(Requirement(r.product, r.object, True) for r in graph.requirements)
    plain = AndOrGraph(graph.products, rows, ())
    network = nx.DiGraph([(r.product, r.object) for r in rows])
    network.add_nodes_from(graph.products)
    for taken in graph.products:
        for name, path in cascade(plain, {taken}).because.items():
            within = network.subgraph(graph.products)
            assert len(path) == 1 + nx.shortest_path_length(within, name, taken)


def check_hypotheses(graph: AndOrGraph) -> None:
    """Every hypothesis against the chain with just its rows rewritten, and none missing."""
    ends = graph.products
    before = blocks(graph, ends)
    told = essential_if(graph, ends)
    assert len({(t.product, t.object, t.alt_group) for t in told}) == len(told)
    for item in told:
        where = (item.product, item.object, item.alt_group)
        rows = tuple(
            replace(r, essential=True) if (r.product, r.object, r.alt_group) == where else r for r in graph.requirements
        )
        after = blocks(AndOrGraph(graph.products, rows, graph.subtypes), ends)
        gains = {q: tuple(f for f in after[q] if f not in before[q]) for q in graph.products}
        assert item.gains == {q: gained for q, gained in gains.items() if gained}
    alone = {(t.product, t.object) for t in told if not t.alt_group}
    for row in graph.links:
        rows = tuple(r for r in graph.links if (r.product, r.object) == (row.product, row.object))
        if all(r.essential is None and not r.alt_group for r in rows):
            assert (row.product, row.object) in alone


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_essential_if_equals_rewriting_the_row_and_asking_again(graph: AndOrGraph) -> None:
    check_hypotheses(graph)


def test_essential_if_equals_rewriting_on_deeper_chains() -> None:
    rng = random.Random(11)
    names = [f"p{i}" for i in range(12)]
    for _ in range(150):
        pairs = [sorted(rng.sample(range(12), 2)) for _ in range(18)]
        rows = [Requirement(names[a], names[b], rng.choice(WORDS), rng.choice(("", "", "A"))) for a, b in pairs]
        check_hypotheses(AndOrGraph(tuple(names), tuple(rows), ((names[11], names[8]), (names[10], names[8]))))


@settings(max_examples=100, deadline=None)
@given(graphs(), st.randoms(use_true_random=False))
def test_order_and_repeats_of_rows_change_nothing(graph: AndOrGraph, rng: random.Random) -> None:
    rows = [*graph.requirements, *graph.requirements]
    rng.shuffle(rows)
    names = list(graph.products)
    rng.shuffle(names)
    again = AndOrGraph(tuple(names), tuple(rows), tuple(reversed(graph.subtypes)))
    assert single_points(again) == single_points(graph)
    assert again.conflicts == graph.conflicts
    assert essential_if(again, names) == essential_if(graph, names)


@settings(max_examples=100, deadline=None)
@given(graphs(), st.data())
def test_one_more_alternative_never_adds_a_single_point(graph: AndOrGraph, data: st.DataObject) -> None:
    grouped = [r for r in graph.links if r.alt_group]
    if not grouped:
        return
    row = data.draw(st.sampled_from(grouped))
    # A product that already needs the newcomer on its own would not gain an alternative, so it is a new one.
    more = AndOrGraph(
        (*graph.products, "new"),
        (*graph.requirements, Requirement(row.product, "new", None, row.alt_group)),
        graph.subtypes,
    )
    before, after = single_points(graph), single_points(more)
    assert all(after[name] <= before[name] for name in graph.products)


def reference_graph(nodes: dict[str, dict[str, object]]) -> AndOrGraph:
    """AND inputs as 必需 rows, OR inputs as one group of alternatives."""
    rows = []
    for name, node in nodes.items():
        inputs = node["inputs"]
        assert isinstance(inputs, list)
        rows += [Requirement(name, item, True, "任一" if node["type"] == "OR" else "") for item in inputs]
    return AndOrGraph(tuple(nodes), tuple(rows), ())


@pytest.mark.shared
@pytest.mark.skipif(not CASE.exists(), reason="旁边没有参考数据 (reference data not beside the checkout)")
def test_the_reference_case_chip_to_vehicle() -> None:
    case = json.loads(CASE.read_text(encoding="utf-8"))
    graph = reference_graph(case["nodes"])
    points = single_points(graph)
    assert {p: sorted({p, *q}) for p, q in points.items()} == {p: sorted(q) for p, q in case["expected_spof"].items()}
    blocked = {q: len(stopped) for q, stopped in blocks(graph, graph.products).items()}
    assert blocked == case["expected_downstream_blocked_count"]
