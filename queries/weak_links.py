"""Weak links of a region on a chain: every product on two axes, with numbers, reasons, evidence and gaps in knowledge.

Method: ordered rules (:mod:`bulian.queries.rules`) over independent supply, single points of failure, searched
coverage and dated statements; definitions in ``docs/weak-links.md``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bulian.graph.regions import ROOT, Region
from bulian.graph.store import GraphView

from .chain_graph import ChainGraph, read_chain
from .claims import Claim, ProductClaims, read_claims
from .evidence import evidence_by_id
from .lacking import lacking
from .results import NATIONAL_LABELS, REGIONAL_LABELS, Evidence, Finding, RegionRef, WeakReport
from .rules import NATIONAL_RULES, REGIONAL_RULES, Case, first_rule
from .search import Searches, read_searches
from .settings import Settings
from .supply import Maker, ProductSupply, read_makers, read_supply

__all__ = ["Situation", "find_weak_links", "read_situation"]

_EVIDENCE_PER_SCOPE = 5
_EVIDENCE_OF_CLAIMS = 8
_EVIDENCE_OF_NEED = 3


@dataclass(frozen=True)
class Situation:
    """Everything the rules read about a region on a chain, fetched once."""

    region: Region
    around: tuple[str, ...]
    chain: ChainGraph
    supply: Mapping[str, ProductSupply]
    makers: Mapping[str, Sequence[Maker]]
    claims: Mapping[str, ProductClaims]
    here: Searches
    nationwide: Searches
    settings: Settings


def read_situation(
    view: GraphView, region: str, chain: str, settings: Settings, *, makers: int = _EVIDENCE_PER_SCOPE
) -> Situation:
    """Read what is known; the population is aggregated in the store, at most ``makers`` firms named per scope.

    Raises:
        NotFoundError: no such chain or region; AmbiguousNameError for a region name of several.
    """
    place = view.regions().resolve(region)
    graph = read_chain(view, chain, settings)
    pairs = graph.pairs()
    return Situation(
        place, view.regions().ancestors(place.code), graph,
        read_supply(view, pairs, place.code, settings), read_makers(view, pairs, place.code, makers),
        read_claims(view, graph.leaves, settings),
        read_searches(view, place.code), read_searches(view, ROOT), settings,
    )  # fmt: skip


def find_weak_links(view: GraphView, region: str, chain: str, settings: Settings | None = None) -> WeakReport:
    """Judge every product of a chain for a region.

    Args:
        view: the store.
        region: name or code of the region that counts as local.
        chain: name of the chain.
        settings: thresholds; the defaults if None.

    Returns:
        One finding per product, worst label first, then by how many finals it blocks.

    Raises:
        NotFoundError: no such chain or region; AmbiguousNameError for a region name of several.
    """
    situation = read_situation(view, region, chain, settings or Settings())
    cases = {product: _case(situation, product) for product in situation.chain.graph}
    cited = {product: _cited(situation, product) for product in cases}
    lines = evidence_by_id(view, {fact for facts in cited.values() for fact in facts})
    findings = [_finding(situation, product, case, cited[product], lines) for product, case in cases.items()]
    findings.sort(key=lambda finding: _urgency(situation, finding))
    place = RegionRef(situation.region.code, situation.region.full_name)
    return WeakReport(place, situation.chain.name, situation.settings.as_json(), _coverage(situation), tuple(findings))


def _urgency(situation: Situation, finding: Finding) -> tuple[int, int, int, bool, int, str]:
    """Label first, then how many finals stop, the national label, key components, how many products need it."""
    graph = situation.chain.graph
    return (
        REGIONAL_LABELS.index(finding.regional),
        -finding.numbers["blocks"],
        NATIONAL_LABELS.index(finding.national),
        not graph.nodes[finding.product]["key_component"],
        -graph.in_degree(finding.product),
        finding.product,
    )


def _case(situation: Situation, product: str) -> Case:
    supply = situation.supply.get(product, ProductSupply())
    claims = situation.claims.get(product, ProductClaims())
    settings = situation.settings
    shares = claims.domestic_shares()
    marginal = {share.number is not None and share.number <= settings.marginal_share for share in shares}
    quotient = claims.location_quotient(situation.region.code)
    some, none = claims.local_production(situation.around)
    return Case(
        local_groups=supply.local.groups,
        local_n_eff=supply.local.n_eff,
        domestic_groups=supply.china.groups,
        foreign_groups=supply.foreign.groups,
        absent_local=_absence(situation.here, product, supply.local.groups, _doubts(supply.local.doubt, some), settings),
        absent_national=_absence(
            situation.nationwide, product, supply.china.groups, _doubts(supply.china.doubt, ()), settings
        ),
        blocks=len(situation.chain.blocks[product]),
        lq=quotient.number if quotient else None,
        absence_stated=any(claim.dated for claim in none) and not _outdated(none, some),
        dependent=claims.dependent(settings),
        gap=claims.held_abroad(settings),
        domestic_share=shares[0].number if shares else None,
        share_disputed=len(marginal) == 2,
    )


def _doubts(doubt: float, some: Sequence[Claim]) -> list[float]:
    """Unverified claims as confidences: their joint doubt, and statements that there is a maker, unnamed."""
    return ([1 - doubt] if doubt < 1 else []) + [claim.confidence for claim in some]


def _outdated(none: Sequence[Claim], some: Sequence[Claim]) -> bool:
    """Whether a statement that there is a maker is at least as new as every one that there is none."""
    return bool(some) and max(claim.when for claim in some) >= max(claim.when for claim in none)


def _absence(searches: Searches, product: str, groups: int, doubts: Sequence[float], settings: Settings) -> float | None:
    """P_absent; zero where a supplier is confirmed although a source covers the product."""
    probability = searches.absence(product, doubts, settings)
    return 0.0 if probability is not None and groups else probability


def _finding(
    situation: Situation, product: str, case: Case, cited: Sequence[str], lines: Mapping[str, Evidence]
) -> Finding:
    settings = situation.settings
    regional = first_rule(REGIONAL_RULES, case, settings)
    national = first_rule(NATIONAL_RULES, case, settings)
    finals = len(situation.chain.finals)
    return Finding(
        product=product,
        regional=regional.label,
        national=national.label,
        severity=float(f"{case.blocks / finals:.12g}") if finals else 0.0,
        numbers=_numbers(situation, product, case, regional.id, national.id),
        reasons=_reasons(situation, product, case, regional.definition, national.definition),
        counterfactual=f"地区：{regional.otherwise}全国：{national.otherwise}",
        unknowns=lacking(situation, product, case),
        evidence=tuple(lines[fact] for fact in cited if fact in lines),
    )


def _rounded(value: float | None) -> float | None:
    """Twelve significant digits: sums may run in another order in another store."""
    return None if value is None else float(f"{value:.12g}")


def _numbers(situation: Situation, product: str, case: Case, regional: str, national: str) -> dict[str, Any]:
    supply = situation.supply.get(product, ProductSupply())
    return {
        "local_groups": case.local_groups,
        "local_firms": supply.local.firms,
        "local_n_eff": _rounded(case.local_n_eff),
        "local_capacity_known": supply.local.capacity_known,
        "domestic_groups": case.domestic_groups,
        "domestic_n_eff": _rounded(supply.china.n_eff),
        "domestic_provinces": supply.china.provinces,
        "foreign_groups": case.foreign_groups,
        "unplaced_groups": supply.unplaced.groups,
        "vague_groups": supply.vague.groups,
        "unverified_local": supply.local.unverified,
        "p_absent_local": _rounded(case.absent_local),
        "p_absent_national": _rounded(case.absent_national),
        "blocks": case.blocks,
        "finals": len(situation.chain.finals),
        "lq": case.lq,
        "dependent": case.dependent,
        "technology_gap": case.gap,
        "domestic_share": case.domestic_share,
        "rule_regional": regional,
        "rule_national": national,
    }


def _reasons(situation: Situation, product: str, case: Case, regional: str, national: str) -> tuple[str, ...]:
    place = situation.region.name
    reasons = [regional]
    if case.local_groups:
        makers = "、".join(m.name for m in situation.makers.get(product, ()) if m.scope == "local" and m.active)
        equal = "" if situation.supply[product].local.capacity_known else "，产能未知按等份计"
        reasons.append(
            f"{place}有 {case.local_groups} 家独立供应者（{makers}），有效供应者数 {case.local_n_eff:.3g}{equal}。"
        )
    elif case.absent_local is None:
        reasons.append(f"数据中未见{place}的供应者；没有来源声明查过，算不出“不存在”的把握。")
    else:
        reasons.append(f"数据中未见{place}的供应者；按查过的来源，“不存在”的把握为 {case.absent_local:.3g}。")
    if case.blocks:
        reasons.append(f"缺它会停掉 {case.blocks} 种终端产品：{'、'.join(situation.chain.blocks[product])}。")
    reasons.append(national)
    abroad = f"，境外 {case.foreign_groups} 家" if case.foreign_groups else ""
    reasons.append(f"证实的国内独立供应者 {case.domestic_groups} 家{abroad}。")
    share = situation.claims.get(product, ProductClaims()).newest("domestic_share")
    if share is not None:
        when = f"{share.when[:4]}年" if share.when else "未注明年份"
        reasons.append(f"国产化率的最新说法为 {share.value}（{when}）。")
    return tuple(reasons)


def _cited(situation: Situation, product: str) -> list[str]:
    """Facts to show, in order: makers here, else elsewhere; who needs it; what is said of it; what was searched."""
    makers = situation.makers.get(product, ())
    by_scope: dict[str, list[str]] = defaultdict(list)
    for maker in makers:
        by_scope[maker.scope].append(maker.fact)
    shown = by_scope["local"] or by_scope["domestic"][:3] + by_scope["foreign"][:2]
    needed = situation.chain.needing.get(product, [])[:_EVIDENCE_OF_NEED] if situation.chain.blocks[product] else []
    claims = situation.claims.get(product, ProductClaims()).claims
    said = [claim.fact for name in sorted(claims) for claim in claims[name]][:_EVIDENCE_OF_CLAIMS]
    searched = [search.fact for search in situation.here.of(product)]
    return list(dict.fromkeys([*shown, *needed, *said, *searched]))


def _coverage(situation: Situation) -> dict[str, Any]:
    """How well the chain is documented here; printed beside every figure."""
    products = list(situation.chain.graph)
    supply = [situation.supply.get(product, ProductSupply()) for product in products]
    sources = sorted({search.source for product in products for search in situation.here.of(product)})
    return {
        "products": len(products),
        "finals": len(situation.chain.finals),
        "with_any_maker": sum(s.china.groups + s.foreign.groups + s.unplaced.groups > 0 for s in supply),
        "with_local_maker": sum(s.local.groups > 0 for s in supply),
        "searched": sum(bool(situation.here.of(product)) for product in products),
        "searched_sources": sources,
    }
