"""What would change a finding for China as a whole; see :mod:`bulian.queries.counterfactual`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from math import floor
from typing import TYPE_CHECKING, Any, Final

from bulian.graph.regions import ROOT

from .claims import NO_CLAIMS, Claim
from .counterfactual import Change, Rate, Step, Way, changes_told, rate_step, replaceable, told
from .rules import NATIONAL_RULES, Case, first_rule

if TYPE_CHECKING:
    from .settings import Settings
    from .situation import Situation

__all__ = ["national_changes"]

_SUPPLIED: Final = "国内可供"


def national_changes(situation: Situation, product: str, case: Case) -> tuple[Change, ...]:
    """What would change the label of a product for China, towards 国内可供 first."""
    settings, searches = situation.settings, situation.nationwide
    doubts = situation.doubts(product, ROOT)
    judged = Case(
        domestic_groups=min(1, case.domestic_groups), absent_national=case.absent_national, blocks=case.blocks,
        dependent=case.dependent, gap=case.gap, domestic_share=case.domestic_share, share_disputed=case.share_disputed,
    )  # fmt: skip
    if case.domestic_groups:
        label = _label_when_gone(judged, settings, searches.absence(product, 0, doubts, settings))
        if label is not None:
            return () if label == _SUPPLIED else (told("national", label, _all_gone(case.domestic_groups)),)
    trade = _independent(situation, product) if case.dependent else ()
    rate = None if case.domestic_groups else rate_step(searches, product, doubts, settings)
    return _national(judged, settings, trade, rate)


# Products differ in little that bears on China as a whole: of domestic makers, only whether there are any.
@lru_cache(maxsize=8192)
def _national(case: Case, settings: Settings, trade: Way, rate: Rate | None) -> tuple[Change, ...]:
    """The same of what is not 国内可供, from what alone bears on it."""
    return changes_told("national", NATIONAL_RULES, case, settings, _ways(case, settings, trade, rate))


@lru_cache(maxsize=8192)
def _label_when_gone(case: Case, settings: Settings, absent: float | None) -> str | None:
    """The label if all domestic makers left, with P_absent then; None of what is not 国内可供.

    The sources that were searched still stand.
    """
    if first_rule(NATIONAL_RULES, case, settings).label != _SUPPLIED:
        return None
    return first_rule(NATIONAL_RULES, replace(case, domestic_groups=0, absent_national=absent), settings).label


def _all_gone(groups: int) -> Way:
    return (Step("domestic_groups", groups, 0, f"国内 {groups} 家独立供应者都退出", (("domestic_groups", 0),)),)


def _ways(case: Case, settings: Settings, trade: Way, rate: Rate | None) -> Iterator[Way]:
    yield from _combined(_sufficient(case, settings), trade)
    if first_rule(NATIONAL_RULES, case, settings).label in ("卡脖子", "疑似卡脖子"):
        yield (Step("technology_gap", True, False, "技术不再为境外所持", (("gap", False),)),)
        yield (replaceable(case.blocks),)
    if rate is not None:
        yield (rate.step("absent_national"),)


def _combined(supply: Way, trade: Way) -> Iterator[Way]:
    """Enough supply and no dependence together, then each of them alone."""
    if supply and trade:
        # A dated 国产化率 that ends the dependence is above the marginal threshold as well.
        known = {name for step in trade for name, _ in step.apply}
        yield (*trade, *(step for step in supply if not known & {name for name, _ in step.apply}))
    for way in (supply, trade):
        if way:
            yield way


def _sufficient(case: Case, settings: Settings) -> Way:
    """What makes domestic supply sufficient: a maker where there is none, a share above the marginal one."""
    steps: list[Step] = []
    if case.domestic_groups == 0:
        text = "有一家国内企业被证实生产它"
        fields = {"domestic_groups": 1, "absent_national": None if case.absent_national is None else 0.0}
        steps.append(Step("domestic_groups", 0, 1, text, tuple(fields.items())))
    share = case.domestic_share
    if share is not None and (case.share_disputed or share <= settings.marginal_share):
        enough = max(share, _above(settings.marginal_share))
        text = f"有日期的国产化率说法都不低于 {enough:.0%}"
        steps.append(Step("domestic_share", share, enough, text,
                          (("domestic_share", enough), ("share_disputed", False))))  # fmt: skip
    return tuple(steps)


def _above(share: float) -> float:
    """The smallest whole per cent above a share, as shares are told in whole per cents."""
    above = (floor(share * 100) + 1) / 100
    return above if above > share else round(above + 0.01, 2)


def _independent(situation: Situation, product: str) -> Way:
    """What ends the dependence: other trade, or where there is no trade row, the claims that say so."""
    claims, limit = situation.claims.get(product, NO_CLAIMS), situation.settings.dependence_share
    if claims.trade is not None:
        text = "进口不再集中、或世界出口不再集中、或进口不再大于出口"
        return (Step("dependent", True, False, text, (("dependent", False),)),)
    parts: list[tuple[str, float, float]] = []
    texts: list[str] = []
    fields: dict[str, Any] = {"dependent": False}
    share, bought = claims.newest("domestic_share"), claims.newest("import_dependence")
    if share is not None and share.number is not None and share.number < limit:
        parts.append(("domestic_share", share.number, limit))
        texts.append(f"国产化率由 {share.number:.4g} 升到 {limit:g}")
        fields |= _raised(claims.domestic_shares(), share, situation.settings)
    if bought is not None and bought.number is not None and bought.number > limit:
        parts.append(("import_dependence", bought.number, limit))
        texts.append(f"进口依赖度由 {bought.number:.4g} 降到 {limit:g}")
    (what, now, to), *also = parts
    return (Step(what, now, to, "且".join(texts), tuple(fields.items()), tuple(also)),)


def _raised(shares: list[Claim], raised: Claim, settings: Settings) -> dict[str, Any]:
    """The fields a higher 国产化率 changes: only a dated one bears on whether supply is marginal."""
    if not shares or shares[0] is not raised:
        return {}
    numbers = [settings.dependence_share, *(claim.number for claim in shares[1:] if claim.number is not None)]
    marginal = {number <= settings.marginal_share for number in numbers}
    return {"domestic_share": settings.dependence_share, "share_disputed": len(marginal) == 2}
