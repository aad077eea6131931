"""Relatedness of products from where they are made: location quotients with bounds, proximity, density.

Pure functions of a matrix of regions × products. Definitions and sources: ``docs/relatedness.md``; Balassa 1965,
Hidalgo, Klinger, Barabási and Hausmann 2007, Garwood 1936 for the bounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bulian.graph.errors import InputError

__all__ = [
    "Array",
    "Matrix",
    "Minimum",
    "dense",
    "density",
    "location_quotients",
    "proximity",
    "proximity_blocks",
    "quotient_bounds",
    "specialised",
    "total",
]

Array: TypeAlias = NDArray[np.float64]
Matrix: TypeAlias = Any
"""Regions × products of zeros and ones: a numpy array, or a scipy sparse array where most are zero."""

_BLOCK = 512  # products whose proximities are held at once


@dataclass(frozen=True, slots=True)
class Minimum:
    """Counts below which a location quotient says nothing: of the region, of the product, of the cell itself."""

    region: float = 0
    product: float = 0
    cell: float = 0


def location_quotients(values: NDArray[Any], minimum: Minimum = Minimum()) -> Array:
    """Location quotient (区位商, RCA) of every region and product: (x_cp / x_c) / (x_p / x).

    Computed as x_cp·x / (x_c·x_p), so of counts it is 1 exactly where the shares are equal.

    Args:
        values: regions × products, quantities of one unit (firms, output, patents), not negative.
        minimum: totals and cells below it give no number.

    Returns:
        The same shape, no unit; NaN where a minimum is not reached or a total is zero.

    Raises:
        InputError: not a table of two dimensions, or a value is negative or no number.
    """
    cells = _checked(values)
    whole, product, known = _totals(cells, minimum)
    quotients = np.full(cells.shape, np.nan)
    np.divide(cells * whole, product, out=quotients, where=known)
    return quotients


def quotient_bounds(
    counts: NDArray[Any], level: float = 0.95, minimum: Minimum = Minimum()
) -> tuple[Array, Array]:  # fmt: skip
    """Confidence bounds of the location quotients of *counts*: exact Poisson (Garwood) on the cell.

    The cell is taken as a Poisson count whose expectation at a quotient of 1 is x_c·x_p / x, with the totals as
    given; conservative, so the true coverage is at least ``level``.

    Args:
        counts: regions × products, whole numbers of independent makers.
        level: probability that the bounds hold the quotient, between 0 and 1.
        minimum: as for :func:`location_quotients`.

    Returns:
        Lower and upper bounds; NaN exactly where :func:`location_quotients` is.

    Raises:
        InputError: as there, or a value is no whole number, or ``level`` is no probability.
    """
    from scipy.special import gammaincinv

    cells = _checked(counts)
    if not np.array_equal(cells, np.floor(cells)):
        raise InputError("置信区间只能对家数算，表中有非整数", hint="请给出家数，或只算区位商。", code="not_counts")
    if not 0 < level < 1:
        raise InputError(f"置信水平应在 0 与 1 之间，不是 {level}", hint="请改 lq_interval。", code="bad_settings")
    whole, product, known = _totals(cells, minimum)
    bounds = []
    for shape, tail in ((cells, (1 - level) / 2), (cells + 1, (1 + level) / 2)):
        bound = np.full(cells.shape, np.nan)
        limit = np.where(shape > 0, gammaincinv(np.maximum(shape, 1), tail), 0.0)
        np.divide(limit * whole, product, out=bound, where=known)
        bounds.append(bound)
    return bounds[0], bounds[1]


def specialised(quotients: Array) -> NDArray[np.bool_]:
    """M: where the location quotient is known and at least 1."""
    return np.asarray(quotients >= 1)


def proximity(made: Matrix) -> Array:
    """Proximity of every two products: Σ_c m_cp·m_cq / max(k_p, k_q), with its diagonal of ones.

    Returns:
        Products × products, 0–1; 0 for a product no region is specialised in (it has none).
    """
    blocks = [dense(block) for _, block in proximity_blocks(made)]
    return np.hstack(blocks) if blocks else np.zeros((made.shape[1],) * 2)


def proximity_blocks(
    made: Matrix, products: Sequence[int] | None = None, *, diagonal: bool = True
) -> Iterator[tuple[NDArray[np.intp], Matrix]]:
    """The columns of :func:`proximity` some hundred at a time, for chains whose whole matrix would not fit.

    Args:
        made: regions × products.
        products: the columns wanted, in this order; all if None.
        diagonal: whether a product is near itself (1) or not (0).

    Yields:
        Columns as numbers, and their proximities to every product: products × columns, sparse where ``made`` is.
    """
    made = made.tocsc() if hasattr(made, "tocsc") else made
    made = made.astype(np.float64)
    ubiquity = total(made, 0)
    wanted = np.arange(made.shape[1]) if products is None else np.asarray(products, dtype=np.intp)
    for start in range(0, len(wanted), _BLOCK):
        columns = wanted[start : start + _BLOCK]
        near = _near(made.T @ made[:, columns], ubiquity, columns)
        if not diagonal:
            near = _without_own(near, columns)
        yield columns, near


def _near(together: Matrix, ubiquity: Array, columns: NDArray[np.intp]) -> Matrix:
    """How often products are made in one region, over the more common one's regions."""
    if not hasattr(together, "tocoo"):
        most = np.maximum(ubiquity[:, None], ubiquity[None, columns])
        return np.divide(together, most, out=np.zeros_like(together), where=most > 0)
    cells = together.tocoo()
    cells.data /= np.maximum(ubiquity[cells.row], ubiquity[columns][cells.col])
    return cells.tocsc()


