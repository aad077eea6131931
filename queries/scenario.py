"""Scenarios: what of a chain stops when a firm, a region, a country, a product or everything abroad is gone.

Method: what is named is first turned into products that are no longer made, then the exact cascade of
:mod:`bulian.queries.feasibility` runs. A product loses its makers only when *all* its confirmed ones are among those
taken away, counted in the store; one that nobody is known to make keeps running, because not known is not absent.
Definitions: ``docs/feasibility.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import pyarrow as pa

from bulian.graph.errors import UsageError
from bulian.graph.region_remaining import Removal
from bulian.graph.store import GraphView

from .chain_graph import read_chain
from .feasibility import AndOrGraph, cascade
from .results import RegionRef
from .scenario_names import Taken, resolve_taken
from .settings import Settings
from .synthetic import synthetic_sources

__all__ = ["LostProduct", "ScenarioReport", "StoppedFinal", "Taken", "run_scenario"]


@dataclass(frozen=True, slots=True)
class StoppedFinal:
    """A final that stops; ``because`` leads from what was taken away over products to the final itself."""

    product: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LostProduct:
    """A product that loses every confirmed maker.

    ``firms`` and ``groups`` (firms of one group once) made it before, ``firms_left`` and ``groups_left`` are 0.
    ``by`` names what was taken away and made it.
    """

    product: str
    firms: int
    firms_left: int
    groups: int
    groups_left: int
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScenarioReport:
    """What stops and what runs, over the finals of a chain.

    ``without`` are the names of what was taken away, ``taken`` what each was understood as. ``lost`` are products
    without a maker left, ``also_stopped`` products of the chain that stop and are no finals. ``unknowns`` are products
    that nobody is known to make: they keep running, as do ``made_elsewhere`` (made, but not in ``region``, which alone
    is looked at; None for everywhere). ``notes`` say what could not be told. ``synthetic`` names synthetic sources.
    """

    without: tuple[str, ...]
    stopped: tuple[StoppedFinal, ...]
    running: tuple[str, ...]
    taken: tuple[Taken, ...]
    lost: tuple[LostProduct, ...]
    also_stopped: tuple[str, ...]
    unknowns: tuple[str, ...]
    made_elsewhere: tuple[str, ...]
    notes: tuple[str, ...]
    chain: str
    region: RegionRef | None
    settings: Mapping[str, Any]
    synthetic: tuple[str, ...]


@dataclass(frozen=True)
class _Supply:
    """Who makes what before and after: the rows of the store by product."""

    view: GraphView
    leaves: Mapping[str, Sequence[str]]
    confidence: float
    region: str | None

    def rows(self, roots: Iterable[str], removal: Removal) -> dict[str, dict[str, Any]]:
        pairs = [(root, leaf) for root in roots for leaf in self.leaves[root]]
        columns = zip(*pairs, strict=True) if pairs else ((), ())
        table = pa.table(dict(zip(("root", "leaf"), (pa.array(c, pa.string()) for c in columns), strict=True)))
        answer = self.view.remaining(table, self.confidence, self.region, removal)
        return {row["root"]: row for row in answer.to_pylist()}


def run_scenario(
    view: GraphView,
    chain: str,
    without: Sequence[str],
    region: str | None = None,
    settings: Settings | None = None,
) -> ScenarioReport:
    """Take away what is named and see which finals of a chain stop.

    Args:
        view: the store.
        chain: name of the chain.
        without: firms, regions, countries, products (by name, alias, code or id) or 境外.
        region: name or code of a region whose makers alone count as supply; everywhere if None.
        settings: thresholds; the defaults if None.

    Raises:
        UsageError: nothing is named.
        NotFoundError: no such chain, region or name; AmbiguousNameError for a name of several things.
    """
    if not without:
        raise UsageError("请用 --without 说出拿走什么", hint="企业、地区、国家、产品的名称，或 境外。")
    chosen = settings or Settings()
    place = view.regions().resolve(region) if region is not None else None
    read = read_chain(view, chain, chosen)
    graph, leaves = _with_all_subtypes(read.rules)
    taken = resolve_taken(view, without, graph.known)
    supply = _Supply(view, leaves, chosen.confidence, place.code if place else None)
    rows = supply.rows(graph.products, _together(taken)) if any(not one.product for one in taken) else None
    lost = _lost(supply, rows or {}, taken)
    named = {one.name: one.name for one in taken if one.product}
    causes = {product.product: product.by[0] for product in lost} | named
    paths = {name: _told(path, causes) for name, path in cascade(graph, causes).because.items()}
    finals = frozenset(read.finals)
    return ScenarioReport(
        without=tuple(one.name for one in taken),
        stopped=tuple(StoppedFinal(final, paths[final]) for final in read.finals if final in paths),
        running=tuple(final for final in read.finals if final not in paths),
        taken=taken,
        lost=tuple(lost),
        also_stopped=tuple(sorted(name for name in read.graph if name in paths and name not in finals)),
        unknowns=tuple(sorted(graph.known - rows.keys())) if rows is not None else (),
        made_elsewhere=tuple(name for name, row in sorted((rows or {}).items()) if not row["firms"]),
        notes=_notes(rows, taken, lost),
        chain=read.name,
        region=RegionRef(place.code, place.full_name) if place else None,
        settings=chosen.as_json(),
        synthetic=synthetic_sources(view),
    )


def _with_all_subtypes(rules: AndOrGraph) -> tuple[AndOrGraph, dict[str, tuple[str, ...]]]:
    """The chain with every sub-type of its products (any that runs meets a need), and who supplies what.

    A product is supplied by the makers of itself and of its sub-types, direct or not.
    """
    kinds: nx.DiGraph[str] = nx.DiGraph()
    kinds.add_nodes_from(rules.products)
    kinds.add_edges_from((parent, sub) for sub, parent in rules.subtypes)
    below = {name: nx.descendants(kinds, name) for name in rules.products if kinds.succ[name]}
    more = set().union(*below.values()) - rules.known
    names = (*rules.products, *sorted(more))
    leaves = {name: (name, *sorted(nx.descendants(kinds, name) - {name})) for name in names}
    return AndOrGraph(names, rules.requirements, rules.subtypes) if more else rules, leaves


def _together(taken: Iterable[Taken]) -> Removal:
    """Everything that takes makers away, as one removal."""
    parts = [one.removal for one in taken]
    return Removal(
        tuple(firm for part in parts for firm in part.firms),
        tuple(code for part in parts for code in part.regions),
        any(part.foreign for part in parts),
    )


def _lost(supply: _Supply, rows: Mapping[str, Mapping[str, Any]], taken: Sequence[Taken]) -> list[LostProduct]:
    """Products without a maker left, sorted; what took most of its makers is named first, then as given."""
    gone = sorted(name for name, row in rows.items() if row["firms"] and not row["firms_left"])
    takers = [one for one in taken if not one.product]
    alone = {one.name: supply.rows(gone, one.removal) for one in takers} if gone and len(takers) > 1 else {}
    found = []
    for name in gone:
        left = {one.name: alone[one.name][name]["firms_left"] if alone else 0 for one in takers}
        by = sorted((who for who in left if left[who] < rows[name]["firms"]), key=left.__getitem__)
        numbers = {key: rows[name][key] for key in ("firms", "firms_left", "groups", "groups_left")}
        found.append(LostProduct(name, **numbers, by=tuple(by)))
    return found


def _told(path: Sequence[str], causes: Mapping[str, str]) -> tuple[str, ...]:
    """A path of the cascade the other way round, from what was taken away to what stopped."""
    cause = causes[path[-1]]
    down = tuple(reversed(path))
    return down if cause == down[0] else (cause, *down)


def _notes(
    rows: Mapping[str, Mapping[str, Any]] | None, taken: Sequence[Taken], lost: Sequence[LostProduct]
) -> tuple[str, ...]:
    """What the answer cannot tell, as sentences."""
    if rows is None:
        return ()
    notes = []
    if not any(row["firms"] for row in rows.values()):
        notes.append("没有一个产品有证实的生产企业计入供给，拿走企业、地区或境外看不出影响：未见不等于没有。")
    elif not lost:
        notes.append("没有产品失去全部证实的生产企业。")
    unsure = sum(row["unsure"] > 0 for row in rows.values())
    if unsure:
        notes.append(f"{unsure} 个产品还剩的企业里，有的所在地不明或只知在上级地区，也可能在拿走的之列。")
    return (*notes, *(f"“{one.name}”按所属集团计，含 {len(one.firms)} 家企业。" for one in taken if len(one.firms) > 1))
