"""A chain as the questions need it: AND/OR rows, finals, what supplies what, in one object read once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import networkx as nx
import pyarrow as pa

from bulian.graph.kinds import ESSENTIAL, NON_ESSENTIAL
from bulian.graph.modality import CONFIRMED
from bulian.graph.store import Chain, GraphView, Link

from .feasibility import AndOrGraph, Requirement, blocks, essential_if, finals
from .settings import Settings

if TYPE_CHECKING:
    from .figures import ChainFigures

__all__ = ["ChainGraph", "assembled", "read_chain"]


@dataclass(frozen=True)
class ChainGraph:
    """A chain read for analysis.

    ``graph`` is the chain as the store gives it, ``finals`` its 终端产品, ``leaves`` maps every product to itself
    and all its sub-types (of any chain): makers of those supply it. ``rules`` are its AND/OR rows; sub-types and
    alternatives from outside the chain are among its products, because one that runs satisfies a need.
    """

    name: str
    graph: Chain
    rules: AndOrGraph
    finals: tuple[str, ...]
    leaves: Mapping[str, tuple[str, ...]]

    @cached_property
    def blocks(self) -> dict[str, tuple[str, ...]]:
        """For every product, the finals that stop without it."""
        return blocks(self.rules, self.finals)

    @cached_property
    def if_essential(self) -> dict[str, list[tuple[str, int]]]:
        """For every product: (who would need it, how many finals it would newly stop) were a link 必需."""
        found: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for change in essential_if(self.rules, self.finals):
            gained = change.gains.get(change.object, ())
            if gained:
                found[change.object].append((change.product, len(gained)))
        return found

    @cached_property
    def needing(self) -> dict[str, list[str]]:
        """For every product, facts of the 必需 rows that need it: evidence for its blocking."""
        found: dict[str, list[str]] = defaultdict(list)
        for _, target, data in self.graph.edges(data=True):
            if data["relation"] == "REQUIRES" and data["essentiality"] == ESSENTIAL:
                found[target].append(data["fact"])
        return found

    @cached_property
    def needed(self) -> Counter[str]:
        """How many relations of the chain end in each product; those where none does are not in it."""
        return Counter(target for _, target in self.graph.edges())

    @cached_property
    def figures(self) -> ChainFigures:
        """What stands beside the findings and decides no label; see :func:`bulian.queries.figures.chain_figures`."""
        from .figures import chain_figures

        return chain_figures(self)

    def compute(self) -> None:
        """Compute what is computed once and kept: ``blocks``, ``if_essential``, ``needing``, ``needed``."""
        _ = self.blocks, self.if_essential, self.needing, self.needed

    def pairs(self, products: Iterable[str] | None = None) -> pa.Table:
        """Columns ``root`` and ``leaf``: makers of the leaf supply the root; of all products or of these."""
        wanted = self.leaves if products is None else dict.fromkeys(products)
        rows = [(root, leaf) for root in wanted for leaf in self.leaves[root]]
        roots, leaves = zip(*rows, strict=True) if rows else ((), ())
        return pa.table({"root": pa.array(roots, pa.string()), "leaf": pa.array(leaves, pa.string())})


def read_chain(view: GraphView, name: str, settings: Settings) -> ChainGraph:
    """Read a chain from a store.

    Only stated rows count. A 必需 row below the confidence threshold is taken as not stated: a doubtful
    requirement must not make anything 断链.

    Raises:
        NotFoundError: there is no such chain.
    """
    return assembled(view.chain(name), view.links(name), settings)


def assembled(graph: Chain, links: Iterable[Link], settings: Settings) -> ChainGraph:
    """A chain from its products and the rows said of them, as a store gives both; see :func:`read_chain`."""
    requirements, subtypes = [], []
    for source, target, data in links:
        if data["modality"] not in CONFIRMED:
            continue
        if data["relation"] == "IS_A":
            subtypes.append((source, target))
        elif source in graph:
            essential = {ESSENTIAL: True, NON_ESSENTIAL: False}.get(data["essentiality"])
            if essential and data["confidence"] < settings.confidence:
                essential = None
            requirements.append(Requirement(source, target, essential, data["alt_group"] or ""))
    leaves = _leaves(subtypes, sorted(graph))
    within = AndOrGraph(tuple(sorted(graph)), tuple(requirements), tuple(subtypes))
    marked = [product for product, data in graph.nodes(data=True) if data["final"]]
    alternatives = {row.object for row in requirements if row.alt_group}
    everything = sorted({leaf for kinds in leaves.values() for leaf in kinds} | alternatives)
    rules = AndOrGraph(tuple(everything), within.requirements, within.subtypes)
    return ChainGraph(graph.name, graph, rules, finals(within, marked), leaves)


def _leaves(subtypes: Sequence[tuple[str, str]], products: list[str]) -> dict[str, tuple[str, ...]]:
    taxonomy: nx.DiGraph[str] = nx.DiGraph()
    taxonomy.add_nodes_from(products)
    taxonomy.add_edges_from((sup, sub) for sub, sup in subtypes)
    return {
        product: tuple(sorted({product, *nx.descendants(taxonomy, product)})) if taxonomy.succ[product] else (product,)
        for product in products
    }
