"""Feasibility against the same question asked by loops over one networkx graph, as ratios of one run.

``python bench/feasibility.py [products] [links] [share of 必需 rows] [removals]``; the defaults are a large chain of
5,000 products and 200 removals. The graph is a layered random DAG of ten layers (80 % of the links go to the next
layer); one third of the links are in groups of alternatives, one product in fifty is a sub-type of another of its
layer, and a few links lead back up, so there are cycles. networkx answers a slice of removals; its time for all is
that times the number of products. Both answers are compared on the slice.
"""

from __future__ import annotations

import gc
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

import networkx as nx

from bulian.queries.feasibility import (
    AndOrGraph,
    Requirement,
    blocks,
    cascade,
    essential_if,
    finals,
    single_points,
)
from bulian.queries.point_sets import windows

T = TypeVar("T")
LAYERS = 10
NAMED = 20_000_000
"""Members of all sets up to which the sets are also written out by name; larger ones stay bits."""


def layered(products: int, links: int, essential: float, seed: int = 7) -> AndOrGraph:
    """The random chain described above; layer 0 holds the finals."""
    rng = random.Random(seed)
    names = [f"产品{i:06}" for i in range(products)]
    width = products // LAYERS
    rows = []
    for _ in range(links):
        layer = rng.randrange(LAYERS - 1)
        down = layer + 1 if rng.random() < 0.8 else rng.randrange(layer + 1, LAYERS)
        ends = [names[layer * width + rng.randrange(width)], names[down * width + rng.randrange(width)]]
        if rng.random() < 0.0005:
            ends.reverse()
        word = True if rng.random() < essential else rng.choice((False, None))
        rows.append(Requirement(ends[0], ends[1], word, rng.choice(("", "", "甲", "乙")[: 3 + (layer % 2)])))
    kinds = []
    for _ in range(products // 50):
        layer = rng.randrange(1, LAYERS)
        low, high = sorted(rng.sample(range(layer * width, (layer + 1) * width), 2))
        kinds.append((names[high], names[low]))
    return AndOrGraph(tuple(names), tuple(rows), tuple(kinds))


class NetworkxChain:
    """The contract as a loop over networkx: the reference in answers and in time."""

    def __init__(self, graph: AndOrGraph) -> None:
        self.kinds: nx.DiGraph[str] = nx.DiGraph((b, a) for a, b in graph.kinds)
        self.needs: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        self.needs.add_nodes_from(graph.products)
        for row in graph.links:
            self.needs.add_edge(row.product, row.object, essential=row.essential, group=row.alt_group)

    def removed(self, name: str) -> set[str]:
        """What stops without ``name``: only products that need or subsume something stopped are looked at again."""
        stopped, fresh = {name}, {name}
        while fresh:
            touched = set()
            for item in fresh:
                supers = nx.ancestors(self.kinds, item) | {item} if item in self.kinds else {item}
                touched |= supers.union(*(self.needs.predecessors(one) for one in supers))
            fresh = {one for one in touched - stopped if self.stops(one, stopped)}
            stopped |= fresh
        return stopped

    def stops(self, product: str, stopped: set[str]) -> bool:
        """Whether one product stops when all of ``stopped`` have."""
        groups: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
        for _, item, row in self.needs.out_edges(product, data=True):
            subs = nx.descendants(self.kinds, item) if item in self.kinds else set()
            gone = item in stopped and subs <= stopped
            groups[row["group"] or "\0" + item].append((bool(row["essential"]), gone))
        if any(any(a for a, _ in rows) and all(b for _, b in rows) for rows in groups.values()):
            return True
        return (
            not groups
            and product in self.kinds
            and 0 < len(self.kinds[product]) <= len(stopped.intersection(self.kinds[product]))
        )


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """The answer and the seconds of processor time it took: other programs on the machine do not count."""
    start = time.process_time()
    answer = work()
    return answer, time.process_time() - start


def main(products: int, links: int, essential: float, removals: int) -> None:
    """Print the ratios."""
    graph = layered(products, links, essential)
    gc.collect()
    gc.freeze()  # neither side pays for the collector walking over the rows it was given
    rules, built = timed(lambda: graph.rules)
    ends = finals(graph, ())
    size, solved = timed(lambda: sum(bits.bit_count() for window in windows(rules) for bits in window.sets))
    points: dict[str, frozenset[str]] = {}
    if size <= NAMED:
        points, solved = timed(lambda: single_points(graph))
    blocked, told = timed(lambda: blocks(graph, ends))
    chain, loaded = timed(lambda: NetworkxChain(graph))
    slice_of = random.Random(1).sample(graph.products, removals)
    slow, slow_time = timed(lambda: {name: chain.removed(name) for name in slice_of})
    fast, fast_time = timed(lambda: {name: set(cascade(graph, {name}).because) for name in slice_of})
    assert slow == fast, "both must give the same answer"
    wanted = set(ends)
    assert all(set(blocked[name]) == (slow[name] & wanted) - {name} for name in slice_of)
    if points:
        assert all({q for q in slice_of if end in slow[q]} - {end} == points[end] & slow.keys() for end in graph.products)
    whole = loaded + slow_time / len(slice_of) * products
    print(f"{products} products, {links} links, {len(rules.rules)} rules, {len(ends)} finals")
    print(
        f"rules built in {built:.2f} s; all single points in {solved:.2f} s (sets of {size} members); blocks {told:.2f} s"
    )
    print(f"networkx, every removal: {whole:.1f} s (from {len(slice_of)})")
    print(f"ratio, rules and single points: {whole / (built + solved):.0f}x")
    print(f"ratio, rules and blocks: {whole / (built + told):.0f}x")
    print(f"ratio, one scenario: {slow_time / fast_time:.1f}x")
    if products <= 10_000:
        hypotheses, asked = timed(lambda: essential_if(graph, ends))
        print(f"essential_if: {len(hypotheses)} rows in {asked:.2f} s")


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        int(given[0]) if given else 5_000,
        int(given[1]) if given[1:] else 25_000,
        float(given[2]) if given[2:] else 0.3,
        int(given[3]) if given[3:] else 200,
    )
