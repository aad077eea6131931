"""What the question of coverage answers: frozen results with public field names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .next_source import NextSource
from .recapture import Estimate, FoundAgain, SourcePair
from .results import NationalLabel, RegionalLabel, RegionRef

__all__ = ["CoverageReport", "ProductCoverage", "SearchLine", "SourceCoverage"]


@dataclass(frozen=True, slots=True)
class SearchLine:
    """One source that covers a product here.

    ``basis`` is 检索表 (a row of that table), 文件声明 (declared for a file) or 假设 (supposed, not searched); ``area``
    where it was searched, ``named`` whether the row names the product, ``register`` what the source derives from, if
    known. ``fact`` is None where nothing declares it.
    """

    source: str
    rate: float
    date: str | None
    basis: Literal["检索表", "文件声明", "假设"]
    area: RegionRef
    named: bool
    register: str | None
    fact: str | None


@dataclass(frozen=True, slots=True)
class ProductCoverage:
    """What was searched for one product, and what that proves.

    Numbers as in a finding of the weak-link report. ``settled`` says whether the region is decided without any
    assumption: a confirmed maker, or absence at its threshold. ``rate_needed`` is the smallest detection rate one more
    independent source needs for that (None where it is settled, or where doubtful claims must be checked first),
    ``rate_needed_national`` the same for China. ``next`` are sources not searched for it here. ``makers`` estimates how
    many independent makers there are here.
    """

    product: str
    regional: RegionalLabel
    national: NationalLabel
    blocks: int
    local_groups: int
    domestic_groups: int
    p_absent_local: float | None
    p_absent_national: float | None
    settled: bool
    searches: tuple[SearchLine, ...]
    searches_national: tuple[SearchLine, ...]
    rate_needed: float | None
    rate_needed_national: float | None
    next: tuple[NextSource, ...]
    makers: Estimate
    unknowns: tuple[str, ...]
    assumption: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """One source that names makers of the chain's products in the region.

    ``makers`` are the independent makers it names. ``found_again`` is counted over makers of any product of the chain,
    ``found_again_by_product`` over pairs of maker and product: the latter is what a detection rate in 检索 means.
    ``declared`` are the rates registered for it here, lowest first; estimates never take their place.
    """

    source: str
    title: str
    date: str | None
    register: str | None
    makers: int
    found_again: FoundAgain
    found_again_by_product: FoundAgain
    declared: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """Coverage of a region on a chain.

    ``coverage`` are the counts of the weak-link report with ``settled`` and ``unsearched`` products; ``products`` in the
    order of that report; ``sources`` by how many makers they name, at most 40; ``named_by_others`` makers are named by
    sources that are not listed; ``pairs`` of the first ten sources. ``makers`` estimates all independent makers of the
    chain here. ``warnings`` are sentences.
    """

    region: RegionRef
    chain: str
    settings: Mapping[str, Any]
    coverage: Mapping[str, Any]
    makers: Estimate
    products: tuple[ProductCoverage, ...]
    sources: tuple[SourceCoverage, ...]
    named_by_others: int
    pairs: tuple[SourcePair, ...]
    warnings: tuple[str, ...]
    assumptions: tuple[Mapping[str, Any], ...] = ()
