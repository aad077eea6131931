"""Whom to approach for each gap: makers elsewhere, local firms that already develop it, institutes that work on it.

Hard filters first (confirmed maker, outside the region, still registered, its group not here already); then
components shown one by one. No weights: a target's rank is an interval. It is surely behind those that are at
least as good in every known component and better in one, and surely ahead of those it beats in the same way;
any monotone weighting of the components puts it between (Pareto dominance).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from bulian.graph.errors import NotFoundError
from bulian.graph.regions import Regions
from bulian.graph.store import GraphView

from .assumption import Assumption, assume, marked
from .candidates import Candidate, Candidates, read_candidates
from .evidence import evidence_by_id
from .results import Component, Evidence, Finding, Gap, RegionRef, Target, TargetReport, WeakReport
from .settings import Settings
from .situation import Situation, read_situation
from .synthetic import synthetic_sources
from .weak_links import judge

__all__ = ["find_targets", "rank_intervals"]

_NO_GAP = ("正常", "强链")
_MORE_IS_BETTER = ("honours", "evidence", "pull", "investments", "ties")


def find_targets(
    view: GraphView,
    region: str,
    chain: str,
    *,
    product: str | None = None,
    top: int = 10,
    settings: Settings | None = None,
    report: WeakReport | None = None,
    assumptions: Sequence[Assumption] = (),
) -> TargetReport:
    """Targets for every gap of a region on a chain, or for one product.

    Args:
        view: the store.
        region: name or code of the region.
        chain: name of the chain.
        product: only this product (name or alias), whatever its label.
        top: at most so many targets of each kind per gap.
        settings: thresholds; the defaults if None.
        report: the weak-link report, when it is at hand already; under the same assumptions.
        assumptions: detection rates to suppose; gaps that rest on them are marked.

    Returns:
        Gaps in the order of the weak-link report, targets by rank.

    Raises:
        NotFoundError: no such chain, region or product of the chain.
    """
    chosen = settings or Settings()
    situation = assume(view, read_situation(view, region, chain, chosen), assumptions)
    findings = report.findings if report else marked(judge(situation), situation)
    wanted = [f for f in findings if f.regional not in _NO_GAP]
    if product is not None:
        name = _product(view, situation, product)
        wanted = [finding for finding in findings if finding.product == name]
    gaps = _gaps(view, situation, wanted, top)
    place = RegionRef(situation.region.code, situation.region.full_name)
    return TargetReport(place, situation.chain.name, gaps, synthetic_sources(view), situation.assumptions)


def _product(view: GraphView, situation: Situation, text: str) -> str:
    names = {node.name for node in view.find(text, "Product")} & set(situation.chain.graph)
    if not names:
        raise NotFoundError("链上没有这个产品", where=text, hint="用 bulian weak 可看到链上的所有产品。")
    return min(names)


_Groups = tuple[tuple[Literal["招引", "培育", "院所"], Sequence[Candidate]], ...]


def _gaps(view: GraphView, situation: Situation, findings: Sequence[Finding], top: int) -> tuple[Gap, ...]:
    candidates = read_candidates(view, situation, [finding.product for finding in findings], top)
    found = [
        [(kind, rank, one) for kind, ones in _groups(candidates, finding.product) for rank, one in _best(ones, top)]
        for finding in findings
    ]
    lines = evidence_by_id(view, {fact for chosen in found for _, _, one in chosen for fact in one.facts})
    regions = view.regions()
    gaps = []
    for finding, chosen in zip(findings, found, strict=True):
        targets = tuple(
            replace(_target(kind, one, finding, situation, regions, lines), rank=rank) for kind, rank, one in chosen
        )
        gaps.append(Gap(finding.product, finding.regional, finding.national, targets, finding.assumption))
    return tuple(gaps)


def _groups(candidates: Candidates, product: str) -> _Groups:
    return (
        ("招引", candidates.makers(product)),
        ("培育", candidates.growing(product)),
        ("院所", candidates.institutes(product)),
    )


def _best(ones: Sequence[Candidate], top: int) -> list[tuple[tuple[int, int], Candidate]]:
    """The first ``top`` by rank, which is among all of them.

    Inside one interval firms of a known nearer place come first, then the better documented.
    """
    known = [{name: one.components.get(name) for name in _MORE_IS_BETTER} | {"nearness": _nearness(one)} for one in ones]
    ranked = list(zip(rank_intervals(known), ones, strict=True))
    return sorted(ranked, key=lambda pair: _order(*pair))[:top]


def _order(rank: tuple[int, int], one: Candidate) -> tuple[int, int, int, int, str]:
    distance, evidence = one.components.get("distance_km"), one.components.get("evidence")
    far = int(distance) if isinstance(distance, (int, float)) else 1_000_000
    return (*rank, far, -int(evidence or 0), one.id)


def _nearness(one: Candidate) -> float | None:
    distance = one.components.get("distance_km")
    return -distance if isinstance(distance, (int, float)) else None


def rank_intervals(components: Sequence[Mapping[str, Component]]) -> list[tuple[int, int]]:
    """Best and worst rank of each row over all monotone weightings; more is better in every component.

    A component that is None on one side compares with nothing, so ignorance widens the interval; one that nobody
    knows of either says nothing.
    """
    count = len(components)
    names = sorted({name for row in components for name in row})
    stated = np.array([[name in row for name in names] for row in components], bool).reshape(count, len(names))
    values = [[row.get(name) for name in names] for row in components]
    unknown = np.array([[value is None for value in row] for row in values], bool).reshape(count, len(names))
    numbers = np.array(
        [[value if isinstance(value, (int, float)) else np.nan for value in row] for row in values], float
    ).reshape(count, len(names))
    one, other = numbers[:, None, :], numbers[None, :, :]  # a word or an unknown is NaN, and compares as false
    holds = (one >= other) | (unknown[:, None, :] & unknown[None, :, :]) | ~stated[:, None, :]
    ahead = holds.all(axis=2) & (one > other).any(axis=2)
    best, worst = 1 + ahead.sum(axis=0), count - ahead.sum(axis=1)
    return list(zip(best.tolist(), worst.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class _Words:
    """The sentences of a target."""

    mode: str
    reason: str
    counter: str
    unknowns: tuple[str, ...]


def _target(
    kind: Literal["招引", "培育", "院所"],
    one: Candidate,
    finding: Finding,
    situation: Situation,
    regions: Regions,
    lines: Mapping[str, Evidence],
) -> Target:
    where = RegionRef(one.region, regions.get(one.region).full_name) if one.region else None
    words = _words(kind, one, finding, situation, where)
    evidence = tuple(lines[fact] for fact in one.facts if fact in lines)
    return Target(
        (1, 1), kind, one.id, one.name, where, one.components, words.mode, words.reason, words.counter,
        words.unknowns, evidence,
    )  # fmt: skip


def _words(kind: str, one: Candidate, finding: Finding, situation: Situation, where: RegionRef | None) -> _Words:
    place = f"（{where.name}）" if where else "（所在地不明）"
    what = one.leaf if one.leaf == finding.product else f"{one.leaf}（{finding.product}的一种）"
    here = situation.region.name
    sources = f"有 {one.sources} 个来源" if one.sources > 1 else "只有一个来源"
    if kind == "院所":
        ask = (
            f"已在{here}，可请其与本地企业联合攻关"
            if _inside(one, situation)
            else f"可请其与{here}企业联合攻关或设点服务"
        )
        reason = f"{one.name}{place}研究{what}，{sources}；{ask}。"
        return _Words("技术合作", reason, "研究不等于能产业化，成果与团队现状待核实。", _unknown(one, situation))
    if kind == "培育":
        reason = f"{one.name}在{here}，已在研发{what}，{sources}；有望就地补上。"
        return _Words("专精特新培育", reason, "研发不等于生产，能否量产、何时量产待核实。", _unknown(one, situation))
    pull = f"{here}已有 {one.components['pull']} 种上下游产品的企业可与它配套" if one.components["pull"] else ""
    tie = f"与{here}的企业或院所已有 {one.components['ties']} 条往来记录" if one.components["ties"] else ""
    reason = "；".join(part for part in (f"{one.name}{place}生产{what}，{sources}", pull, tie) if part) + "。"
    return _Words(_mode(one), reason, _counter(one, finding, situation), _unknown(one, situation))


def _inside(one: Candidate, situation: Situation) -> bool:
    return one.region is not None and situation.inside(one.region)


def _mode(one: Candidate) -> str:
    """A suggested way in, by stated rules, the first that fits."""
    if one.region in ("HK", "MO", "TW"):
        return "港澳台资项目（独资、合资或技术许可）"
    if one.foreign:
        return "外资项目（独资、合资或技术许可）"
    if one.components["ties"]:
        return "以商招商（由已有往来的本地企业或院所牵线）"
    if one.components["honours"]:
        return "基金+股权+项目（因有荣誉记录，先尽调）"
    return "项目招引（先接洽核实）"


def _counter(one: Candidate, finding: Finding, situation: Situation) -> str:
    without = (finding.assumption or {}).get("regional", finding.regional)
    against = (
        (without != finding.regional, f"判定靠假设的检出率，不作假设则为{without}，先查实再招"),
        (finding.regional == "未知", "本地有没有同类企业尚未查清，先查再招"),
        (one.sources < 2, "只凭一个来源，产能与等级未核实"),
        (finding.national in ("卡脖子", "疑似卡脖子"), f"属{finding.national}，引进可能受限，应同时安排攻关与国产替代"),
        (one.region is None or one.region in situation.around[1:], "所在地未查明，先核实是否就在本地"),
        (one.foreign, "境外企业，落地与技术转移受限制的风险要先评估"),
        (finding.regional == "弱链", "本地已有供应者，招引前应听取其意见，避免同质竞争"),
    )
    return "；".join([text for holds, text in against if holds] or ["产能、扩张意愿未核实"]) + "。"


def _unknown(one: Candidate, situation: Situation) -> tuple[str, ...]:
    unknown = []
    if one.region is None:
        unknown.append("所在地不明")
    elif one.region in situation.around[1:]:
        unknown.append(f"所在地只知到上级地区，可能就在{situation.region.name}")
    if not one.id.startswith("Enterprise:"):
        return (*unknown, "现有团队与合作意愿未核实")
    if one.components.get("capacity") is None:
        unknown.append("产能不明")
    if one.components.get("honours") is None:
        unknown.append("未见荣誉记录")
    if one.region != situation.region.code:
        unknown.append("异地投资意愿未核实")
    return tuple(unknown)
