"""How sure are the labels? Every threshold moved by a fifth, and a tenth of the rows taken away again and again.

Method: one-at-a-time sweep of the thresholds (uncertainty analysis as in Saisana, Saltelli and Tarantola 2005), and a
bootstrap that drops edges; ``docs/weak-links.md``. A changed threshold gives exactly the labels that
:func:`~bulian.queries.weak_links.find_weak_links` gives with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from math import nextafter
from typing import Final

from bulian.graph.store import GraphView

from .assumption import Assumption
from .cases import case_of
from .readings import Readings
from .results import NationalLabel, RegionalLabel, WeakReport
from .rules import NATIONAL_RULES, REGIONAL_RULES, Case, first_rule
from .sensitivity_results import Flip, Sensitivity, Swept
from .settings import Settings

__all__ = ["Labels", "find_sensitivity", "labels_of", "with_sensitivity"]

Labels = dict[str, tuple[RegionalLabel, NationalLabel]]

_READ: Final = frozenset(name for rules in (REGIONAL_RULES, NATIONAL_RULES) for rule in rules for name in rule.thresholds)
_JUDGED_ONLY: Final = ("absent", "n_eff_weak", "n_eff_strong", "lq_low", "lq_strong", "strong_national_share")
_SHARES: Final = (
    "confidence", "absent", "concentration", "dependence_share", "marginal_share", "patent_share",
    "strong_national_share",
)  # fmt: skip


def find_sensitivity(
    view: GraphView,
    region: str,
    chain: str,
    settings: Settings | None = None,
    report: WeakReport | None = None,
    replicates: int = 100,
    seed: int = 1,
    assumptions: Sequence[Assumption] = (),
) -> Sensitivity:
    """Which labels would flip at other thresholds, and how often they stay when rows are dropped.

    Args:
        view: the store.
        region: name or code of the region that counts as local.
        chain: name of the chain.
        settings: thresholds; the defaults if None.
        report: the findings, for their order; by product name if None.
        replicates: how often a tenth of the rows is dropped; 0 for no bootstrap.
        seed: of the random numbers; the same seed gives the same answer from the same data in any store.
        assumptions: detection rates to suppose, as for the report.

    Returns:
        Every value tried, the labels that flip, and the shares of replicates that keep each label.

    Raises:
        NotFoundError: no such chain or region; AmbiguousNameError for a region name of several.
    """
    with Readings(view, region, chain, settings or Settings(), assumptions) as readings:
        order = [f.product for f in report.findings] if report else sorted(readings.base.chain.graph)
        cases = {product: case_of(readings.base, product) for product in order}
        values = list(other_values(readings.base.settings))
        readings.prepare([value for name, value, why in values if name == "confidence" and not why], bool(replicates))
        before = _judged(cases, readings.base.settings)
        swept, flips = _sweep(readings, cases, before, values)
        if not replicates:
            return Sensitivity(swept, flips, None)
        from .bootstrap import resample  # numpy is loaded for those who ask

        return Sensitivity(swept, flips, resample(readings, cases, before, replicates, seed))


def with_sensitivity(report: WeakReport, sensitivity: Sensitivity) -> WeakReport:
    """The report with what is told of its sensitivity, and the stability of every finding."""
    kept = sensitivity.stability
    findings = tuple(replace(finding, stability=kept.get(finding.product)) for finding in report.findings)
    return replace(report, findings=findings, sensitivity=sensitivity)


def other_values(settings: Settings) -> Iterator[tuple[str, float, str | None]]:
    """Every threshold a fifth lower and higher, whole ones one lower and higher: name, value, why it is not tried.

    Shares end at 1, the prior stays below it, numbers of years begin at 1. A threshold no rule reads, and one that is 0
    because it is not asked for, is not tried.
    """
    for field in fields(settings):
        base = getattr(settings, field.name)
        if field.name not in _READ or not base:
            yield field.name, base, "为 0，没有可按比例变动的值" if field.name in _READ else "薄弱环节的规则不读它"
            continue
        for sign in (-1, 1):
            value = base + sign if isinstance(base, int) else float(f"{base * (1 + 0.2 * sign):.12g}")
            if field.name in _SHARES:
                value = min(value, 1.0)
            elif field.name == "prior":
                value = min(value, nextafter(1, 0))
            yield field.name, value, _why_not(base, value)


def _why_not(base: float, value: float) -> str | None:
    if value == base:
        return "已到上限"
    return "不能小于 1" if isinstance(base, int) and value < 1 else None


def labels_of(case: Case, settings: Settings) -> tuple[RegionalLabel, NationalLabel]:
    """Both labels of a case."""
    return first_rule(REGIONAL_RULES, case, settings).label, first_rule(NATIONAL_RULES, case, settings).label


def _judged(cases: dict[str, Case], settings: Settings) -> Labels:
    return {product: labels_of(case, settings) for product, case in cases.items()}


def _sweep(
    readings: Readings, cases: dict[str, Case], before: Labels, values: list[tuple[str, float, str | None]]
) -> tuple[tuple[Swept, ...], tuple[Flip, ...]]:
    swept: list[Swept] = []
    flips: list[Flip] = []
    settings = readings.base.settings
    for name, value, why in values:
        found = [] if why else list(_flips(before, _under(readings, cases, name, value), name, value))
        swept.append(Swept(name, getattr(settings, name), value, len(found), why))
        flips += found
    return tuple(swept), tuple(flips)


def _under(readings: Readings, cases: dict[str, Case], name: str, value: float) -> Labels:
    """The labels at another value of one threshold; what does not depend on it is not computed again."""
    changed = replace(readings.base.settings, **{name: value})  # type: ignore[arg-type]
    if name in _JUDGED_ONLY and not changed.strong_honours:
        return _judged(cases, changed)
    situation = readings.situation(changed)
    return _judged({product: case_of(situation, product) for product in cases}, changed)


def _flips(before: Labels, after: Labels, name: str, value: float) -> Iterator[Flip]:
    for product, labels in before.items():
        regional, national = after[product]
        if regional != labels[0]:
            yield Flip(product, "regional", labels[0], regional, name, value)
        if national != labels[1]:
            yield Flip(product, "national", labels[1], national, name, value)
