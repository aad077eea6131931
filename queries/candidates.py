"""Candidates for the gaps of a chain with what is known of each: makers elsewhere, local developers, institutes.

Everything is read in a handful of bulk reads for all gaps together.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bulian.graph.facts import Fact
from bulian.graph.modality import CONFIRMED
from bulian.graph.regions import Region, Regions
from bulian.graph.store import Edge, GraphView, Node

from .results import Component
from .situation import Situation
from .supply import Maker, read_makers

__all__ = ["Candidate", "Candidates", "read_candidates"]

_TIES: Final = ("SUPPLIES", "COOPERATES_WITH", "INVESTS_IN")
_EARTH_RADIUS_KM: Final = 6371.0
_FACTS: Final = 5
_POOL: Final = 50


@dataclass(frozen=True, slots=True)
class Candidate:
    """A firm or institute; ``leaf`` is what it makes or studies, ``facts`` the evidence, ``sources`` their number."""

    id: str
    name: str
    leaf: str
    region: str | None
    foreign: bool
    sources: int
    components: Mapping[str, Component]
    facts: tuple[str, ...]


class Candidates:
    """What was read about all candidates at once; asked gap by gap."""

    def __init__(self, view: GraphView, situation: Situation, products: Sequence[str], pool: int) -> None:
        self._situation = situation
        pairs = situation.chain.pairs(products)
        self._known = read_makers(view, pairs, situation.region.code, pool)
        self._regions = view.regions()
        self._ids = _product_ids(view, situation, products)
        self._makers = {product: self._suitable(product) for product in products}
        firms = sorted({maker.id for makers in self._makers.values() for maker in makers})
        self._said = _by_ends(view.facts(subjects=firms, predicates=["PRODUCES"])) if firms else {}
        self._ties = _ties(view, firms)
        self._needs = _needed_technologies(view, self._ids)
        studied = sorted({*self._ids.values(), *(id_ for ids in self._needs.values() for id_ in ids)})
        self._studies = [edge for edge in view.edges("RESEARCHES", targets=studied) if edge.modality in CONFIRMED]
        scholars = sorted({edge.source for edge in self._studies})
        self._studied = _by_ends(view.facts(subjects=scholars, predicates=["RESEARCHES"])) if scholars else {}
        others = {other for ends in self._ties.values() for other in ends}
        self._places = _places(view, sorted({*others, *scholars}))
        self._nodes = {node.id: node for node in view.nodes(ids=sorted({*firms, *scholars, *studied}))}
        self._invested = _outgoing(view, firms)

    def _suitable(self, product: str) -> list[Maker]:
        """Confirmed makers outside the region, still registered, with no firm of their group in it."""
        threshold = self._situation.settings.confidence
        return [
            maker
            for maker in self._known.get(product, ())
            if maker.scope != "local" and maker.active and not maker.present and maker.confidence >= threshold
        ]

    def makers(self, product: str) -> list[Candidate]:
        """Makers elsewhere to recruit."""
        return [self._maker(product, maker) for maker in self._makers.get(product, ())]

    def _maker(self, product: str, maker: Maker) -> Candidate:
        leaves = [self._ids[leaf] for leaf in self._situation.chain.leaves[product] if leaf in self._ids]
        facts = [fact for leaf in leaves for fact in self._said.get((maker.id, leaf), ())]
        honours = self._node(maker.id).properties.get("honours", ())
        kilometres = _distance(self._regions, maker.region, self._situation.region)
        sources = len({fact.source for fact in facts})
        components: dict[str, Component] = {
            "capacity": maker.capacity,
            "grade": maker.grade,
            "share": maker.share,
            "evidence": sources,
            "honours": len(honours) or None,
            "pull": self._pull(product),
            "investments": self._invested.get(maker.id),
            "ties": sum(self._is_here(other) for other in self._ties.get(maker.id, ())),
            "distance_km": kilometres,
        }
        cited = tuple(dict.fromkeys([maker.fact, *(fact.id for fact in facts)]))[:_FACTS]
        return Candidate(
            maker.id, maker.name, maker.leaf, maker.region, maker.scope == "foreign", sources, components, cited
        )

    def _node(self, node_id: str) -> Node:
        return self._nodes[node_id]

    def _pull(self, product: str) -> int:
        """How many neighbours on the chain have a confirmed local maker: its likely customers and inputs."""
        graph, supply = self._situation.chain.graph, self._situation.supply
        near = {*graph.predecessors(product), *graph.successors(product)} - {product}
        return sum(name in supply and supply[name].local.groups > 0 for name in near)

    def _is_here(self, node_id: str) -> bool:
        here = self._situation.region.code
        return any(self._regions.contains(here, place) for place in self._places.get(node_id, ()))

    def growing(self, product: str) -> list[Candidate]:
        """Local firms recorded as developing it: 研发 is not production, but a start."""
        return [
            one for one in self._researching(product, technologies=False)
            if one.id.startswith("Enterprise:") and self._is_here(one.id)
        ]  # fmt: skip

    def institutes(self, product: str) -> list[Candidate]:
        """Institutes recorded as working on it, a sub-type, or a technology it needs."""
        return [one for one in self._researching(product, technologies=True) if one.id.startswith("Institute:")]

    def _researching(self, product: str, *, technologies: bool) -> list[Candidate]:
        wanted = {self._ids[leaf] for leaf in self._situation.chain.leaves[product] if leaf in self._ids}
        if technologies:
            wanted |= {need for leaf in tuple(wanted) for need in self._needs.get(leaf, ())}
        found: dict[str, Candidate] = {}
        for edge in self._studies:
            if edge.target in wanted:
                found.setdefault(edge.source, self._scholar(edge))
        return [found[key] for key in sorted(found)]

    def _scholar(self, edge: Edge) -> Candidate:
        places = self._places.get(edge.source, ())
        region = max(places, key=lambda code: (len(self._regions.ancestors(code)), code)) if places else None
        facts = self._studied.get((edge.source, edge.target), ())
        components: dict[str, Component] = {"evidence": edge.sources, "honours": None, "capacity": None}
        return Candidate(
            edge.source, self._node(edge.source).name, self._node(edge.target).name, region, False, edge.sources,
            components, tuple(fact.id for fact in facts)[:_FACTS],
        )  # fmt: skip


def read_candidates(view: GraphView, situation: Situation, products: Sequence[str], top: int) -> Candidates:
    """Read what is known about the candidates of these products.

    The best supported 50 makers of each product in each scope are looked at (more where more are asked for), so
    that the hard filters and the ranking do not depend on how many are shown.
    """
    return Candidates(view, situation, products, max(top, _POOL))


def _product_ids(view: GraphView, situation: Situation, products: Iterable[str]) -> dict[str, str]:
    """Ids of the products and all their sub-types, which may lie outside the chain."""
    nodes = situation.chain.graph.nodes
    wanted = {leaf for product in products for leaf in situation.chain.leaves[product]}
    ids = {leaf: nodes[leaf]["id"] for leaf in wanted if leaf in nodes}
    for leaf in wanted - set(ids):
        ids.update({node.name: node.id for node in view.find(leaf, "Product") if node.name == leaf})
    return ids


def _by_ends(facts: Iterable[Fact]) -> dict[tuple[str, str], list[Fact]]:
    found: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.object_id is not None and fact.modality in CONFIRMED:
            found[fact.subject_id, fact.object_id].append(fact)
    return found


def _ties(view: GraphView, firms: Sequence[str]) -> dict[str, set[str]]:
    """With whom each firm has a recorded supply, cooperation or investment."""
    ties: dict[str, set[str]] = defaultdict(set)
    for relation in _TIES if firms else ():
        for edge in view.edges(relation, sources=firms):
            ties[edge.source].add(edge.target)
        for edge in view.edges(relation, targets=firms):
            ties[edge.target].add(edge.source)
    return ties


def _outgoing(view: GraphView, firms: Sequence[str]) -> dict[str, int]:
    """Investments a firm is known to have made; one without a record is left out, which does not mean none."""
    count: dict[str, int] = defaultdict(int)
    for edge in view.edges("INVESTS_IN", sources=firms) if firms else ():
        count[edge.source] += 1
    return dict(count)


def _needed_technologies(view: GraphView, ids: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for edge in view.edges("NEEDS_TECHNOLOGY", sources=sorted(set(ids.values()))):
        found[edge.source].append(edge.target)
    return found


def _places(view: GraphView, nodes: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for edge in view.edges("LOCATED_IN", sources=nodes) if nodes else ():
        if edge.modality in CONFIRMED:
            found[edge.source].append(edge.target.split(":", 1)[1])
    return found


def _distance(regions: Regions, code: str | None, here: Region) -> float | None:
    """Kilometres between the centres of two regions (great circle), None where one has no centre."""
    there = regions.get(code) if code is not None else here
    if code is None or None in (there.longitude, there.latitude, here.longitude, here.latitude):
        return None
    a, b = math.radians(there.latitude or 0), math.radians(here.latitude or 0)
    turn = math.radians((there.longitude or 0) - (here.longitude or 0))
    chord = math.sin((a - b) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn / 2) ** 2
    return round(2 * _EARTH_RADIUS_KM * math.asin(math.sqrt(chord)), 1)
