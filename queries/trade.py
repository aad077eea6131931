"""Does China depend on a few countries for a product? The criteria of CEPII GeoDep, year by year.

A product is dependent in a year when all three hold: imports come from few partners (HHI above a limit), few
countries export it at all (HHI of world exports above a limit), and imports exceed exports. The label needs that
in several of the last years, as one year in five reverses (Lefebvre and Wibaux 2024; CEPII Policy Brief 2023-41).
HHI is the sum of squared shares, 0 to 1. What cannot be computed is None, with what is lacking, never False.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal

from bulian.graph.errors import InputError

__all__ = ["Dependence", "Flow", "TradeRow", "TradeRule", "YearDependence", "hhi", "import_dependence", "partial_years"]

Flow = Literal["进口", "出口", "世界出口"]
FLOWS: tuple[Flow, ...] = ("进口", "出口", "世界出口")

_MONTH: Final = re.compile(r"\d{4}-\d{2}")

Cells = dict[tuple[Flow, str], dict[str, float]]
"""The rows of one year: flow and partner to what each source says."""


@dataclass(frozen=True, slots=True)
class TradeRow:
    """One row of the table 贸易 for one product.

    ``partner`` is the country bought from (进口), sold to (出口) or exporting (世界出口); ``value`` is in one
    currency within a year. Rows of one ``source`` for one year, flow and partner add up (several HS codes).
    """

    year: int
    flow: Flow
    partner: str
    value: float
    source: str = ""


@dataclass(frozen=True, slots=True)
class TradeRule:
    """The thresholds: all limits are exceeded strictly, ``need_years`` of the last ``window`` years reached.

    ``no_exports_ratio`` stands for imports/exports where nothing is exported. ``home`` is the name of China
    among the exporting countries.
    """

    hhi_imports: float = 0.4
    hhi_world: float = 0.4
    ratio: float = 1.0
    need_years: int = 2
    window: int = 3
    no_exports_ratio: float = 9999.0
    home: str = "中国"


@dataclass(frozen=True, slots=True)
class YearDependence:
    """One year: the numbers, the three criteria, and the verdict; None where not computable.

    ``lacking`` says in Chinese what is missing or disputed; ``n_effective`` is 1/HHI of the imports,
    ``top_share`` the share of the largest partner in them.
    """

    year: int
    hhi_imports: float | None
    hhi_world: float | None
    import_export_ratio: float | None
    top_partner: str | None
    top_share: float | None
    n_effective: float | None
    concentrated_imports: bool | None
    concentrated_world: bool | None
    net_importer: bool | None
    dependent: bool | None
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dependence:
    """All years of one product, newest last, and the verdict over them.

    ``window`` are the newest years that are computable, whole ones first; ``dependent_years`` those of them that are
    dependent; ``partial`` says in Chinese of which of them only some months were seen.
    ``dependent`` is None where the years that are lacking could still decide it either way.
    """

    years: tuple[YearDependence, ...]
    window: tuple[int, ...]
    dependent_years: tuple[int, ...]
    dependent: bool | None
    partial: tuple[str, ...] = ()


def hhi(values: Iterable[float]) -> float | None:
    """The Herfindahl–Hirschman index of amounts, 1/n for n equal ones to 1; None where they sum to zero."""
    amounts = tuple(values)
    total = math.fsum(amounts)
    return math.fsum((amount / total) ** 2 for amount in amounts) if total > 0 else None


def import_dependence(
    rows: Iterable[TradeRow], rule: TradeRule | None = None, partial: Mapping[int, str] = MappingProxyType({})
) -> Dependence:
    """The verdict for one product from its trade rows.

    Exports are the rows 出口; without any, the row of China among the world exports, which are taken as
    complete: where they stand without China, nothing is exported. Without either the year is not computable.
    Sources that differ on a cell are each tried; where they lead to different verdicts the year has none.

    Args:
        rows: the rows of one product, any order, any number of years and sources.
        rule: the thresholds; the defaults of the contract when None.
        partial: years of which only some months were seen, with what was; they count where whole ones are lacking.

    Raises:
        InputError: an amount is negative or no number, or a flow is unknown.
    """
    rule = rule or TradeRule()
    cells: dict[int, Cells] = defaultdict(lambda: defaultdict(lambda: defaultdict(float)))
    for row in rows:
        if row.flow not in FLOWS or not (math.isfinite(row.value) and row.value >= 0):
            raise InputError(
                "贸易数据的流向或金额不对",
                where=f"{row.year} 年 {row.flow} {row.partner} {row.value}",
                hint="流向应为 进口、出口 或 世界出口，金额应为不小于零的数。",
            )
        cells[row.year][row.flow, row.partner][row.source] += row.value
    years = tuple(_year(year, cells[year], rule) for year in sorted(cells))
    computable = [item for item in years if item.dependent is not None]
    computable.sort(key=lambda item: (item.year not in partial, item.year))
    window = sorted(computable[-rule.window :], key=lambda item: item.year)
    hits = tuple(item.year for item in window if item.dependent)
    verdict: bool | None = len(hits) >= rule.need_years
    if not verdict and len(hits) + rule.window - len(window) >= rule.need_years:
        verdict = None
    seen = tuple(partial[item.year] for item in window if item.year in partial)
    return Dependence(years, tuple(item.year for item in window), hits, verdict, seen)


def partial_years(periods: Iterable[tuple[int, str | None]]) -> dict[int, str]:
    """The years whose imports, told month by month, were not seen from January to December; each with what was seen.

    Args:
        periods: year and date of the imports of all products together, as a rare one is not bought in every month.
    """
    months: dict[int, set[int]] = defaultdict(set)
    for year, date in periods:
        months[year] |= {int(date[5:7])} if date and _MONTH.match(date) else {1, 12}
    return {
        year: f"{year} 年的进口数据只见到 {min(seen)}–{max(seen)} 月"
        for year, seen in months.items()
        if (min(seen), max(seen)) != (1, 12)
    }


def _year(year: int, cells: Cells, rule: TradeRule) -> YearDependence:
    """One year, computed once for each source that disagrees with another on some cell."""
    disputed = {cell: said for cell, said in cells.items() if len(set(said.values())) > 1}
    sources = sorted({source for said in disputed.values() for source in said}) or [""]
    answers = [
        _computed(year, {cell: said.get(source, said[min(said)]) for cell, said in cells.items()}, rule)
        for source in sources
    ]
    if not disputed:
        return answers[0]
    names = "、".join(sorted(f"{flow}（{partner}）" for flow, partner in disputed))
    verdicts = {answer.dependent for answer in answers}
    return replace(
        answers[0],
        dependent=answers[0].dependent if len(verdicts) == 1 else None,
        lacking=(*answers[0].lacking, f"{year} 年各来源的金额不一致：{names}"),
    )


def _computed(year: int, cells: Mapping[tuple[Flow, str], float], rule: TradeRule) -> YearDependence:
    """The criteria of one year from one amount for each flow and partner."""
    amounts: dict[Flow, dict[str, float]] = {flow: {} for flow in FLOWS}
    for (flow, partner), value in cells.items():
        amounts[flow][partner] = value
    imports, world = amounts["进口"], amounts["世界出口"]
    concentration, world_concentration = hhi(imports.values()), hhi(world.values())
    # Concentration of world exports already takes their rows as complete; China not among them exports nothing.
    exports = math.fsum(amounts["出口"].values()) if amounts["出口"] else (world.get(rule.home, 0.0) if world else None)
    total = math.fsum(imports.values())
    top = max(sorted(imports), key=imports.__getitem__) if total else None
    ratio = _ratio(total, exports, rule) if imports and exports is not None else None
    tests = (
        _above(concentration, rule.hhi_imports),
        _above(world_concentration, rule.hhi_world),
        _above(ratio, rule.ratio),
    )
    verdict = None if None in tests else all(tests)
    if imports and not total:
        verdict = False  # stated as zero: nothing is imported, so nothing depends on it
    missing = [flow for flow, there in (("进口", imports), ("世界出口", world_concentration)) if not there]
    missing += [] if exports is not None else ["出口"]
    return YearDependence(
        year,
        concentration,
        world_concentration,
        ratio,
        top,
        imports[top] / total if top is not None else None,
        1 / concentration if concentration else None,
        *tests,
        verdict,
        tuple(f"{year} 年没有{flow}数据" for flow in missing),
    )


def _ratio(imports: float, exports: float, rule: TradeRule) -> float:
    """Imports over exports, with the stated number where nothing is exported; 0 where nothing is imported."""
    if not imports:
        return 0.0
    return imports / exports if exports else rule.no_exports_ratio


def _above(value: float | None, limit: float) -> bool | None:
    """Whether a value exceeds its limit; None where there is no value."""
    return None if value is None else value > limit
