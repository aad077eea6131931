"""Everything the rules read about a region on a chain, fetched once: a handful of bulk reads of the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from bulian.graph.regions import ROOT, Region, Regions
from bulian.graph.store import GraphView

from .cases import perhaps_strong, read_honours
from .chain_graph import ChainGraph, read_chain
from .claims import ProductClaims, read_claims
from .leads import Leads, read_leads
from .search import Searches, read_searches
from .settings import Settings
from .supply import NO_SUPPLY, Maker, ProductSupply, read_makers, read_supply

__all__ = ["Situation", "read_situation"]

_EVIDENCE_PER_SCOPE = 5


@dataclass(frozen=True)
class Situation:
    """Everything the rules read about a region on a chain, fetched once; ``honours`` only of what may be 强链.

    ``assumptions`` are told of the detection rates that are only supposed (:mod:`bulian.queries.assumption`). ``leads``
    are hints to check first; no rule reads them.
    """

    regions: Regions
    region: Region
    around: tuple[str, ...]
    chain: ChainGraph
    supply: Mapping[str, ProductSupply]
    makers: Mapping[str, Sequence[Maker]]
    claims: Mapping[str, ProductClaims]
    here: Searches
    nationwide: Searches
    settings: Settings
    honours: Mapping[str, int] = field(default_factory=dict)
    assumptions: tuple[Mapping[str, Any], ...] = ()
    leads: Mapping[str, Leads] = field(default_factory=dict)
    _doubts: dict[tuple[str, str], list[float]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def inside(self, code: str) -> bool:
        """Whether a region is the one asked for or a part of it."""
        return self.regions.contains(self.region.code, code)

    def doubts(self, product: str, area: str) -> list[float]:
        """What speaks against absence in the region or in China: makers not confirmed, and statements of unnamed ones."""
        known = self._doubts.get((product, area))
        if known is None:
            supply = self.supply.get(product, NO_SUPPLY)
            doubt = (supply.china if area == ROOT else supply.local).doubt
            claims = self.claims.get(product)
            said = claims.doubts_of_absence(lambda code: self.regions.contains(area, code)) if claims else ()
            known = self._doubts[product, area] = [*([1 - doubt] if doubt < 1 else []), *said]
        return known


def read_situation(
    view: GraphView,
    region: str,
    chain: str,
    settings: Settings,
    *,
    makers: int = _EVIDENCE_PER_SCOPE,
    figures: bool = False,
) -> Situation:
    """Read what is known; the population is aggregated in the store, at most ``makers`` firms named per scope.

    With ``figures`` those of the chain are computed as well while the store works.

    Raises:
        NotFoundError: no such chain or region; AmbiguousNameError for a region name of several.
    """
    regions = view.regions()
    place = regions.resolve(region)
    graph = read_chain(view, chain, settings)
    pairs = graph.pairs()
    with ThreadPoolExecutor(max_workers=2) as reader:  # two questions side by side; the chain is computed meanwhile
        supply = reader.submit(read_supply, view, pairs, place.code, settings)
        made = reader.submit(read_makers, view, pairs, place.code, makers)
        said = reader.submit(read_claims, view, graph.leaves, settings)
        searched = [reader.submit(read_searches, view, area) for area in (place.code, ROOT)]
        hinted = reader.submit(read_leads, view, pairs, place.code)
        graph.compute()
        _ = graph.figures if figures else None
    situation = Situation(
        regions, place, regions.ancestors(place.code), graph, supply.result(), made.result(), said.result(),
        searched[0].result(), searched[1].result(), settings, leads=hinted.result(),
    )  # fmt: skip
    return replace(situation, honours=read_honours(view, situation, perhaps_strong(situation, settings)))
