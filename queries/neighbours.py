"""What a product needs and who needs it on a chain, and how much of both a region makes.

An input is one row 需要, or one 替代组 with all its members; it is *here* when a confirmed maker of any member, or of a
sub-type of one, is in the region. A customer is a product of the chain with an input that the product, or a
super-type of it, meets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import networkx as nx
import pyarrow as pa

from .chain_graph import ChainGraph
from .stop_rules import Need
from .supply import NO_SUPPLY, ProductSupply

__all__ = ["Input", "Neighbours", "neighbour_pairs", "outside_pairs"]


@dataclass(frozen=True, slots=True)
class Input:
    """One thing a product needs: any one of ``objects`` will do, ``here`` are those with a local maker.

    ``essential`` is True for 必需, False for 非必需, None where no row says.
    """

    objects: tuple[str, ...]
    essential: bool | None
    here: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many; ``value`` is their ratio 0–1, None of nothing."""

    here: int
    all: int

    @property
    def value(self) -> float | None:
        """The ratio with twelve significant digits."""
        return float(f"{self.here / self.all:.12g}") if self.all else None


@dataclass(frozen=True)
class Neighbours:
    """Inputs and customers of the products of a chain, seen from a region."""

    chain: ChainGraph
    supply: Mapping[str, ProductSupply]

    def made(self, product: str) -> bool:
        """Whether a confirmed independent maker of it is in the region."""
        return self.supply.get(product, NO_SUPPLY).local.groups > 0

    @cached_property
    def _needs(self) -> dict[str, list[Need]]:
        found: dict[str, list[Need]] = defaultdict(list)
        for need in self.chain.rules.needs:
            found[need.product].append(need)
        return dict(found)

    @cached_property
    def _inputs(self) -> dict[str, tuple[Input, ...]]:
        """Of those asked for so far."""
        return {}

    @cached_property
    def _customers(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for need in self.chain.rules.needs:
            for name in need.members:
                for leaf in self.chain.leaves.get(name, (name,)):
                    found[leaf].add(need.product)
        return found

    def users(self) -> set[str]:
        """The products with an input that is made here."""
        made = {product for product in self.supply if self.made(product)}
        return {need.product for need in self.chain.rules.needs if not made.isdisjoint(need.members)}

    def inputs(self, product: str) -> tuple[Input, ...]:
        """What a product needs, 必需 first; empty where no row says."""
        if product not in self._inputs:
            needs = ((tuple(sorted(need.members)), need) for need in self._needs.get(product, ()))
            inputs = [Input(objects, _said(need), tuple(filter(self.made, objects))) for objects, need in needs]
            self._inputs[product] = tuple(sorted(inputs, key=_essential_first))
        return self._inputs[product]

    def customers(self, product: str) -> tuple[str, ...]:
        """The other products of the chain that need it, sorted."""
        return tuple(sorted(self._customers.get(product, set()) - {product}))

    def input_share(self, product: str, *, essential: bool = False) -> Share:
        """How much of what it needs is made here; of its 必需 inputs only with ``essential``."""
        inputs = [one for one in self.inputs(product) if one.essential or not essential]
        return Share(sum(bool(one.here) for one in inputs), len(inputs))

    def customer_share(self, product: str) -> Share:
        """How many of those who need it are made here."""
        customers = self.customers(product)
        return Share(sum(map(self.made, customers)), len(customers))


def neighbour_pairs(chain: ChainGraph) -> pa.Table:
    """Columns ``root`` and ``leaf`` for every product of the chain and every alternative from outside it."""
    return pa.concat_tables([chain.pairs(), outside_pairs(chain)])


def outside_pairs(chain: ChainGraph) -> pa.Table:
    """The same for the alternatives from outside the chain alone."""
    types: nx.DiGraph[str] = nx.DiGraph((parent, sub) for sub, parent in chain.rules.subtypes)
    outside = sorted({name for need in chain.rules.needs for name in need.members} - chain.graph.nodes)
    rows = [
        (name, leaf)
        for name in outside
        for leaf in sorted({name, *(nx.descendants(types, name) if name in types else ())})
    ]
    return pa.table({"root": pa.array([root for root, _ in rows], pa.string()),
                     "leaf": pa.array([leaf for _, leaf in rows], pa.string())})  # fmt: skip


_ORDER: Final = {True: 0, None: 1, False: 2}


def _essential_first(one: Input) -> tuple[int, tuple[str, ...]]:
    return _ORDER[one.essential], one.objects


def _said(need: Need) -> bool | None:
    """必需 where a row says so, 非必需 where all do, else not stated."""
    if need.blocking:
        return True
    return None if None in need.members.values() else False
