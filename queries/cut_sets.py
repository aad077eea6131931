"""Minimal cut sets: the smallest sets of products that, taken away together, stop a product.

Method: like the single points (:mod:`bulian.queries.point_sets`), with families of sets for sets of products.
Let F(p) be the minimal sets of at most ``size`` products whose removal stops p. Then, keeping minimal sets only,

    F(p) = {{p}} ∪ ⋃ over the rules of p of the unions of one set of F(b) for every b of the body

and its least solution, found from empty families upwards, is exact with cycles, alternatives and sub-types too: a set
stops p just when a derivation of p from it exists, and every part of that derivation uses a part of the set. This is
MOCUS of fault-tree analysis (Fussell and Vesely 1972), bottom-up and cut at a size. A minimal set of two or more holds
no single point, so those are left out beforehand; what is left of a chain is only where alternatives are.

Families grow exponentially in general (the problem is NP-hard), so the work is bounded: sizes are solved one after the
other, and the answer says up to which size it is complete.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, combinations

import networkx as nx

from bulian.queries.feasibility import single_points
from bulian.queries.stop_rules import AndOrGraph, StopRules

__all__ = ["MOST", "WORK", "CutSets", "cut_sets"]

MOST = 3
"""The largest size of a set looked for."""

WORK = 1_000_000
"""How many steps (a set put together, a rule looked at) may be taken for all products asked for: some seconds."""

_Cut = tuple[int, ...]
_Family = frozenset[_Cut]


@dataclass(frozen=True, slots=True)
class CutSets:
    """The minimal cut sets of one product, smallest first, each and all sorted by name; never the product itself.

    ``complete_to`` is the size up to which every minimal set is listed; below the size asked for, the work was cut off
    there.
    """

    sets: tuple[tuple[str, ...], ...]
    complete_to: int


class _WorkDone(Exception):
    """The bound of the work was reached."""


def cut_sets(
    graph: AndOrGraph,
    products: Collection[str],
    size: int = 2,
    *,
    among: Collection[str] | None = None,
    points: Mapping[str, Collection[str]] | None = None,
    work: int = WORK,
) -> dict[str, CutSets]:
    """The minimal cut sets of some products.

    Args:
        graph: the chain.
        products: whose sets to find.
        size: how many products a set may hold, 1 to :data:`MOST`.
        among: the products sets are made of; all products of the chain if None.
        points: the single points of every product where they are known already.
        work: how many steps may be taken; what is left is shared evenly by the products still to come, in the order
            of the chain. Single points are always complete.

    Raises:
        ValueError: a size out of bounds.
        NotFoundError: a name in ``products`` is no product of the chain.
    """
    if not 1 <= size <= MOST:
        raise ValueError(f"size must be 1 to {MOST}, not {size}")
    rules = graph.rules
    usable = graph.known if among is None else graph.known.intersection(among)
    known = single_points(graph) if points is None else points
    nodes = rules.numbers(products)
    makings = frozenset(rules.numbers(usable))
    found = {}
    for place, node in enumerate(nodes):
        name = rules.names[node]
        singles = sorted((point,) for point in known[name] if point in usable)
        left_out = {node, *(rules.index[point] for point in known[name])}
        search = _Search(rules, node, makings, left_out, work // (len(nodes) - place))
        larger, complete = search.found(size)
        work -= search.spent
        found[name] = CutSets((*singles, *larger), complete)
    return found


class _Search:
    """The families of everything a product depends on, solved by repeating until nothing changes."""

    def __init__(
        self, rules: StopRules, target: int, usable: Collection[int], left_out: Collection[int], work: int
    ) -> None:
        self._rules = rules
        self._target = target
        self._usable = usable
        self._left_out = left_out
        self._work = work
        self.spent = 0

    def found(self, size: int) -> tuple[list[tuple[str, ...]], int]:
        """The minimal sets of two and more, and the size up to which they are complete."""
        found: _Family = frozenset()
        complete = 1
        try:
            cone = self._cone() if size > 1 else []
            for bound in range(2, size + 1):
                found = self.solved(cone, bound)
                complete = bound
        except _WorkDone:
            pass
        names = self._rules.names
        return sorted((tuple(sorted(names[node] for node in cut)) for cut in found), key=_by_size), complete

    def solved(self, cone: list[int], bound: int) -> _Family:
        """The family of the target with sets of at most ``bound``.

        Raises:
            _WorkDone: there is more to do than may be done.
        """
        families: dict[int, _Family] = dict.fromkeys(cone, frozenset())
        waiting = dict.fromkeys(cone)  # in the order of the cone: what others depend on first
        while waiting:
            node = next(iter(waiting))
            del waiting[node]
            family = self._family(node, families, bound)
            if family != families[node]:
                families[node] = family
                heads = (self._rules.rules[number].head for number in self._rules.by_body[node])
                waiting.update(dict.fromkeys(head for head in heads if head in families))
        return families[self._target]

    def _family(self, node: int, families: Mapping[int, _Family], bound: int) -> _Family:
        """The right-hand side of the equation of one node."""
        found: set[_Cut] = {(node,)} if node in self._usable and node not in self._left_out else set()
        for _, body, _ in self._rules.by_head[node]:
            self._spend(1)
            parts = sorted((families[part] for part in body), key=len)
            if parts[0]:
                found |= self._joined(parts, bound)
        return _minimal(found)

    def _joined(self, parts: list[_Family], bound: int) -> _Family:
        """Unions of one set of every part, none larger than the bound."""
        joined = parts[0]
        self._spend(len(joined))
        for part in parts[1:]:
            # A set that is full already can only take in what lies in it.
            full = {cut for cut in joined if len(cut) == bound}
            self._spend(len(full) + (len(joined) - len(full)) * len(part))
            kept = {cut for cut in full if not part.isdisjoint(_parts(cut))}
            unions = (tuple(sorted({*left, *right})) for left in joined - full for right in part)
            joined = _minimal(kept.union(cut for cut in unions if len(cut) <= bound))
        return joined

    def _cone(self) -> list[int]:
        """Everything the target depends on and itself; without cycles what is depended on comes first."""
        needs: nx.DiGraph[int] = nx.DiGraph()
        needs.add_node(self._target)
        asked = [self._target]
        for node in asked:  # grows while it is read
            self._spend(1 + len(self._rules.by_head[node]))
            parts = {part for _, body, _ in self._rules.by_head[node] for part in body}
            asked += sorted(parts.difference(needs))
            needs.add_edges_from((node, part) for part in sorted(parts))
        return list(nx.dfs_postorder_nodes(needs, self._target))

    def _spend(self, work: int) -> None:
        self.spent += work
        if self.spent > self._work:
            raise _WorkDone


def _by_size(cut: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    return len(cut), cut


def _parts(cut: _Cut) -> Iterator[_Cut]:
    """Every set that lies in a set, itself the last."""
    return chain.from_iterable(combinations(cut, size) for size in range(1, len(cut) + 1))


def _minimal(cuts: set[_Cut]) -> _Family:
    """The sets no other one lies in; none is empty."""
    return frozenset(cut for cut in cuts if next(part for part in _parts(cut) if part in cuts) == cut)
