"""Weak links of a region on a chain: every product on two axes, with numbers, reasons, evidence and gaps in knowledge.

Method: ordered rules (:mod:`bulian.queries.rules`) over independent supply, single points of failure, searched
coverage and dated statements; definitions in ``docs/weak-links.md``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bulian.graph.store import GraphView

from .assumption import Assumption, assume, marked
from .cases import case_of, rounded
from .claims import NO_CLAIMS
from .counterfactual import Change, regional_changes
from .counterfactual_national import national_changes
from .diversification import extension_names
from .documented import documented
from .evidence import evidence_by_id
from .identity import finding_ids
from .lacking import lacking
from .lists import three_lists
from .local_view import local_view_of
from .results import NATIONAL_LABELS, REGIONAL_LABELS, Evidence, Finding, RegionRef, WeakReport
from .rules import NATIONAL_RULES, REGIONAL_RULES, Case, first_rule
from .rules_told import rules_told
from .seen_makers import seen_makers
from .settings import Settings
from .situation import Situation, read_situation
from .supply import NO_SUPPLY
from .synthetic import synthetic_sources

__all__ = ["find_weak_links", "judge"]

_EVIDENCE_OF_CLAIMS = 16
_EVIDENCE_OF_NEED = 3


def find_weak_links(
    view: GraphView,
    region: str,
    chain: str,
    settings: Settings | None = None,
    assumptions: Sequence[Assumption] = (),
) -> WeakReport:
    """Judge every product of a chain for a region.

    Args:
        view: the store.
        region: name or code of the region that counts as local.
        chain: name of the chain.
        settings: thresholds; the defaults if None.
        assumptions: detection rates to suppose; what rests on them is marked.

    Returns:
        One finding per product, worst label first, then by how many finals it blocks.

    Raises:
        NotFoundError: no such chain or region, or nothing of the name of an assumption; AmbiguousNameError for a region
            name of several.
        UsageError: two assumptions are about the same.
    """
    read = read_situation(view, region, chain, settings or Settings(), figures=True)
    situation = assume(view, read, assumptions)
    cited = {product: _cited(situation, product) for product in situation.chain.graph}
    files = view.files()
    with ThreadPoolExecutor(max_workers=2) as reader:  # the store is read while the products are judged
        reading = reader.submit(evidence_by_id, view, {fact for facts in cited.values() for fact in facts})
        counting = reader.submit(seen_makers, view, situation, files)
        extending = reader.submit(_extensions, view, situation)
        cases = {product: case_of(situation, product) for product in situation.chain.graph}
        findings = judge(situation, cases)
        changes = {name: _changes(situation, name, case) for name, case in cases.items()}
        lines, seen, extensions = reading.result(), counting.result(), extending.result()
    figures = situation.chain.figures
    shown = _shown(situation, findings, cited, lines, changes)
    place = RegionRef(situation.region.code, situation.region.full_name)
    coverage = {**documented(situation), **seen, "incoherence": figures.incoherence}
    coverage["synthetic"] = list(synthetic_sources(view))
    fired = Counter(f.numbers[name] for f in findings for name in ("rule_regional", "rule_national"))
    rules = rules_told(cases.values(), fired, situation.settings)
    told = situation.settings.as_json()
    return WeakReport(
        place, situation.chain.name, told, coverage, shown, rules, three_lists(shown, extensions),
        assumptions=situation.assumptions,
    )  # fmt: skip


def _extensions(view: GraphView, situation: Situation) -> tuple[str, ...]:
    local = local_view_of(view, situation.region, situation.chain, situation.supply, situation.settings)
    return extension_names(view, local)


def _shown(
    situation: Situation,
    findings: Sequence[Finding],
    cited: Mapping[str, Sequence[str]],
    lines: Mapping[str, Evidence],
    changes: Mapping[str, tuple[Change, ...]],
) -> tuple[Finding, ...]:
    """The findings with what is shown beside them."""
    figures = situation.chain.figures.by_product
    return tuple(
        Finding(
            finding.product, finding.regional, finding.national, finding.severity,
            {**finding.numbers, **figures[finding.product]}, finding.reasons, finding.counterfactual,
            finding.unknowns, tuple([lines[fact] for fact in cited[finding.product] if fact in lines]), finding.id,
            changes[finding.product], finding.stability, finding.assumption,
        )
        for finding in marked(findings, situation)
    )  # fmt: skip


def judge(situation: Situation, cases: Mapping[str, Case] | None = None) -> list[Finding]:
    """The findings in their order, still without evidence and changes; nothing is read from the store.

    Args:
        situation: what was read.
        cases: the numbers of every product where they are known already.
    """
    graph = situation.chain.graph
    known = cases or {product: case_of(situation, product) for product in graph}
    ids = finding_ids(situation.chain.name, situation.region.code, {name: graph.nodes[name]["id"] for name in graph})
    findings = [_finding(situation, product, known[product], ids[product]) for product in graph]
    findings.sort(key=lambda finding: _urgency(situation, finding))
    return findings


def _changes(situation: Situation, product: str, case: Case) -> tuple[Change, ...]:
    return regional_changes(situation, product, case) + national_changes(situation, product, case)


def _urgency(situation: Situation, finding: Finding) -> tuple[int, int, int, bool, int, str]:
    """Label first, then how many finals stop, the national label, key components, how many products need it."""
    graph = situation.chain.graph
    return (
        REGIONAL_LABELS.index(finding.regional),
        -finding.numbers["blocks"],
        NATIONAL_LABELS.index(finding.national),
        not graph.nodes[finding.product]["key_component"],
        -situation.chain.needed[finding.product],
        finding.product,
    )


def _finding(situation: Situation, product: str, case: Case, number: str) -> Finding:
    settings, finals = situation.settings, len(situation.chain.finals)
    regional = first_rule(REGIONAL_RULES, case, settings)
    national = first_rule(NATIONAL_RULES, case, settings)
    return Finding(
        product, regional.label, national.label, float(f"{case.blocks / finals:.12g}") if finals else 0.0,
        numbers=_numbers(situation, product, case, regional.id, national.id),
        reasons=_reasons(situation, product, case, regional.definition, national.definition),
        counterfactual=f"地区：{regional.otherwise}全国：{national.otherwise}",
        unknowns=lacking(situation, product, case),
        evidence=(),
        id=number,
    )  # fmt: skip


def _numbers(situation: Situation, product: str, case: Case, regional: str, national: str) -> dict[str, Any]:
    supply = situation.supply.get(product, NO_SUPPLY)
    return {
        "local_groups": case.local_groups,
        "local_firms": supply.local.firms,
        "local_n_eff": rounded(case.local_n_eff),
        "local_capacity_known": supply.local.capacity_known,
        "domestic_groups": case.domestic_groups,
        "domestic_n_eff": rounded(supply.china.n_eff),
        "domestic_provinces": supply.china.provinces,
        "foreign_groups": case.foreign_groups,
        "unplaced_groups": supply.unplaced.groups,
        "vague_groups": supply.vague.groups,
        "near_groups": supply.near.groups,
        "unverified_local": supply.local.unverified,
        "industry_leads": situation.leads[product].firms if product in situation.leads else 0,
        "p_absent_local": rounded(case.absent_local),
        "p_absent_national": rounded(case.absent_national),
        "blocks": case.blocks,
        "finals": len(situation.chain.finals),
        "lq": case.lq,
        "dependent": case.dependent,
        "technology_gap": case.gap,
        "domestic_share": case.domestic_share,
        "national_share": case.national_share,
        "local_honours": case.honours,
        "rule_regional": regional,
        "rule_national": national,
    }


def _reasons(situation: Situation, product: str, case: Case, regional: str, national: str) -> tuple[str, ...]:
    place, reasons = situation.region.name, [regional]
    if case.local_groups:
        makers = _confirmed_here(situation, product, case.local_groups)
        equal = "" if situation.supply[product].local.capacity_known else "，产能未知按等份计"
        reasons.append(
            f"{place}有 {case.local_groups} 家独立供应者（{makers}），有效供应者数 {case.local_n_eff:.3g}{equal}。"
        )
    elif case.absent_local is None:
        reasons.append(f"数据中未见{place}的供应者；没有来源声明查过，算不出“不存在”的把握。")
    else:
        reasons.append(
            f"数据中未见{place}的供应者；按{_searched(situation, product)}，“不存在”的把握为 {case.absent_local:.3g}。"
        )
    if case.honours is not None:  # read only where the link may be 强链
        honours = f"荣誉 {case.honours} 项" if case.honours else "未见荣誉"
        reasons.append(f"占国内独立供应者的 {case.national_share or 0:.3g}，{honours}。")
    if case.blocks:
        reasons.append(f"缺它会停掉 {case.blocks} 种终端产品：{'、'.join(situation.chain.blocks[product])}。")
    reasons.append(national)
    abroad = f"，境外 {case.foreign_groups} 家" if case.foreign_groups else ""
    reasons.append(f"证实的国内独立供应者 {case.domestic_groups} 家{abroad}。")
    share = situation.claims.get(product, NO_CLAIMS).newest("domestic_share")
    if share is not None:
        when = f"{share.when[:4]}年" if share.when else "未注明年份"
        reasons.append(f"国产化率的最新说法为 {share.value}（{when}）。")
    return tuple(reasons)


def _searched(situation: Situation, product: str) -> str:
    """What the absence was computed from, in words; an assumption is never called searched."""
    made, held = situation.here.made(product), situation.here.of(product)
    parts = [*(["查过的来源"] if made else []), *(["假设的检出率"] if len(made) < len(held) else [])]
    return "和".join(parts)


def _confirmed_here(situation: Situation, product: str, groups: int) -> str:
    confirmed = [m for m in situation.makers.get(product, ()) if m.scope == "local" and m.active]
    names = [m.name for m in confirmed if m.confidence >= situation.settings.confidence]
    return "、".join(names) + ("等" if len(names) < groups else "")


def _cited(situation: Situation, product: str) -> list[str]:
    """Facts to show, in order: makers here, else elsewhere; who needs it; what is said of it; what was searched."""
    by_scope: dict[str, list[str]] = {"local": [], "domestic": [], "foreign": [], "unplaced": []}
    for maker in situation.makers.get(product, ()):
        by_scope[maker.scope].append(maker.fact)
    shown = by_scope["local"]
    if not situation.supply.get(product, NO_SUPPLY).local.groups:
        shown = shown + by_scope["domestic"][:3] + by_scope["foreign"][:2]
    needed = situation.chain.needing.get(product, [])[:_EVIDENCE_OF_NEED] if situation.chain.blocks[product] else []
    claims, said = situation.claims.get(product), list[str]()
    if claims is not None:
        said = claims.cited(situation.around, situation.inside, situation.settings, _EVIDENCE_OF_CLAIMS)
    here, nationwide = situation.here.made(product), situation.nationwide.made(product)
    searched = [search.fact for search in (*here, *nationwide)]
    return list(dict.fromkeys([*shown, *needed, *said, *searched]))
