"""The least solution of ``S(p) = {p} ∪ ⋃ over the rules of p ⋂ over the body S(b)`` for a whole chain.

S(p) holds the products whose removal, alone, stops p. Sets are bits of Python integers. The strongly
connected components of the rule graph are solved in order, what a component depends on first; a component
without a cycle takes one pass, a cycle is iterated from the empty sets upwards (Kleene) until it is stable.
Products are numbered in that same order, so no set reaches above its own component and integers stay short.
Large chains are solved in windows, one range of removed products after the other, which bounds the memory.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate, chain
from operator import and_

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from bulian.queries.stop_rules import StopRules

__all__ = ["Window", "raised", "windows"]

# Bits of all sets held at once (256 MB).
WINDOW_BITS = 2**31


@dataclass(frozen=True, slots=True)
class Window:
    """The sets of every node, restricted to the removed products at positions ``low`` ≤ i < ``high``.

    Bit ``i - low`` of a set stands for the product ``at[i]``; ``position`` is the inverse of ``at``.
    """

    rules: StopRules
    position: Sequence[int]
    at: Sequence[int]
    low: int
    high: int
    sets: list[int]

    def own(self, node: int) -> int:
        """The set that holds just this product; empty where it lies outside the window."""
        inside = node < len(self.position) and self.low <= self.position[node] < self.high
        return 1 << (self.position[node] - self.low) if inside else 0

    def names(self, bits: int) -> Iterator[str]:
        """The names of the products of a set."""
        return (self.rules.names[self.at[self.low + i]] for i in _ones(bits))

    def solve(self, components: list[list[int]]) -> None:
        """Fill the sets, component by component in the order given."""
        for component in components:
            stale = True
            while stale:
                stale = False
                for node in component:
                    bits = self._evaluated(node)
                    # A lone node is done at once: what its own set adds to its own rules is in it already.
                    stale |= len(component) > 1 and bits != self.sets[node]
                    self.sets[node] = bits

    def _evaluated(self, node: int) -> int:
        """The right-hand side of the equation of one node, with the sets as they are now."""
        sets = self.sets
        bits = self.own(node)
        for _, body, _ in self.rules.by_head[node]:
            common = sets[body[0]]
            for other in body[1:]:
                common &= sets[other]
            bits |= common
        return bits


def windows(rules: StopRules, *, bits: int = WINDOW_BITS) -> Iterator[Window]:
    """The solved sets of a chain, window after window; together the windows cover every product once.

    Args:
        rules: the rules of the chain.
        bits: how many bits all sets of one window may hold together; at least 64 products share a window.
    """
    components = _components(rules)
    at = [node for node in chain.from_iterable(components) if node < len(rules.names)]
    position = [0] * len(at)
    for place, node in enumerate(at):
        position[node] = place
    tops = (max((position[node] for node in nodes if node < len(at)), default=-1) for nodes in components)
    ceiling = list(accumulate(tops, max))
    width = max(64, bits // max(1, rules.size))
    for low in range(0, len(at), width):
        window = Window(rules, position, at, low, min(low + width, len(at)), [0] * rules.size)
        # What lies entirely below the window, and so depends on nothing in it, keeps its empty sets.
        window.solve(components[bisect_left(ceiling, low) :])
        yield window


def raised(rules: StopRules, sets: Sequence[int], head: int, body: Sequence[int]) -> Mapping[int, int]:
    """The sets that grow when "``head`` stops when all of ``body`` have" is added to the rules.

    Starts from ``sets``, the least solution without the new rule. It lies below the least solution with it,
    so raising only what the new bits reach ends exactly there. Empty when nothing grows.
    """
    new = reduce(and_, (sets[node] for node in body)) & ~sets[head]
    grown = {head: sets[head] | new} if new else {}
    open_nodes = list(grown)
    while open_nodes:
        for number in rules.by_body[open_nodes.pop()]:
            rule = rules.rules[number]
            common = reduce(and_, (grown.get(node, sets[node]) for node in rule.body))
            before = grown.get(rule.head, sets[rule.head])
            if common & ~before:
                grown[rule.head] = before | common
                open_nodes.append(rule.head)
    return grown


def _components(rules: StopRules) -> list[list[int]]:
    """The strongly connected components of the rule graph, each after those it depends on.

    In a depth-first search towards the dependencies, a component finishes after every component it depends
    on (the lemma behind Kosaraju's algorithm); inside a component that order serves the iteration well.
    """
    heads = np.fromiter((rule.head for rule in rules.rules for _ in rule.body), np.int64)
    bodies = np.fromiter(chain.from_iterable(rule.body for rule in rules.rules), np.int64)
    links = coo_array((np.ones(len(heads), np.int8), (heads, bodies)), shape=(rules.size, rules.size))
    count, labels = connected_components(links, directed=True, connection="strong") if rules.size else (0, ())
    label = list(map(int, labels))
    finished = _finishing_order(rules)
    last = {label[node]: place for place, node in enumerate(finished)}
    members: dict[int, list[int]] = {component: [] for component in sorted(last, key=last.__getitem__)}
    assert len(members) == count, "every node belongs to one component"
    for node in finished:
        members[label[node]].append(node)
    return list(members.values())


def _finishing_order(rules: StopRules) -> list[int]:
    """All nodes in the order in which a depth-first search towards the dependencies leaves them."""
    inputs = [list(chain.from_iterable(rule.body for rule in found)) for found in rules.by_head]
    seen = bytearray(rules.size)
    order: list[int] = []
    for root in range(rules.size):
        path = [] if seen[root] else [(root, iter(inputs[root]))]
        seen[root] = 1
        while path:
            node, left = path[-1]
            following = next((other for other in left if not seen[other]), None)
            if following is None:
                order.append(node)
                path.pop()
            else:
                seen[following] = 1
                path.append((following, iter(inputs[following])))
    return order


def _ones(bits: int) -> list[int]:
    """The positions of the set bits, ascending."""
    if bits.bit_count() < 8:
        found = []
        while bits:
            found.append((bits & -bits).bit_length() - 1)
            bits &= bits - 1
        return found
    raw = np.frombuffer(bits.to_bytes((bits.bit_length() + 7) // 8, "little"), np.uint8)
    filled = np.flatnonzero(raw)
    row, column = np.nonzero(np.unpackbits(raw[filled], bitorder="little").reshape(-1, 8))
    places: list[int] = (filled[row] * 8 + column).tolist()
    return places
