"""What is known of a product turned into the numbers the rules judge it by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bulian.graph.regions import ROOT
from bulian.graph.store import GraphView

from .claims import NO_CLAIMS
from .rules import Case
from .settings import Settings
from .supply import NO_SUPPLY, ProductSupply, read_makers

if TYPE_CHECKING:
    from .situation import Situation

__all__ = ["case_of", "perhaps_strong", "read_honours", "rounded", "with_supply"]

_HONOURED: Final = 50


def rounded(value: float | None) -> float | None:
    """Twelve significant digits: sums may run in another order in another store."""
    return None if value is None else float(f"{value:.12g}")


def case_of(situation: Situation, product: str) -> Case:
    """The numbers a product of the chain is judged by."""
    claims, settings = situation.claims.get(product), situation.settings
    if claims is None:  # as of most products of a large chain
        return Case(honours=situation.honours.get(product), **_supplied(situation, product))
    shares = claims.domestic_shares()
    marginal = {share.number is not None and share.number <= settings.marginal_share for share in shares}
    quotient = claims.location_quotient(situation.region.code)
    return Case(
        lq=quotient.number if quotient else None,
        absence_stated=claims.absence_stated(situation.around, situation.inside),
        dependent=claims.dependent(settings),
        gap=claims.held_abroad(settings),
        domestic_share=shares[0].number if shares else None,
        share_disputed=len(marginal) == 2,
        honours=situation.honours.get(product),
        **_supplied(situation, product),
    )


def with_supply(case: Case, situation: Situation, product: str) -> Case:
    """The same statements, judged by the situation's supply and by what its chain says stops without the product."""
    return replace(case, **_supplied(situation, product))


def _supplied(situation: Situation, product: str) -> dict[str, Any]:
    supply = situation.supply.get(product, NO_SUPPLY)
    settings, doubts, here = situation.settings, situation.doubts, situation.region.code
    return {
        "local_groups": supply.local.groups,
        "local_n_eff": supply.local.n_eff,
        "domestic_groups": supply.china.groups,
        "foreign_groups": supply.foreign.groups,
        "perhaps_local": supply.near.groups,
        "absent_local": situation.here.absence(product, supply.local.groups, doubts(product, here), settings),
        "absent_national": situation.nationwide.absence(product, supply.china.groups, doubts(product, ROOT), settings),
        "blocks": len(situation.chain.blocks[product]),
        "national_share": national_share(supply),
    }


def national_share(supply: ProductSupply) -> float | None:
    """How many of the independent domestic suppliers are local, 0–1; None without a domestic one."""
    return rounded(supply.local.groups / supply.china.groups) if supply.china.groups else None


def perhaps_strong(situation: Situation, settings: Settings) -> list[str]:
    """The products that reach both thresholds of 强链 every such product has to reach, sorted."""
    found = []
    for product, supply in situation.supply.items():
        if supply.local.groups and supply.local.n_eff >= settings.n_eff_strong:
            quotient = situation.claims.get(product, NO_CLAIMS).location_quotient(situation.region.code)
            if quotient is not None and (quotient.number or 0.0) >= settings.lq_strong:
                found.append(product)
    return sorted(found)


def read_honours(view: GraphView, situation: Situation, products: Iterable[str]) -> Mapping[str, int]:
    """Honours of the confirmed local suppliers of these products, of the best supported 50 each.

    One honour of one group counts once, however many of its firms, products or sources name it.
    """
    wanted = list(products)
    if not wanted:
        return {}
    threshold = situation.settings.confidence
    made = read_makers(view, situation.chain.pairs(wanted), situation.region.code, _HONOURED)
    here = {
        product: [m for m in made.get(product, ()) if m.scope == "local" and m.active and m.confidence >= threshold]
        for product in wanted
    }
    nodes = view.nodes(ids=sorted({maker.id for makers in here.values() for maker in makers}))
    honours = {node.id: node.properties.get("honours", ()) for node in nodes}
    return {
        product: len({(maker.group, honour) for maker in makers for honour in honours.get(maker.id, ())})
        for product, makers in here.items()
    }
