"""The least solution of ``S(p) = {p} ∪ ⋃ over the rules of p ⋂ over the body S(b)`` for a whole chain.

S(p) holds the products whose removal, alone, stops p. Sets are bits of Python integers. The strongly
connected components of the rule graph are solved in order, what a component depends on first; a component
without a cycle takes one pass, a cycle is iterated from the empty sets upwards (Kleene) until it is stable.
Products are numbered in that same order, so no set reaches above its own component and integers stay short.
Large chains are solved in windows, one range of removed products after the other, which bounds the memory.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import TypeVar

import numpy as np

from bulian.queries.stop_rules import StopRules

__all__ = ["Window", "raised", "stoppers", "windows"]

S = TypeVar("S", int, frozenset[str])
"""A set of products: the bits of an integer, or their names."""

# Bits of all sets held at once (256 MB).
WINDOW_BITS = 2**31
# Members of all sets together up to which they are kept as sets (about as much memory).
MOST_MEMBERS = 3_000_000
# Products that stop each other up to which sets are tried: all of them hold what one of them holds.
_LONGEST_CYCLE = 256


@dataclass(frozen=True, slots=True)
class Window:
    """The sets of every node, restricted to the removed products at positions ``low`` ≤ i < ``high``.

    Bit ``i - low`` of a set stands for the product ``at[i]``; ``position`` is the inverse of ``at``, -1 for a product
    no rule waits for: taken away it stops nothing but itself, so it needs no bit.
    """

    rules: StopRules
    position: Sequence[int]
    at: Sequence[int]
    low: int
    high: int
    sets: list[int]

    def own(self, node: int) -> int:
        """The set that holds just this product; empty where it lies outside the window or has no bit."""
        inside = node < len(self.position) and self.low <= self.position[node] < self.high
        return 1 << (self.position[node] - self.low) if inside else 0

    def names(self, bits: int) -> Iterator[str]:
        """The names of the products of a set."""
        names, at, low = self.rules.names, self.at, self.low
        return (names[at[low + i]] for i in _ones(bits))


def stoppers(rules: StopRules, nodes: Iterable[int]) -> Iterator[tuple[str, Iterable[str]]]:
    """What stops each of some products when taken away alone, by name, as (product, others that stop it).

    A product may come several times, each time with others, or never.
    """
    ordered = rules.order
    fed = [node for node in nodes if rules.by_head[node]]
    sparse = _sparse_sets(rules, ordered, MOST_MEMBERS)
    if sparse is not None:
        yield from ((name, sparse[node] - {name}) for node in fed for name in (rules.names[node],))
        return
    for window in _windows(rules, ordered, (), WINDOW_BITS):
        for node in fed:
            yield rules.names[node], window.names(window.sets[node] & ~window.own(node))


def windows(rules: StopRules, *, also: Collection[int] = (), bits: int = WINDOW_BITS) -> Iterator[Window]:
    """The solved sets of a chain, window after window; together they cover every product some rule waits for once.

    Args:
        rules: the rules of the chain.
        also: products to give a bit too, though no rule waits for them.
        bits: how many bits all sets of one window may hold together; at least 64 products share a window.
    """
    return _windows(rules, rules.order, also, bits)


def _windows(rules: StopRules, ordered: list[list[int]], also: Collection[int], bits: int) -> Iterator[Window]:
    at: list[int] = []
    fed: list[list[int]] = []  # components that have rules
    ceiling: list[int] = []  # and the last position each depends on
    for component in ordered:
        at += [node for node in component if node < len(rules.names) and rules.by_body[node]]
        if rules.by_head[component[0]]:
            fed.append(component)
            ceiling.append(len(at) - 1)
    at += sorted(node for node in set(also) if not rules.by_body[node])
    position = [-1] * len(rules.names)
    for place, node in enumerate(at):
        position[node] = place
    width = max(64, bits // max(1, sum(map(len, ordered))))
    for low in range(0, len(at), width):
        high = min(low + width, len(at))
        sets = [0] * rules.size
        for place in range(low, high):
            sets[at[place]] = 1 << (place - low)
        # What lies entirely below the window, and so depends on nothing in it, keeps its empty sets.
        for _ in _solved(rules, fed[bisect_left(ceiling, low) :], sets):
            pass
        yield Window(rules, position, at, low, high, sets)


def _sparse_sets(rules: StopRules, ordered: list[list[int]], most: int) -> list[frozenset[str]] | None:
    """The same sets as sets of names, quicker where they are small.

    None where they hold more than so many members, or where many products stop each other.
    """
    if max(map(len, ordered), default=0) > _LONGEST_CYCLE:
        return None
    sets = [frozenset[str]()] * rules.size
    for node, name in enumerate(rules.names):
        if rules.by_body[node]:
            sets[node] = frozenset((name,))
    members = 0
    for component in _solved(rules, ordered, sets):
        for node in component:
            members += len(sets[node])
        if members > most:
            return None
    return sets


def _solved(rules: StopRules, ordered: Iterable[list[int]], sets: list[S]) -> Iterator[list[int]]:
    """Raise the sets until the equations hold, one component after the other; each is given when it is done."""
    by_head = rules.by_head
    for component in ordered:
        stale = True
        while stale:
            stale = False
            for node in component:
                found = before = sets[node]
                for _, body, _ in by_head[node]:
                    common = sets[body[0]]
                    for other in body[1:]:
                        common &= sets[other]
                    found |= common
                if found is not before and found != before:
                    sets[node] = found
                    # A lone node is done at once: what its own set adds to its own rules is in it already.
                    stale = len(component) > 1
        yield component


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
