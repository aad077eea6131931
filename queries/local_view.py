"""A region on a chain, as the questions about diversification read it: links, supply, and its peers' makers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bulian.graph.region_levels import level_of
from bulian.graph.regions import Region
from bulian.graph.store import GraphView

from .chain_graph import ChainGraph, read_chain
from .neighbours import Neighbours, neighbour_pairs, outside_pairs
from .region_products import RegionProducts, read_region_products
from .settings import Settings
from .supply import NO_SUPPLY, ProductSupply, read_supply

__all__ = ["LocalView", "local_view_of", "read_local_view"]


@dataclass(frozen=True)
class LocalView:
    """A region on a chain; ``cells`` are who makes what in it and its peers, None where it has none or none were read."""

    place: Region
    chain: ChainGraph
    links: Neighbours
    cells: RegionProducts | None
    settings: Settings

    def with_peers(self, view: GraphView) -> LocalView:
        """The same with ``cells`` of the level at which the region is an area, if there is one."""
        level = level_of(view.regions(), self.place.code)
        if level is None:
            return self
        return replace(self, cells=read_region_products(view, self.chain, level, self.settings))

    def coverage(self, product: str) -> dict[str, Any]:
        """Who makes it where, and how much of what it needs and of who needs it is made here; None of nothing."""
        inputs, essential = self.links.input_share(product), self.links.input_share(product, essential=True)
        customers, supply = self.links.customer_share(product), self.links.supply.get(product, NO_SUPPLY)
        return {
            "local_groups": supply.local.groups,
            "near_groups": supply.near.groups,
            "unverified_local": supply.local.unverified,
            "domestic_groups": supply.china.groups,
            "foreign_groups": supply.foreign.groups,
            "inputs": inputs.all,
            "inputs_here": inputs.here,
            "input_coverage": inputs.value,
            "essential_inputs": essential.all,
            "essential_here": essential.here,
            "essential_coverage": essential.value,
            "customers": customers.all,
            "customers_here": customers.here,
            "customer_coverage": customers.value,
        }


def read_local_view(view: GraphView, region: str, chain: str, settings: Settings) -> LocalView:
    """Read a region on a chain, without its peers.

    Raises:
        NotFoundError: no such chain or region; AmbiguousNameError for a region name of several.
    """
    place = view.regions().resolve(region)
    graph = read_chain(view, chain, settings)
    supply = read_supply(view, neighbour_pairs(graph), place.code, settings)
    return LocalView(place, graph, Neighbours(graph, supply), None, settings)


def local_view_of(
    view: GraphView, place: Region, chain: ChainGraph, supply: Mapping[str, ProductSupply], settings: Settings
) -> LocalView:
    """The same where the chain and the supply of its products were read already."""
    outside = outside_pairs(chain)
    more = read_supply(view, outside, place.code, settings) if outside.num_rows else {}
    return LocalView(place, chain, Neighbours(chain, {**supply, **more}), None, settings)
