"""Feasibility of a chain: what stops when something is taken away, and single points of failure.

Everything runs today; a product stops when it is taken away, or by one of the rules of
:mod:`bulian.queries.stop_rules`; this is repeated until nothing more stops.

Method: the rules are Horn clauses, what stops is their least model, found in time linear in the rules by
unit propagation (Dowling and Gallier 1984). For *all* single removals at once, give every product the set of
products whose removal stops it: ``S(p) = {p} ∪ ⋃ over its rules ⋂ over the body S(b)``. Membership of q reads
bit by bit as the rules with q taken away, so the least solution of the set equation, found from the empty
sets upwards, *is* the outcome of the cascade for every q, with cycles, alternatives and sub-types too
(``docs/feasibility.md``); :mod:`bulian.queries.point_sets` computes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from operator import attrgetter

from bulian.queries.point_sets import raised, stoppers, windows
from bulian.queries.stop_rules import AndOrGraph, Conflict, Requirement, StopRules

__all__ = [
    "AndOrGraph",
    "Conflict",
    "IfEssential",
    "Requirement",
    "Stopped",
    "blocks",
    "cascade",
    "essential_if",
    "finals",
    "single_points",
]


@dataclass(frozen=True, slots=True)
class Stopped:
    """What stopped: ``because`` maps each stopped product to a shortest path of names down to one taken away.

    Products are in the order in which they stop; one taken away has the path of its own name. Each step goes
    to an object the product needs or, for a super-type, to a direct sub-type. Of the conditions that stopped
    a product *first*, the one with the shortest path is told; of alternatives that all stopped, the nearest.
    ``products`` are all products of the chain.
    """

    because: Mapping[str, tuple[str, ...]]
    products: tuple[str, ...]

    @property
    def running(self) -> tuple[str, ...]:
        """The products that still run, in the order of the chain."""
        return tuple(name for name in self.products if name not in self.because)


@dataclass(frozen=True, slots=True)
class IfEssential:
    """What would change if one requirement whose essentiality is not stated were 必需.

    ``gains`` maps each product that would newly be a single point to the finals it would newly stop, sorted;
    empty where nothing would change. ``alt_group`` is empty for an object that stands alone.
    """

    product: str
    object: str
    alt_group: str
    gains: Mapping[str, tuple[str, ...]]


def cascade(graph: AndOrGraph, removed: Collection[str]) -> Stopped:
    """What stops when the products ``removed`` are taken away, and why.

    Raises:
        NotFoundError: a name in ``removed`` is no product of the chain.
    """
    rules = graph.rules
    below = _spread(rules, rules.numbers(removed))
    because: dict[str, tuple[str, ...]] = {}
    for node, step in below.items():
        name = rules.names[node]
        because[name] = (name,) if step is None else (name, *because[rules.names[step]])
    return Stopped(because, rules.names)


def single_points(graph: AndOrGraph) -> dict[str, frozenset[str]]:
    """For every product, the products (without itself) that stop it when taken away alone."""
    rules = graph.rules
    found: dict[str, frozenset[str]] = dict.fromkeys(rules.names, frozenset())
    for name, points in stoppers(rules, range(len(rules.names))):
        found[name] = found[name].union(points) if found[name] else frozenset(points)
    return found


def finals(graph: AndOrGraph, marked: Collection[str]) -> tuple[str, ...]:
    """The 终端产品 of the chain, sorted: those marked as such.

    Where none of its products is marked, those that no other product needs (必需 or not) and that are no
    sub-type of another.
    """
    chosen = graph.known.intersection(marked)
    if not chosen:
        chosen = graph.known - {row.object for row in graph.links} - {sub for sub, _ in graph.kinds}
    return tuple(sorted(chosen))


def blocks(graph: AndOrGraph, finals: Collection[str]) -> dict[str, tuple[str, ...]]:
    """For every product, the finals (other than itself) that stop when it is taken away alone, sorted.

    Raises:
        NotFoundError: a name in ``finals`` is no product of the chain.
    """
    rules = graph.rules
    found: dict[str, list[str]] = {name: [] for name in rules.names}
    for final, points in stoppers(rules, rules.numbers(finals)):
        for point in points:
            found[point].append(final)
    return {name: tuple(sorted(stopped)) for name, stopped in found.items()}


def essential_if(graph: AndOrGraph, finals: Collection[str]) -> tuple[IfEssential, ...]:
    """For every requirement whose essentiality is not stated: what would change if it, alone, were 必需.

    Members of a group that blocks already are left out, as stating them changes nothing. For all of them
    together ask :func:`blocks` of ``graph.assume_essential()``.

    Method: the new rule fires for exactly those q that stop its body today; from there the old rules carry
    on, upwards from the sets already known.

    Raises:
        NotFoundError: a name in ``finals`` is no product of the chain.
    """
    rules = graph.rules
    ends = frozenset(rules.numbers(finals))
    open_needs = [need for need in graph.needs if not need.blocking and None in need.members.values()]
    gains: list[dict[str, list[str]]] = [defaultdict(list) for _ in open_needs]
    named = {rules.index[name] for need in open_needs for name in need.members}
    for window in windows(rules, also=named):
        for need, gain in zip(open_needs, gains, strict=True):
            grown = raised(rules, window.sets, rules.index[need.product], rules.body_of(need.members))
            if not grown:
                continue
            for end in sorted(ends & grown.keys(), key=rules.names.__getitem__):
                for name in window.names(grown[end] & ~window.sets[end]):
                    gain[name].append(rules.names[end])
    told = [
        IfEssential(need.product, name, need.alt_group, {q: tuple(gain[q]) for q in sorted(gain)})
        for need, gain in zip(open_needs, gains, strict=True)
        for name, word in need.members.items()
        if word is None
    ]
    return tuple(sorted(told, key=attrgetter("product", "object", "alt_group")))


def _spread(rules: StopRules, removed: list[int]) -> dict[int, int | None]:
    """The stopped products in order, each with the next step of its path (None when taken away).

    Goes in rounds; a path leads over conditions that held before the product stopped, so none is circular.
    """
    below: dict[int, int | None] = dict.fromkeys(removed)
    depth = dict.fromkeys(removed, 0)
    waiting: dict[int, int] = {}
    front = removed
    while front:
        steps: dict[int, int] = {}
        for node in front:  # grows while it is read: exhausted nodes belong to the round that completes them
            for number in rules.by_body[node]:
                head, body, via = rules.rules[number]
                waiting[number] = waiting.get(number, len(body)) - 1
                if waiting[number] or head in depth:
                    continue
                if head >= len(rules.names):
                    depth[head] = 0
                    front.append(head)
                    continue
                known = (*via, steps[head]) if head in steps else via
                steps[head] = min(known, key=lambda x: (depth[x], rules.names[x]))
        below.update(steps)
        depth.update({head: depth[step] + 1 for head, step in steps.items()})
        front = list(steps)
    return below
