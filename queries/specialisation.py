"""Relatedness of a whole chain: which regions and products are diverse, complex and near, over all areas of a level.

Definitions, conventions and limits: ``docs/relatedness.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from bulian.graph.region_levels import Level
from bulian.graph.regions import Regions
from bulian.graph.store import GraphView

from .chain_graph import read_chain
from .complexity import Complexity, complexity, outlook_index
from .region_products import LEVEL_NAMES, RegionProducts, level_named, read_region_products
from .results import RegionRef
from .settings import Settings

__all__ = ["ProductScore", "RegionScore", "Relatedness", "number", "relatedness_of"]

_EIGENVALUES: Final = 6


@dataclass(frozen=True, slots=True)
class RegionScore:
    """One region on one chain.

    ``groups`` are its independent makers summed over products, ``diversity`` the products it is specialised in. ``eci``
    and ``coi`` (both z-scores) are None where not defined; ``missing`` says why, None where they are numbers.
    """

    region: RegionRef
    groups: int
    diversity: int
    eci: float | None
    coi: float | None
    missing: str | None


@dataclass(frozen=True, slots=True)
class ProductScore:
    """One product of the chain.

    ``groups`` are its makers summed over regions, ``wider`` those whose place is known only more widely,
    ``ubiquity`` the regions specialised in it. ``pci`` is in the scale of ECI, ``pci_z`` its own z-score; None where
    not defined; ``missing`` says why.
    """

    product: str
    groups: int
    wider: int
    ubiquity: int
    pci: float | None
    pci_z: float | None
    missing: str | None


@dataclass(frozen=True, slots=True)
class Relatedness:
    """Specialisation of the regions of one level on a chain; regions by code, products by name.

    ``few_regions`` warns that too few regions are specialised in anything for the figures to mean much.
    ``eigenvalues`` are the largest ones of the region matrix and ``gap`` the second less the third: a small gap means
    that a few rows may turn the order. ``undefined`` says why there is no complexity at all, None where there is.
    """

    chain: str
    level: Level
    settings: Mapping[str, Any]
    regions: tuple[RegionScore, ...]
    products: tuple[ProductScore, ...]
    few_regions: bool
    eigenvalues: tuple[float, ...]
    gap: float | None
    undefined: str | None
    unknowns: tuple[str, ...]


def relatedness_of(
    view: GraphView, chain: str, level: Level | None = None, settings: Settings | None = None
) -> Relatedness:  # fmt: skip
    """Specialisation and complexity of all regions of a level on a chain.

    Args:
        view: the store.
        chain: name of the chain.
        level: province, city or county; that of the settings (cities) if None.
        settings: thresholds; the defaults if None.

    Raises:
        NotFoundError: there is no such chain.
        UsageError: the settings name no level; InputError: a confidence level that is no probability.
    """
    chosen = settings or Settings()
    graph = read_chain(view, chain, chosen)
    cells = read_region_products(view, graph, level or level_named(chosen.relatedness_level), chosen)
    found = complexity(cells.made)
    return Relatedness(
        graph.name, cells.level, chosen.as_json(),
        regions=_regions(view.regions(), cells, found),
        products=tuple(_product(name, cells, found) for name in sorted(graph.graph)),
        few_regions=cells.few_regions,
        eigenvalues=tuple(float(f"{value:.12g}") for value in found.eigenvalues[:_EIGENVALUES]),
        gap=number(found.gap),
        undefined=found.undefined or None,
        unknowns=tuple(doubts(cells)),
    )  # fmt: skip


def number(value: float | None) -> float | None:
    """Twelve significant digits, as sums may run in another order elsewhere; None for no number."""
    return None if value is None or np.isnan(value) else float(f"{value:.12g}")


def doubts(cells: RegionProducts) -> list[str]:
    """What is doubtful about every figure made from these cells."""
    told = ["家数只是数据中见到的：未见不等于没有；区位商只在本链产品之内比较。"]
    if cells.few_regions:
        least = cells.settings.few_regions
        told.append(f"有专业化的{LEVEL_NAMES[cells.level]}不到 {least} 个，共现太少，相近度与复杂度仅供参考。")
    wider = sum(cells.wider.values())
    if wider:
        told.append(f"有 {wider} 家次只知在更大的地区，未计入任何{LEVEL_NAMES[cells.level]}。")
    return told


def _regions(regions: Regions, cells: RegionProducts, found: Complexity) -> tuple[RegionScore, ...]:
    outlook = outlook_index(cells.made, found)
    told = []
    for row, code in enumerate(cells.regions):
        place = RegionRef(code, regions.get(code).full_name)
        diversity, eci = int(found.diversity[row]), number(float(found.eci[row]))
        missing = None if eci is not None else found.undefined or _apart(diversity, cells, code)
        total = int(cells.region_totals[row])
        told.append(RegionScore(place, total, diversity, eci, number(float(outlook[row])), missing))
    return tuple(told)


def _apart(diversity: int, cells: RegionProducts, code: str) -> str:
    if diversity:
        return "与其余地区没有共同的产品，自成一块"
    return cells.why_no_density(code, "")


def _product(name: str, cells: RegionProducts, found: Complexity) -> ProductScore:
    wider = cells.wider.get(name, 0)
    if name not in cells.column:
        return ProductScore(name, 0, wider, 0, None, None, f"未见哪个{LEVEL_NAMES[cells.level]}有生产者")
    column = cells.column[name]
    pci, ubiquity = number(float(found.pci[column])), int(found.ubiquity[column])
    apart = "做它的地区与其余地区没有共同的产品" if ubiquity else "没有地区专业于它"
    missing = None if pci is not None else found.undefined or apart
    total = int(cells.product_totals[column])
    return ProductScore(name, total, wider, ubiquity, pci, number(float(found.pci_z[column])), missing)
