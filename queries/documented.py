"""How well a chain is documented here: counts that are printed beside every figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .supply import NO_SUPPLY

if TYPE_CHECKING:
    from .situation import Situation

__all__ = ["documented"]


def documented(situation: Situation) -> dict[str, Any]:
    """Products and finals, how many have makers, how many were searched here and by which sources.

    What is only supposed (:mod:`bulian.queries.assumption`) is no search and is not counted.
    """
    products = list(situation.chain.graph)
    supply = [situation.supply.get(product, NO_SUPPLY) for product in products]
    searched = [situation.here.made(product) for product in products]
    return {
        "products": len(products),
        "finals": len(situation.chain.finals),
        "with_any_maker": sum(s.china.groups + s.foreign.groups + s.unplaced.groups > 0 for s in supply),
        "with_local_maker": sum(s.local.groups > 0 for s in supply),
        "searched": sum(bool(found) for found in searched),
        "searched_sources": sorted({search.source for found in searched for search in found}),
    }
