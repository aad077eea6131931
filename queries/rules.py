"""The weak-link rules as data: two axes, ordered, the first that fits gives the label; no score is blended.

Method: ``docs/weak-links.md``. A rule has a stable id, a title, the definition printed beside the label, the population
it is judged over (its denominator), the thresholds it reads, and what would change the label.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from .results import NationalLabel, RegionalLabel
from .settings import Settings

__all__ = ["NATIONAL_RULES", "REGIONAL_RULES", "Case", "Population", "Rule", "first_rule"]

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
        national_share: local groups among the domestic ones; None without a domestic one.
        honours: honours of the local suppliers; None where they were not looked at.
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
    national_share: float | None = None
    honours: int | None = None


@dataclass(frozen=True, slots=True)
class Population:
    """What a rule is judged over: its denominator in words, and which cases belong to it."""

    title: str
    includes: Callable[[Case], bool]


@dataclass(frozen=True, slots=True)
class Rule(Generic[Label]):
    """One rule as data.

    ``id`` is stable across runs, ``title`` its short name, ``definition`` is printed beside the label, ``otherwise`` is the
    counterfactual. ``population`` is what it is judged over: whatever it fits belongs to it. ``thresholds`` are the
    names of the settings it rests on, those that decide what counts as confirmed included.
    """

    id: str
    label: Label
    title: str
    population: Population
    thresholds: tuple[str, ...]
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


def _strong(case: Case, settings: Settings) -> bool:
    """Several independent suppliers, specialised; share and honours are asked for only where a threshold is set."""
    if case.lq is None or case.lq < settings.lq_strong or case.local_n_eff < settings.n_eff_strong:
        return False
    share = settings.strong_national_share
    honours = settings.strong_honours
    return (not share or (case.national_share or 0.0) >= share) and (not honours or (case.honours or 0) >= honours)


_ALL: Final = Population("链上全部产品", lambda case: True)
_MISSING: Final = Population("本地没有证实供应者的产品", lambda case: case.local_groups == 0)
_MADE: Final = Population("本地有证实供应者的产品", lambda case: case.local_groups > 0)
_MEASURED: Final = Population(
    "本地有证实供应者且区位商已知的产品", lambda case: case.local_groups > 0 and case.lq is not None
)
_HELD: Final = Population(
    "是否依赖境外、技术是否为境外所持都有数据可判的产品", lambda case: case.dependent is not None and case.gap is not None
)
_TRADED: Final = Population(
    "是否依赖境外有数据可判的产品", lambda case: case.dependent is not None or case.domestic_share is not None
)
_UNMADE: Final = Population("没有证实的国内生产企业的产品", lambda case: case.domestic_groups == 0)

_ABSENCE: Final = ("confidence", "prior", "absent")
_TRADE: Final = ("concentration", "import_ratio", "dependence_years", "dependence_window", "dependence_share")
_STRENGTH: Final = ("confidence", "n_eff_strong", "lq_strong", "strong_national_share", "strong_honours")
_ABROAD: Final = (*_ABSENCE, *_TRADE, "marginal_share", "patent_share", "technology_advantage")

REGIONAL_RULES: tuple[Rule[RegionalLabel], ...] = (
    Rule(
        "regional.broken", "断链", "本地断点", _MISSING, _ABSENCE,
        "本地没有证实的供应者，查过的来源足以认定不存在，且缺它会停掉终端产品。",
        "若有一家本地企业被证实生产它，则不再是断链（先为弱链）。",
        lambda case, s: _nobody_here(case, s) and case.blocks > 0,
    ),
    Rule(
        "regional.replaceable", "可替代缺口", "本地缺口，可以替代", _MISSING, _ABSENCE,
        "本地没有证实的供应者，查过的来源足以认定不存在，但缺它停不掉任何终端产品。",
        "若它成为某个终端产品唯一的必需投入，则为断链；若有一家本地企业被证实生产它，则先为弱链。",
        lambda case, s: _nobody_here(case, s),
    ),
    Rule(
        "regional.suspected", "疑似断链", "本地疑似断点", _MISSING, ("confidence",),
        "本地没有证实的供应者，缺它会停掉终端产品，有注明日期的来源说本地没有；查的来源还不足以认定。",
        "若再查的来源使“不存在”的把握达到阈值，则为断链；若查到一家本地企业，则先为弱链。",
        lambda case, s: case.local_groups == 0 and case.blocks > 0 and case.absence_stated,
    ),
    Rule(
        "regional.unknown", "未知", "本地有没有，还不知道", _MISSING, _ABSENCE,
        "数据中未见本地供应者，但还不能认定不存在（查得不够，或有企业只知在上级地区、可能就在本地）：未见不等于没有。",
        "若有一家本地企业被证实生产它，则先为弱链；若查的来源足以认定不存在，则为断链或可替代缺口。",
        lambda case, s: case.local_groups == 0,
    ),
    Rule(
        "regional.weak", "弱链", "本地供给单薄", _MADE, ("confidence", "n_eff_weak"),
        "本地只有一家独立供应者，或有效供应者数低于阈值（一家独大）。",
        "若再有一家独立的本地供应者且产能不过于悬殊，则有效供应者数可达阈值，为正常；区位商低于阈值时为短板。",
        lambda case, s: case.local_groups == 1 or case.local_n_eff < s.n_eff_weak,
    ),
    Rule(
        "regional.short", "短板", "本地专业化不足", _MEASURED, ("confidence", "lq_low"),
        "本地有多家供应者，但区位商低于阈值（缺省 1，即全国平均）。",
        "若区位商达到阈值，则为正常。",
        lambda case, s: case.lq is not None and case.lq < s.lq_low,
    ),
    Rule(
        "regional.strong", "强链", "本地优势", _MEASURED, _STRENGTH,
        "本地有多家独立供应者，有效供应者数与区位商都达到强链阈值；若设了全国占比、荣誉的阈值，也都达到。",
        "若有效供应者数或区位商（以及设了阈值的全国占比、荣誉）有一项降到阈值以下，则为正常。",
        _strong,
    ),
    Rule(
        "regional.normal", "正常", "本地供给正常", _MADE, ("confidence", "n_eff_weak", "lq_low"),
        "本地有多家独立供应者。",
        "若独立供应者减到一家，则为弱链；若区位商与有效供应者数达到阈值，则为强链。",
        lambda case, s: True,
    ),
)  # fmt: skip

NATIONAL_RULES: tuple[Rule[NationalLabel], ...] = (
    Rule(
        "national.choked", "卡脖子", "受制于境外", _HELD, _ABROAD,
        "国内没有足够供给，贸易依赖境外，技术为境外所持，且缺它会停掉终端产品。",
        "若国内有了足够的供给（国产化率超过阈值），则不再是卡脖子。",
        lambda case, s: _held_abroad(case) and _unsupplied(case, s),
    ),
    Rule(
        "national.perhaps_choked", "疑似卡脖子", "可能受制于境外", _HELD, _ABROAD,
        "同卡脖子，但国内供给是否不足还不能认定，或有日期的国产化率说法分居阈值两侧。",
        "若国内供给被证实足够，则为对外依赖；若认定不足，则为卡脖子。",
        lambda case, s: _held_abroad(case) and _perhaps_unsupplied(case),
    ),
    Rule(
        "national.dependent", "对外依赖", "依赖境外供给", _TRADED, ("confidence", *_TRADE, "marginal_share"),
        "依赖境外供给（贸易数据，或国产化率、进口依赖度的说法），不满足卡脖子的其他条件。",
        "若国产化率升过阈值、贸易不再集中，且有证实的国内生产企业，则为国内可供。",
        lambda case, s: bool(case.dependent) or _marginal(case, s),
    ),
    Rule(
        "national.supplied", "国内可供", "国内能供", _ALL, ("confidence",),
        "国内有证实的生产企业。",
        "若国内供应者都退出，则为未知或更重。",
        lambda case, s: case.domestic_groups > 0,
    ),
    Rule(
        "national.unknown", "未知", "国内有没有，还不知道", _UNMADE, ("confidence",),
        "没有证实的国内生产企业，也没有足以判断依赖境外的数据。",
        "若有一家国内企业被证实生产它，则为国内可供。",
        lambda case, s: True,
    ),
)  # fmt: skip


def first_rule(rules: Sequence[Rule[Label]], case: Case, settings: Settings) -> Rule[Label]:
    """The first rule that fits; the last always does."""
    return next(rule for rule in rules if rule.applies(case, settings))
