"""The weak-link rules as data: two axes, ordered, the first that fits gives the label; no score is blended.

Method: ``docs/weak-links.md``. A rule has a stable id, the definition printed beside the label, and what would
change the label.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .results import NationalLabel, RegionalLabel
from .settings import Settings

__all__ = ["NATIONAL_RULES", "REGIONAL_RULES", "Case", "Rule", "first_rule"]

Label = TypeVar("Label")


@dataclass(frozen=True, slots=True)
class Case:
    """The numbers one product is judged by.

    Attributes:
        local_groups: confirmed independent local suppliers (firms of one group once); likewise the others.
        local_n_eff: effective number of local suppliers, 1/HHI; 0 without a supplier.
        perhaps_local: confirmed suppliers known only to be in an area around the region, smaller than China.
        absent_local: P_absent in the region; None where no source covers it.
        absent_national: P_absent in China; likewise.
        blocks: how many finals stop without the product.
        lq: location quotient; None where unknown.
        absence_stated: a dated source states that nobody makes it here.
        dependent: trade dependence; None where nothing decides it.
        gap: technology held abroad; None where nothing is said.
        domestic_share: newest dated 国产化率, None without one.
        share_disputed: dated 国产化率 stand on both sides of the marginal threshold.
    """

    local_groups: int = 0
    local_n_eff: float = 0.0
    domestic_groups: int = 0
    foreign_groups: int = 0
    perhaps_local: int = 0
    absent_local: float | None = None
    absent_national: float | None = None
    blocks: int = 0
    lq: float | None = None
    absence_stated: bool = False
    dependent: bool | None = None
    gap: bool | None = None
    domestic_share: float | None = None
    share_disputed: bool = False


@dataclass(frozen=True, slots=True)
class Rule(Generic[Label]):
    """One rule: ``id`` is stable across runs, ``definition`` is printed, ``otherwise`` is the counterfactual."""

    id: str
    label: Label
    definition: str
    otherwise: str
    applies: Callable[[Case, Settings], bool]


def _absent(probability: float | None, settings: Settings) -> bool:
    return probability is not None and probability >= settings.absent


def _nobody_here(case: Case, settings: Settings) -> bool:
    """Surely no supplier here. One that may be here, its county unknown, forbids saying so."""
    return case.local_groups == 0 and case.perhaps_local == 0 and _absent(case.absent_local, settings)


def _unsupplied(case: Case, settings: Settings) -> bool:
    """Surely no sufficient domestic supply: nobody makes it, or the share is marginal; no dated share disputes it."""
    nobody = case.domestic_groups == 0 and _absent(case.absent_national, settings)
    return not case.share_disputed and (nobody or _marginal(case, settings))


def _perhaps_unsupplied(case: Case) -> bool:
    return case.domestic_groups == 0 or case.share_disputed


def _marginal(case: Case, settings: Settings) -> bool:
    return case.domestic_share is not None and case.domestic_share <= settings.marginal_share


def _held_abroad(case: Case) -> bool:
    return bool(case.dependent) and bool(case.gap) and case.blocks > 0


REGIONAL_RULES: tuple[Rule[RegionalLabel], ...] = (
    Rule(
        "regional.broken", "断链", "本地没有证实的供应者，查过的来源足以认定不存在，且缺它会停掉终端产品。",
        "若有一家本地企业被证实生产它，则不再是断链（先为弱链）。",
        lambda case, s: _nobody_here(case, s) and case.blocks > 0,
    ),
    Rule(
        "regional.replaceable", "可替代缺口", "本地没有证实的供应者，查过的来源足以认定不存在，但缺它停不掉任何终端产品。",
        "若它成为某个终端产品唯一的必需投入，则为断链；若有一家本地企业被证实生产它，则先为弱链。",
        lambda case, s: _nobody_here(case, s),
    ),
    Rule(
        "regional.suspected", "疑似断链", "本地没有证实的供应者，缺它会停掉终端产品，有注明日期的来源说本地没有；查的来源还不足以认定。",
        "若再查的来源使“不存在”的把握达到阈值，则为断链；若查到一家本地企业，则先为弱链。",
        lambda case, s: case.local_groups == 0 and case.blocks > 0 and case.absence_stated,
    ),
    Rule(
        "regional.unknown", "未知", "数据中未见本地供应者，但还不能认定不存在（查得不够，或有企业只知在上级地区、可能就在本地）：未见不等于没有。",
        "若有一家本地企业被证实生产它，则先为弱链；若查的来源足以认定不存在，则为断链或可替代缺口。",
        lambda case, s: case.local_groups == 0,
    ),
    Rule(
        "regional.weak", "弱链", "本地只有一家独立供应者，或有效供应者数低于阈值（一家独大）。",
        "若再有一家独立的本地供应者且产能不过于悬殊，则有效供应者数可达阈值，为正常；区位商低于 1 时为短板。",
        lambda case, s: case.local_groups == 1 or case.local_n_eff < s.n_eff_weak,
    ),
    Rule(
        "regional.short", "短板", "本地有多家供应者，但区位商低于 1，专业化不及全国平均。",
        "若区位商达到 1，则为正常。",
        lambda case, s: case.lq is not None and case.lq < s.lq_low,
    ),
    Rule(
        "regional.strong", "强链", "本地有效供应者数与区位商都达到强链阈值。",
        "若有效供应者数或区位商降到阈值以下，则为正常。",
        lambda case, s: case.lq is not None and case.lq >= s.lq_strong and case.local_n_eff >= s.n_eff_strong,
    ),
    Rule(
        "regional.normal", "正常", "本地有多家独立供应者。",
        "若独立供应者减到一家，则为弱链；若区位商与有效供应者数达到阈值，则为强链。",
        lambda case, s: True,
    ),
)  # fmt: skip

NATIONAL_RULES: tuple[Rule[NationalLabel], ...] = (
    Rule(
        "national.choked", "卡脖子", "国内没有足够供给，贸易依赖境外，技术为境外所持，且缺它会停掉终端产品。",
        "若国内有了足够的供给（国产化率超过阈值），则不再是卡脖子。",
        lambda case, s: _held_abroad(case) and _unsupplied(case, s),
    ),
    Rule(
        "national.perhaps_choked", "疑似卡脖子", "同卡脖子，但国内供给是否不足还不能认定，或有日期的国产化率说法分居阈值两侧。",
        "若国内供给被证实足够，则为对外依赖；若认定不足，则为卡脖子。",
        lambda case, s: _held_abroad(case) and _perhaps_unsupplied(case),
    ),
    Rule(
        "national.dependent", "对外依赖", "依赖境外供给（贸易数据，或国产化率、进口依赖度的说法），不满足卡脖子的其他条件。",
        "若国产化率升过阈值、贸易不再集中，且有证实的国内生产企业，则为国内可供。",
        lambda case, s: bool(case.dependent) or _marginal(case, s),
    ),
    Rule(
        "national.supplied", "国内可供", "国内有证实的生产企业。",
        "若国内供应者都退出，则为未知或更重。",
        lambda case, s: case.domestic_groups > 0,
    ),
    Rule(
        "national.unknown", "未知", "没有证实的国内生产企业，也没有足以判断依赖境外的数据。",
        "若有一家国内企业被证实生产它，则为国内可供。",
        lambda case, s: True,
    ),
)  # fmt: skip


def first_rule(rules: Sequence[Rule[Label]], case: Case, settings: Settings) -> Rule[Label]:
    """The first rule that fits; the last always does."""
    return next(rule for rule in rules if rule.applies(case, settings))