def _without_own(near: Matrix, columns: NDArray[np.intp]) -> Matrix:
    if not hasattr(near, "tocoo"):
        near[columns, np.arange(len(columns))] = 0
        return near
    cells = near.tocoo()
    cells.data[cells.row == columns[cells.col]] = 0
    return cells.tocsc()


def density(
    made: Matrix, *, diagonal: bool = False, products: Sequence[int] | None = None, row: int | None = None
) -> Array:
    """How close each product is to what each region makes: Σ_q m_cq·φ_pq / Σ_q φ_pq, 0–1.

    Args:
        made: regions × products.
        diagonal: False: q runs over the *other* products (what a region makes says nothing of itself); True: over
            all of them, the product's own φ = 1 included (the Harvard form).
        products: the columns wanted, in this order; all if None.
        row: only this region.

    Returns:
        Regions × products, or products alone with ``row``; NaN for a product that is close to none.
    """
    rows = made.astype(np.float64) if row is None else dense(made[[row]])[0]
    found: list[Array] = []
    for _, near in proximity_blocks(made, products, diagonal=diagonal):
        whole, reached = total(near, 0), dense(rows @ near)
        found.append(np.divide(reached, whole, out=np.full(reached.shape, np.nan), where=whole > 0))
    return np.hstack(found) if found else np.zeros((*rows.shape[:-1], 0))


def total(matrix: Matrix, axis: int) -> Array:
    """Sums of a matrix of any form along an axis."""
    return np.asarray(matrix.sum(axis=axis), dtype=np.float64).ravel()


def dense(matrix: Matrix) -> Array:
    """A matrix of any form as a numpy array of floats."""
    return np.asarray(matrix.toarray() if hasattr(matrix, "toarray") else matrix, dtype=np.float64)


def _checked(values: NDArray[Any]) -> Array:
    cells = np.asarray(values, dtype=np.float64)
    if cells.ndim != 2:
        raise InputError("应是一张地区 × 产品的表", where=f"{cells.ndim} 维", code="bad_matrix")
    if not (np.isfinite(cells).all() and (cells >= 0).all()):
        raise InputError("表中应都是不小于零的数", hint="请查空值和负数。", code="bad_matrix")
    return cells


def _totals(cells: Array, minimum: Minimum) -> tuple[float, Array, NDArray[np.bool_]]:
    """The whole, the product of the totals of each cell, and where they and the cell suffice."""
    regions, products = cells.sum(axis=1, keepdims=True), cells.sum(axis=0, keepdims=True)
    known = (regions >= minimum.region) & (products >= minimum.product) & (cells >= minimum.cell)
    product = regions * products
    return float(cells.sum()), product, np.asarray(known & (product > 0))
