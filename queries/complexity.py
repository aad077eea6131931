"""Economic complexity of regions and products (ECI, PCI), and what a region would gain (COI, COG).

Pure functions of a matrix of regions × products of zeros and ones. Definitions and conventions:
``docs/relatedness.md``; Hidalgo and Hausmann 2009, Hausmann et al. 2014 (The Atlas of Economic Complexity).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .relatedness import Array, Matrix, dense, proximity_blocks, total

__all__ = ["Complexity", "complexity", "outlook_gain", "outlook_index"]

_DENSE: Final = 600  # from this size on only the largest eigenvalues are computed
_FEW: Final = 6
_ALIKE: Final = 1e-9  # eigenvalues closer than this are one


@dataclass(frozen=True, slots=True)
class Complexity:
    """Complexity of the regions and products of one matrix.

    ``diversity`` and ``ubiquity`` count the ones. ``connected_regions`` and ``connected_products`` mark the part the
    indices speak of: the largest one whose regions are linked by products; of the rest they are NaN. ``eci`` has mean
    0 and standard deviation 1 (ddof 0), ``pci`` is in its scale (the mean of what a region makes is its ECI), ``pci_z``
    the z-score of PCI among products; ``raw_pci`` and ``raw_deviation`` are what COI and COG are made of.
    ``eigenvalues`` are those of the region matrix, falling (of a large one the six largest); ``gap`` is the second less
    the third, None with fewer than three regions. ``undefined`` says why there is no index at all, empty where there is.
    """

    diversity: NDArray[np.int64]
    ubiquity: NDArray[np.int64]
    connected_regions: NDArray[np.bool_]
    connected_products: NDArray[np.bool_]
    eci: Array
    pci: Array
    pci_z: Array
    raw_pci: Array
    raw_deviation: float
    eigenvalues: Array
    gap: float | None
    undefined: str


def complexity(made: Matrix) -> Complexity:
    """ECI by the second eigenvector of Σ_p m_cp·m_c'p / (k_c·k_p), and PCI from it.

    The sign is that of its correlation with diversity. The eigenvalues are those of the symmetric matrix similar to
    it, on the shorter side of the table.

    Args:
        made: regions × products of zeros and ones, a numpy or scipy sparse array; empty rows and columns are left out.
    """
    diversity, ubiquity = (total(made, axis).astype(np.int64) for axis in (1, 0))
    rows, columns, reason = _largest_part(made)
    blank = [np.full(len(side), np.nan) for side in (rows, columns, columns, columns)]
    eci, pci, pci_z, raw_pci = blank
    values, gap, deviation = np.zeros(0), None, np.nan
    if not reason:
        part = made[np.flatnonzero(rows)][:, np.flatnonzero(columns)]
        values, raw = _second_vector(part)
        gap = float(values[1] - values[2]) if len(values) > 2 else None
        reason, sign = _sign(values, raw, diversity[rows])
    if not reason:
        raw = raw * sign
        deviation = float(raw.std())
        raw_pci[columns] = (part.T @ raw) / ubiquity[columns] / values[1]
        eci[rows] = (raw - raw.mean()) / deviation
        pci[columns] = (raw_pci[columns] - raw.mean()) / deviation
        pci_z[columns] = _z_scores(raw_pci[columns])
    return Complexity(
        diversity, ubiquity, rows, columns, eci, pci, pci_z, raw_pci, deviation, values, gap, reason
    )  # fmt: skip


def outlook_index(made: Matrix, found: Complexity) -> Array:
    """COI of every region: the complexity of what it does not make, weighted by how close that is; z-scored.

    With the density that keeps the diagonal and PCI before standardisation, as the Harvard code has it. NaN where
    ECI is.
    """
    index = np.full(made.shape[0], np.nan)
    part, raw = _part(made, found)
    if found.undefined:
        return index
    outlook = np.zeros(part.shape[0])
    for columns, near in proximity_blocks(part):
        close = dense(part @ near) / total(near, 0)
        outlook += (close * (1 - dense(part[:, columns]))) @ raw[columns]
    index[found.connected_regions] = _z_scores(outlook)
    return index


def outlook_gain(made: Matrix, found: Complexity) -> Array:
    """COG of every region and product: what making the product would add to its outlook; 0 where it makes it.

    Conventions as for :func:`outlook_index`; in standard deviations of ECI. NaN where ECI or PCI is.
    """
    gain = np.full(made.shape, np.nan)
    part, raw = _part(made, found)
    if found.undefined:
        return gain
    reach = np.concatenate([total(near, 0) for _, near in proximity_blocks(part)])
    absent = 1 - dense(part)
    missing = absent * (raw / reach)
    told = np.hstack([(near.T @ missing.T).T for _, near in proximity_blocks(part)])
    gain[np.ix_(found.connected_regions, found.connected_products)] = absent * told / found.raw_deviation
    return gain


def _part(made: Matrix, found: Complexity) -> tuple[Matrix, Array]:
    """The connected part, and its raw PCI."""
    part = made[np.flatnonzero(found.connected_regions)][:, np.flatnonzero(found.connected_products)]
    return part.astype(np.float64), found.raw_pci[found.connected_products]


def _largest_part(made: Matrix) -> tuple[NDArray[np.bool_], NDArray[np.bool_], str]:
    """Which regions and products hang together, most regions first; why there is no such part, else empty."""
    from scipy.sparse import block_array, csr_array
    from scipy.sparse.csgraph import connected_components

    regions, products = made.shape
    links: Any = csr_array(made, dtype=np.int8)
    rows, columns = np.zeros(regions, bool), np.zeros(products, bool)
    if links.sum() == 0:
        return rows, columns, "没有一个地区专业于任何产品"
    _, part = connected_components(block_array([[None, links], [links.T, None]]), directed=False)
    sizes = np.bincount(part[:regions], minlength=part.max() + 1)
    sizes[np.bincount(part)[: len(sizes)] == 1] = 0  # an empty row is a part of its own
    largest = np.flatnonzero(sizes == sizes.max())
    if len(largest) > 1:
        return rows, columns, "地区分成同样大的几块，互不相连，指数没有定义"
    rows, columns = part[:regions] == largest[0], part[regions:] == largest[0]
    if sizes.max() < 2:
        return rows, columns, "相连的地区不到两个，指数没有定义"
    return rows, columns, ""


def _second_vector(part: Matrix) -> tuple[Array, Array]:
    """The largest eigenvalues of the region matrix, falling, and its second eigenvector."""
    from scipy.sparse import csr_array, diags_array

    diversity, ubiquity = total(part, 1), total(part, 0)
    scaled: Any = diags_array(diversity**-0.5) @ csr_array(part, dtype=np.float64) @ diags_array(ubiquity**-0.5)
    wide = scaled.shape[0] <= scaled.shape[1]
    values, vectors = _largest(scaled @ scaled.T if wide else scaled.T @ scaled)
    falling = np.zeros(scaled.shape[0] if scaled.shape[0] <= _DENSE else len(values))
    falling[: len(values)] = np.maximum(values, 0)
    second = vectors[:, 1] if len(values) > 1 else np.zeros(len(vectors))
    if not wide:
        second = scaled @ second / (np.sqrt(falling[1]) or 1)
    return falling, np.asarray(second / np.sqrt(diversity))


def _largest(symmetric: Any) -> tuple[Array, Array]:
    """Eigenvalues, falling, and their vectors: all of a small matrix, the six largest of a large one (Lanczos)."""
    from scipy.sparse.linalg import eigsh

    size = symmetric.shape[0]
    if size <= _DENSE:
        values, vectors = np.linalg.eigh(symmetric.toarray())
    else:  # the start is fixed, so that the same table gives the same digits
        start = np.random.default_rng(1).random(size)
        values, vectors = eigsh(symmetric, k=_FEW, which="LA", v0=start, tol=0, ncv=min(size, 12 * _FEW))
    order = np.argsort(values)[::-1]
    return np.asarray(values[order]), np.asarray(vectors[:, order])


def _sign(values: Array, raw: Array, diversity: NDArray[np.int64]) -> tuple[str, float]:
    """Why the second eigenvector is no index, else empty; and the sign that makes it grow with diversity."""
    third = values[2] if len(values) > 2 else 0.0
    if values[1] < _ALIKE:
        return "各地区做的一样，指数没有定义", 1.0
    if values[1] - third < _ALIKE:
        return "第二、第三特征值相等，指数不唯一", 1.0
    spread = np.asarray(diversity - diversity.mean())
    lean = float(spread @ (raw - raw.mean()))
    if abs(lean) < _ALIKE * float(np.linalg.norm(spread)) * float(np.linalg.norm(raw - raw.mean())) or not spread.any():
        return "指数与多样性不相关，正负号无从确定", 1.0
    return "", float(np.sign(lean))


def _z_scores(values: Array) -> Array:
    """Standardised with ddof 0; NaN where all are the same."""
    deviation = values.std()
    if deviation <= 1e-12 * np.abs(values).max(initial=0):
        return np.full(len(values), np.nan)
    return np.asarray((values - values.mean()) / deviation)
