"""What a finding does not know: missing searches, unverified or vague makers, conflicting statements, unstated needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from bulian.graph.regions import ROOT

from .claims import Claim, ProductClaims
from .registers import dependent, register_of
from .rules import Case
from .settings import Settings
from .supply import NO_SUPPLY

if TYPE_CHECKING:
    from .situation import Situation

__all__ = ["lacking"]

_SHOWN = 3
_SUPPLY = ("domestic_share", "import_dependence")
_UNDECIDED: Final = "没有国产化率、进口依赖度或贸易数据，不能判断是否依赖境外。"


def lacking(situation: Situation, product: str, case: Case) -> tuple[str, ...]:
    """Sentences on what data was lacking for this product, the next source to check first."""
    return (
        *_search(situation, product, case),
        *_nationwide(situation, product, case),
        *_makers(situation, product, case),
        *_statements(situation, product),
        *_needs(situation, product, case),
    )


def _search(situation: Situation, product: str, case: Case) -> Iterator[str]:
    """Which source to check next where what was searched does not settle absence; an assumption settles nothing."""
    if case.local_groups:
        return
    settings, here = situation.settings, situation.here.declared
    doubts, searched = situation.doubts(product, situation.region.code), [one.source for one in here.of(product)]
    settled = (here.absence(product, 0, doubts, settings) or 0.0) >= settings.absent
    if not settled:
        yield _next_step(situation.region.name, product, searched, here.rate_needed(product, doubts, settings))
        if case.absent_local is not None and case.absent_local >= settings.absent:
            yield "“不存在”的把握靠假设的检出率，没有实际查过，只能当作“如果查过会怎样”。"
    together = dependent(searched)
    for register, names in together:
        yield f"把握按各检索来源相互独立计算，但{'、'.join(names)}都取自{register}，并不独立，把握偏高；只应登记一个。"
    if settled and len(searched) > 1 and not together:
        yield "把握按各检索来源相互独立计算；同出一源的（如都取自工商登记的两个企业库）只应登记一个。"


def _next_step(place: str, product: str, searched: Sequence[str], needed: float | None) -> str:
    done = f"已查：{'、'.join(searched)}。" if searched else "还没有查过任何声明了检出率的来源。"
    if needed is None:
        return f"{done}下一步：先核实说本地有生产的说法，再谈有没有。"
    listed = "企查查、天眼查按经营范围导出，或行业协会、经信局名册"
    if any(register_of(source) for source in searched):  # the other company databases would show the same firms again
        listed = "行业协会、经信局名册等不取自工商登记的"
    return (
        f"{done}下一步：在{place}的企业名录（{listed}）里查“{product}”，并在“检索”表登记来源与检出率；"
        f"还要检出率不低于 {needed:.2g} 的一个独立来源，才能认定没有。"
    )


def _nationwide(situation: Situation, product: str, case: Case) -> Iterator[str]:
    """What is not known of makers in China as a whole."""
    settings = situation.settings
    if case.domestic_groups:
        return
    nationwide, doubts = situation.nationwide.declared, situation.doubts(product, ROOT)
    assumed = (nationwide.absence(product, 0, doubts, settings) or 0.0) < settings.absent
    if not assumed and case.absent_national is not None and case.absent_national >= settings.absent:
        if not case.dependent:
            yield "查过的来源认定国内没有生产企业，却没有数据说明依赖境外，供给从何而来不明。"
        return
    needed = nationwide.rate_needed(product, doubts, settings)
    rate = "" if needed is None else f"；还要检出率不低于 {needed:.2g} 的一个独立来源，才能认定没有"
    yield f"国内有没有生产企业未查清：应在全国范围的企业库里查“{product}”，并在“检索”表登记（地区填中国）{rate}。"


def _makers(situation: Situation, product: str, case: Case) -> Iterator[str]:
    supply = situation.supply.get(product, NO_SUPPLY)
    settings = situation.settings
    yield from _hints(situation, product, case)
    if supply.local.unverified:
        yield f"有 {supply.local.unverified} 家本地企业的生产说法置信度低于 {settings.confidence:g}，未计入，待核实。"
    if supply.near.groups:
        nearby = [code for code in situation.around[1:] if code != ROOT]
        names = _named(situation, product, "domestic", nearby)
        yield (
            f"有 {supply.near.groups} 家生产企业的所在地只知到上级地区{names}，可能就在{situation.region.name}。"
            "下一步：先查明它们在不在；查明之前不能说本地没有。"
        )
    if supply.vague.groups > supply.near.groups:
        names = _named(situation, product, "domestic", [ROOT])
        yield f"有 {supply.vague.groups - supply.near.groups} 家国内生产企业缺所在省市{names}，未计入本地。"
    if supply.unplaced.groups:
        names = _named(situation, product, "unplaced")
        yield f"有 {supply.unplaced.groups} 家生产企业不知在哪个国家和地区{names}，未计入。"
    gone = [m.name for m in situation.makers.get(product, ()) if not m.active and m.scope == "local"]
    if gone:
        yield f"{'、'.join(gone)}已注销或吊销，未计入。"
    if case.local_groups > 1 and not supply.local.capacity_known:
        yield "本地供应者的产能不全或单位不一，按等份计，有效供应者数可能偏高。"
    if case.domestic_groups == 1:
        yield "国内只见到一家证实的独立供应者，“国内可供”只凭它，产能与等级未核实。"
    if case.local_groups > 1 and case.lq is None:
        yield "没有区位商，不能判断短板或强链。"


def _hints(situation: Situation, product: str, case: Case) -> Iterator[str]:
    """Firms to check first where no local maker is confirmed; a hint is no maker, and its absence is no absence."""
    hints = situation.leads.get(product)
    if hints is not None and not case.local_groups:
        some = "、".join(hints.names) + ("等" if len(hints.names) < hints.firms else "")
        yield (
            f"线索：按登记的国民经济行业（GB/T 4754），{situation.region.name}有 {hints.firms} 家企业可能与它有关"
            f"（{some}）；行业代码比环节宽，不算生产，未计入任何判定，可先向它们核实。"
        )


def _named(situation: Situation, product: str, scope: str, places: Collection[str] | None = None) -> str:
    found = [
        maker.name
        for maker in situation.makers.get(product, ())
        if maker.scope == scope and maker.active and (places is None or maker.region in places)
    ][:_SHOWN]
    return f"（如{'、'.join(found)}）" if found else ""


def _statements(situation: Situation, product: str) -> Iterator[str]:
    claims = situation.claims.get(product)
    settings = situation.settings
    if claims is None:  # nobody says anything of it
        yield _UNDECIDED
        return
    yield from _shares(claims, settings)
    some = [*claims.made_in(situation.inside), *(c for c in claims.perhaps_made if situation.inside(c.region))]
    none = claims.absent_from(situation.around)
    if some and none:
        yield f"本地有没有生产，说法相反：{'；'.join(_told(claim) for claim in (*some, *none))}。"
    elif some:
        yield f"有来源说本地有生产，但没有点名企业，待核实：{'；'.join(_told(claim) for claim in some[:_SHOWN])}。"
    if any(not claim.dated for claim in none):
        yield "有来源说本地没有，但未注明日期，不作为依据。"
    if claims.doubtful:
        yield f"另有 {len(claims.doubtful)} 条说法置信度低于 {settings.confidence:g}，未采用。"
    if claims.trade is not None and claims.trade.dependent is None:
        reasons = "；".join(text for year in claims.trade.years for text in year.lacking) or "年份不足"
        yield f"贸易数据不足以判断是否依赖境外：{reasons}。"
    elif claims.trade is not None and claims.trade.partial:
        yield f"是否依赖境外按不足一年的数据判断：{'；'.join(claims.trade.partial)}。"
    if claims.dependent(settings) is None and claims.trade is None:
        yield _UNDECIDED
    elif claims.dependent(settings) and claims.held_abroad(settings) is None:
        yield "没有出口管制或专利数据，不能判断技术是否为境外所持。"


def _shares(claims: ProductClaims, settings: Settings) -> Iterator[str]:
    """Shares that stand on both sides of a threshold, with their dates; and shares nobody dates."""
    half, marginal = settings.dependence_share, settings.marginal_share
    sides: tuple[tuple[str, str, Callable[[float], tuple[bool, ...]]], ...] = (
        ("domestic_share", "国产化率", lambda share: (share < half, share <= marginal)),
        ("import_dependence", "进口依赖度", lambda share: (share > half,)),
        ("top_country_patent_share", "首位国家专利份额", lambda share: (share >= settings.patent_share,)),
        ("technology_advantage", "技术显示优势（RTA）", lambda rta: (rta < settings.technology_advantage,)),
    )
    for name, label, side in sides:
        numbered = [claim for claim in claims.national(name) if claim.number is not None]
        if len({side(claim.number) for claim in numbered if claim.number is not None}) > 1:
            yield f"{label}的说法不一，分居阈值两侧：{'；'.join(_told(claim) for claim in numbered)}。"
        if name in _SUPPLY and numbered and not any(claim.dated for claim in numbered):
            yield f"{label}的说法都未注明日期，不足以认定国内供给不足。"
    share, bought = claims.newest("domestic_share"), claims.newest("import_dependence")
    if share is not None and bought is not None and (share.number or 0.0) >= half < (bought.number or 0.0):
        yield f"国产化率（{_told(share)}）与进口依赖度（{_told(bought)}）的说法相反，按依赖境外计。"


def _told(claim: Claim) -> str:
    said_by = claim.source if "://" in claim.source else claim.source.replace("\\", "/").rsplit("/", 1)[-1]
    return f"{claim.value}（{claim.when or '无日期'}，{said_by}）"


def _needs(situation: Situation, product: str, case: Case) -> Iterator[str]:
    """Links whose essentiality nobody states: what would change if they were 必需."""
    would = situation.chain.if_essential.get(product, [])
    if would:
        told = "；".join(f"“{user}”对它的需要若为必需，将多停 {count} 种终端产品" for user, count in would[:_SHOWN])
        more = f"等 {len(would)} 处" if len(would) > _SHOWN else ""
        yield f"有的需要未说明必要性，未计入阻断：{told}{more}。"
    if not case.blocks and product not in situation.chain.needed:
        yield "链上没有登记谁需要它，阻断数可能偏低。"
