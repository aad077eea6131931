"""Which region makes what on a chain: the matrix that relatedness and complexity are computed from, read once.

Rows are the areas of one level, columns the products of the chain, cells the independent makers (firms of one group
once). Totals are those of the chain: what a quotient says is said within the chain, so that another chain in the same
store changes nothing. Method and limits: ``docs/relatedness.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bulian.graph.errors import UsageError
from bulian.graph.region_levels import LEVELS, Level
from bulian.graph.store import GraphView

from .chain_graph import ChainGraph
from .relatedness import Array, Matrix, Minimum, density, location_quotients, quotient_bounds
from .settings import Settings

__all__ = ["LEVEL_NAMES", "RegionProducts", "level_named", "read_region_products"]

LEVEL_NAMES: Final[Mapping[Level, str]] = {"province": "省", "city": "市", "county": "区县"}


@dataclass(frozen=True)
class RegionProducts:
    """Makers by region and product of one chain.

    ``regions`` are codes, ``products`` names, both sorted, of those with any maker; ``groups`` counts (sparse, regions
    × products), ``wider`` the makers of a product whose place is known only more widely than ``level``.
    """

    level: Level
    regions: tuple[str, ...]
    products: tuple[str, ...]
    groups: Matrix
    wider: Mapping[str, int]
    settings: Settings
    row: Mapping[str, int] = field(init=False, repr=False)
    column: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "row", {code: number for number, code in enumerate(self.regions)})
        object.__setattr__(self, "column", {name: number for number, name in enumerate(self.products)})

    @property
    def minimum(self) -> Minimum:
        """The counts below which no quotient is given."""
        return Minimum(self.settings.lq_min_region, self.settings.lq_min_product, self.settings.lq_min_cell)

    @cached_property
    def region_totals(self) -> NDArray[np.int64]:
        """Makers of each region, summed over the products of the chain."""
        return np.asarray(self.groups.sum(axis=1), dtype=np.int64).ravel()

    @cached_property
    def product_totals(self) -> NDArray[np.int64]:
        """Makers of each product, summed over the regions."""
        return np.asarray(self.groups.sum(axis=0), dtype=np.int64).ravel()

    @cached_property
    def made(self) -> Matrix:
        """M: where the location quotient is a number and at least 1, as a sparse array of ones."""
        from scipy.sparse import coo_array  # slow to start

        cells, minimum = self.groups.tocoo(), self.minimum
        regions, products = self.region_totals[cells.row], self.product_totals[cells.col]
        enough = (regions >= minimum.region) & (products >= minimum.product) & (cells.data >= minimum.cell)
        kept = enough & (cells.data * self.product_totals.sum() >= regions * products)
        ones = np.ones(int(kept.sum()))
        return coo_array((ones, (cells.row[kept], cells.col[kept])), shape=cells.shape).tocsr()

    @cached_property
    def few_regions(self) -> bool:
        """Whether too few regions are specialised in anything for what they have in common to mean much."""
        return int((np.asarray(self.made.sum(axis=1)) > 0).sum()) < self.settings.few_regions

    def quotients(self, code: str) -> tuple[Array, Array, Array]:
        """Location quotients of one region over the products, and their lower and upper bounds; NaN where none."""
        cells = self.groups[[self.row[code]]].toarray()
        both = np.vstack([cells, self.product_totals - cells])  # the region and the rest: the same totals
        low, high = quotient_bounds(both, self.settings.lq_interval, self.minimum)
        return location_quotients(both, self.minimum)[0], low[0], high[0]

    def density(self, code: str, products: Sequence[str] | None = None) -> dict[str, float]:
        """Density without the diagonal of these products (all if None) in one region, of those that have one."""
        if not self.is_specialised(code):
            return {}
        wanted = [name for name in (self.products if products is None else products) if name in self.column]
        found = density(self.made, products=[self.column[name] for name in wanted], row=self.row[code])
        return {name: value for name, value in zip(wanted, found.tolist(), strict=True) if not np.isnan(value)}

    def is_specialised(self, code: str) -> bool:
        """Whether a region is known to be specialised in any product."""
        return code in self.row and bool(np.diff(self.made.indptr)[self.row[code]])

    def why_no_quotient(self, code: str, product: str) -> str:
        """Why the location quotient of a region and product is no number, if it is none."""
        if product not in self.column:
            return "各地都未见生产者"
        minimum = self.minimum
        if code not in self.row or self.region_totals[self.row[code]] < minimum.region:
            return f"本地在链上合计不到 {minimum.region:g} 家"
        if self.product_totals[self.column[product]] < minimum.product:
            return f"各地合计不到 {minimum.product:g} 家"
        return f"本地不到 {minimum.cell:g} 家"

    def why_no_density(self, code: str, product: str) -> str:
        """Why a region and product have no density."""
        if not self.is_specialised(code):
            return "本地没有算得出的专业化产品"
        return "没有地区专业于它，或专业于它的地区不专业于别的产品"


def level_named(number: float) -> Level:
    """The level of ``relatedness_level``: 1 provinces, 2 cities, 3 counties.

    Raises:
        UsageError: another number.
    """
    for level, depth in LEVELS.items():
        if depth == number:
            return level
    raise UsageError("relatedness_level 应为 1（省）、2（市）或 3（区县）", where=str(number), code="bad_settings")


def read_region_products(view: GraphView, chain: ChainGraph, level: Level, settings: Settings) -> RegionProducts:
    """Read who makes what at a level; aggregated in the store."""
    from scipy.sparse import coo_array  # slow to start

    table = view.presence(chain.pairs(), level, settings.confidence)
    wider = table.slice(table.num_rows - table["region"].null_count)  # rows without a region stand last
    table = table.slice(0, table.num_rows - wider.num_rows)
    regions, rows = _numbered(table["region"])
    products, columns = _numbered(table["root"])
    counts = table["groups"].to_numpy()
    groups = coo_array((counts, (rows, columns)), shape=(len(regions), len(products))).tocsr()
    known = dict(zip(wider["root"].to_pylist(), wider["groups"].to_pylist(), strict=True))
    return RegionProducts(level, regions, products, groups, known, settings)


def _numbered(column: pa.ChunkedArray) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The names of a column, sorted, and the number of each row's name among them."""
    coded = column.combine_chunks().dictionary_encode()
    known = coded.dictionary.to_pylist()
    order = sorted(range(len(known)), key=known.__getitem__)
    place = np.empty(len(known), np.int64)
    place[order] = np.arange(len(known))
    return tuple(known[number] for number in order), place[coded.indices.to_numpy(zero_copy_only=False)]
