"""What a finding does not know: missing searches, unverified or vague makers, conflicting statements, unstated needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .claims import Claim, ProductClaims
from .rules import Case
from .supply import ProductSupply

if TYPE_CHECKING:
    from .weak_links import Situation

__all__ = ["lacking"]

_SHOWN = 3


def lacking(situation: Situation, product: str, case: Case) -> tuple[str, ...]:
    """Sentences on what data was lacking for this product, the next source to check first."""
    return (
        *_search(situation, product, case),
        *_makers(situation, product, case),
        *_statements(situation, product),
        *_needs(situation, product, case),
    )


def _search(situation: Situation, product: str, case: Case) -> Iterator[str]:
    """Which source to check next where absence is not settled."""
    if case.local_groups:
        return
    settings, place = situation.settings, situation.region.name
    if case.absent_local is not None and case.absent_local >= settings.absent:
        return
    supply = situation.supply.get(product, ProductSupply())
    doubts = [1 - supply.local.doubt] if supply.local.doubt < 1 else []
    needed = situation.here.rate_needed(product, doubts, settings)
    searched = "、".join(search.source for search in situation.here.of(product))
    done = f"已查：{searched}。" if searched else "还没有查过任何声明了检出率的来源。"
    if needed is None:
        yield f"{done}下一步：先核实置信度低于 {settings.confidence:g} 的本地生产说法，再谈有没有。"
        return
    yield (
        f"{done}下一步：在{place}的企业名录（企查查、天眼查按经营范围导出，或行业协会、经信局名册）里查“{product}”，"
        f"并在“检索”表登记来源与检出率；还要检出率不低于 {needed:.2g} 的一个独立来源，才能认定没有。"
    )


def _makers(situation: Situation, product: str, case: Case) -> Iterator[str]:
    supply = situation.supply.get(product, ProductSupply())
    settings = situation.settings
    if supply.local.unverified:
        yield f"有 {supply.local.unverified} 家本地企业的生产说法置信度低于 {settings.confidence:g}，未计入，待核实。"
    if supply.vague.groups:
        names = _named(situation, product, "domestic", vague=True)
        yield f"有 {supply.vague.groups} 家生产企业的所在地只知到上级地区{names}，可能就在{situation.region.name}。"
    if supply.unplaced.groups:
        names = _named(situation, product, "unplaced")
        yield f"有 {supply.unplaced.groups} 家生产企业不知在哪个国家和地区{names}，未计入。"
    gone = [m.name for m in situation.makers.get(product, ()) if not m.active and m.scope == "local"]
    if gone:
        yield f"{'、'.join(gone)}已注销或吊销，未计入。"
    if case.local_groups and not supply.local.capacity_known:
        yield "本地供应者的产能不全或单位不一，按等份计，有效供应者数可能偏高。"
    if case.local_groups > 1 and case.lq is None:
        yield "没有区位商，不能判断短板或强链。"


def _named(situation: Situation, product: str, scope: str, *, vague: bool = False) -> str:
    found = [
        maker.name
        for maker in situation.makers.get(product, ())
        if maker.scope == scope and maker.active and (not vague or maker.region in situation.around)
    ][:_SHOWN]
    return f"（如{'、'.join(found)}）" if found else ""


def _statements(situation: Situation, product: str) -> Iterator[str]:
    claims = situation.claims.get(product, ProductClaims())
    settings = situation.settings
    for name, label, limits in (
        ("domestic_share", "国产化率", (settings.dependence_share, settings.marginal_share)),
        ("import_dependence", "进口依赖度", (settings.dependence_share,)),
    ):
        numbered = [claim for claim in claims.national(name) if claim.number is not None]
        if any(_both_sides(numbered, limit) for limit in limits):
            yield f"{label}的说法不一，分居阈值两侧：{'；'.join(_told(claim) for claim in numbered)}。"
        undated = [claim for claim in numbered if not claim.dated]
        if undated and len(undated) == len(numbered):
            yield f"{label}的说法都未注明日期，不足以认定国内供给不足。"
    some, none = claims.local_production(situation.around)
    if some and none:
        yield f"本地有没有生产，说法相反：{'；'.join(_told(claim) for claim in (*some, *none))}。"
    if any(not claim.dated for claim in none):
        yield "有来源说本地没有，但未注明日期，不作为依据。"
    if claims.doubtful:
        yield f"另有 {len(claims.doubtful)} 条说法置信度低于 {settings.confidence:g}，未采用。"
    if claims.trade is not None and claims.trade.dependent is None:
        reasons = "；".join(text for year in claims.trade.years for text in year.lacking) or "年份不足"
        yield f"贸易数据不足以判断是否依赖境外：{reasons}。"
    if claims.dependent(settings) is None and claims.trade is None:
        yield "没有国产化率、进口依赖度或贸易数据，不能判断是否依赖境外。"
    elif claims.dependent(settings) and claims.held_abroad(settings) is None:
        yield "没有出口管制或专利数据，不能判断技术是否为境外所持。"


def _both_sides(claims: list[Claim], limit: float) -> bool:
    return len({claim.number is not None and claim.number <= limit for claim in claims}) == 2


def _told(claim: Claim) -> str:
    return f"{claim.value}（{claim.when or '无日期'}，{claim.source}）"


def _needs(situation: Situation, product: str, case: Case) -> Iterator[str]:
    """Links whose essentiality nobody states: what would change if they were 必需."""
    would = situation.chain.if_essential.get(product, [])
    if would:
        told = "；".join(f"“{user}”对它的需要若为必需，将多停 {count} 种终端产品" for user, count in would[:_SHOWN])
        more = f"等 {len(would)} 处" if len(would) > _SHOWN else ""
        yield f"有的需要未说明必要性，未计入阻断：{told}{more}。"
    if not case.blocks and not situation.chain.graph.in_degree(product):
        yield "链上没有登记谁需要它，阻断数可能偏低。"
