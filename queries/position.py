"""Where a product stands in its chain: trophic levels, and which rows go against the flow.

Levels are those of MacKay, Johnson and Sansom 2020 (R. Soc. Open Sci. 7:201138): each link wants its end one level
above its start, and the levels are those that come nearest to it in least squares. They exist with cycles too; what
remains is the trophic incoherence F0, 0 where every link rises by one, 1 where nothing rises. Definitions and
limits: ``docs/severity.md``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, diags_array
from scipy.sparse.csgraph import connected_components

from bulian.graph.errors import InputError
from bulian.graph.modality import CONFIRMED

from .chain_graph import ChainGraph

__all__ = ["ChainPosition", "TrophicLevels", "WrongWay", "chain_position", "trophic_levels"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_DIRECT = 500  # up to so many nodes a factorisation is quickest; on large tangled graphs it fills up
_DIGITS = 9
_LEVEL = 1e-6  # levels nearer than this count as equal


@dataclass(frozen=True, slots=True)
class TrophicLevels:
    """Levels of a weighted graph.

    ``levels`` is one level per node, the lowest of each weakly connected part 0; ``part`` numbers these parts;
    ``misfit`` is ``(h_target − h_source − 1)²`` per link, in the order given; ``incoherence`` is F0, their weighted
    mean, None without a link.
    """

    levels: Floats
    part: Ints
    misfit: Floats
    incoherence: float | None


@dataclass(frozen=True, slots=True)
class WrongWay:
    """A row 需要 against the flow: the product does not stand above what it needs.

    ``rise`` is the level of the product minus that of the object (1 in a coherent chain, here ≤ 0); ``contribution``
    the row's share of all incoherence; ``facts`` the ids of the facts that say so.
    """

    product: str
    object: str
    rise: float
    contribution: float
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChainPosition:
    """Where the products of a chain stand.

    ``levels`` gives each product its level, materials low and finals high, None where no row 需要 says anything of
    it; levels compare only inside one of the ``parts`` (products by name) that rows connect. ``incoherence`` is F0 of
    the chain, None without rows; ``wrong_way`` the rows most against the flow first.
    """

    levels: Mapping[str, float | None]
    parts: tuple[tuple[str, ...], ...]
    incoherence: float | None
    wrong_way: tuple[WrongWay, ...]


def trophic_levels(
    size: int, source: Sequence[int], target: Sequence[int], weight: Sequence[float] | None = None
) -> TrophicLevels:
    """Levels of a graph: the least-squares solution of ``h_target − h_source = 1`` over its links.

    Solves ``(D − A − Aᵀ) h = v`` with ``D = diag(in + out)``, ``v = in − out``, sparse.

    Args:
        size: how many nodes there are, numbered from 0.
        source: of each link, where it starts (low).
        target: of each link, where it ends (high).
        weight: of each link, > 0; 1 each where None.

    Raises:
        InputError: ends that are no nodes, lists of different lengths, or a weight that is not positive.
    """
    start, end = np.asarray(source, np.int64), np.asarray(target, np.int64)
    weights = np.ones(len(start)) if weight is None else np.asarray(weight, np.float64)
    ends = np.concatenate([start, end])
    if not len(start) == len(end) == len(weights) or not ((ends >= 0) & (ends < size)).all():
        raise InputError("连线的起点、终点、权重不一致，或编号超出范围", where=f"{size}", code="bad_links")
    if not (np.isfinite(weights) & (weights > 0)).all():
        raise InputError("连线的权重应大于零", code="bad_links")
    links = csr_array((weights, (start, end)), shape=(size, size))
    both = links + links.T
    count, part = connected_components(both, directed=False) if size else (0, np.zeros(0, np.int32))
    flow = np.asarray(np.bincount(end, weights, size) - np.bincount(start, weights, size), np.float64)
    levels = _solved(csr_array(diags_array(np.asarray(both.sum(axis=0)).ravel()) - both), flow, part, count)
    lowest = np.full(count, np.inf)
    np.minimum.at(lowest, part, levels)
    levels = levels - lowest[part]
    misfit = (levels[end] - levels[start] - 1.0) ** 2
    incoherence = float(weights @ misfit / weights.sum()) if len(weights) else None
    return TrophicLevels(levels, part.astype(np.int64), misfit, incoherence)


def chain_position(chain: ChainGraph) -> ChainPosition:
    """Levels of the products of a chain, its incoherence, and the rows against the flow.

    Every stated pair 需要 between two products of the chain counts once, whatever its 必要性; a row from a product to
    itself does not count. The flow goes from what is needed to what needs it.
    """
    facts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for product, needed, data in chain.graph.edges(data=True):
        if data["relation"] == "REQUIRES" and data["modality"] in CONFIRMED and product != needed:
            facts[product, needed].append(data["fact"])
    pairs = sorted(facts)
    names = sorted({name for pair in pairs for name in pair})
    number = {name: index for index, name in enumerate(names)}
    found = trophic_levels(len(names), [number[b] for _, b in pairs], [number[a] for a, _ in pairs])
    level = {name: round(float(found.levels[number[name]]), _DIGITS) + 0.0 for name in names}
    whole = float(found.misfit.sum())
    against = [
        WrongWay(
            *pair,
            round(level[pair[0]] - level[pair[1]], _DIGITS),
            round(float(misfit) / whole, _DIGITS),
            tuple(sorted(facts[pair])),
        )
        for pair, misfit in zip(pairs, found.misfit, strict=True)
        if level[pair[0]] - level[pair[1]] <= _LEVEL
    ]
    parts: dict[int, list[str]] = defaultdict(list)
    for name, part in zip(names, found.part.tolist(), strict=True):
        parts[part].append(name)
    return ChainPosition(
        {name: level.get(name) for name in sorted(chain.graph)},
        tuple(sorted(map(tuple, parts.values()))),
        None if found.incoherence is None else round(found.incoherence, _DIGITS),
        tuple(sorted(against, key=lambda row: (row.rise, -row.contribution, row.product, row.object))),
    )


def _solved(laplacian: csr_array[np.float64], flow: Floats, part: npt.NDArray[Any], count: int) -> Floats:
    """One solution of ``laplacian @ h = flow``; each part is free by a shift."""
    from scipy.sparse.linalg import cg, splu

    size = len(flow)
    if not laplacian.nnz:
        return np.zeros(size)
    degree = laplacian.diagonal()
    if size > _DIRECT:
        scale = diags_array(1.0 / np.where(degree > 0, degree, 1.0))
        found, short = cg(laplacian, flow, rtol=1e-14, atol=0.0, maxiter=5 * size, M=scale)
        if not short:
            return np.asarray(found, np.float64)
    free = np.ones(size, np.bool_)
    free[np.unique(part, return_index=True)[1]] = False  # one node of each part stays at 0
    solution = np.zeros(size)
    if free.any():
        solution[free] = splu(laplacian[free][:, free].tocsc()).solve(flow[free])
    return solution
