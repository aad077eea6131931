"""Losses of many removals where each reaches few products: the same recursion as the dense one, over what is lost only.

In a chain of twenty thousand products the loss of one reaches a dozen. The rows of the products are kept as a sparse
matrix products × removals that grows from the inputs on; a product gets its row once, a cycle of products repeats its
own rows until nothing grows. Sums run over the same shares as in :mod:`bulian.queries.severity`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from .loss_rows import Floats, Ints, LossRows

__all__ = ["Block", "sparse_losses"]

Block = tuple[int, int, bool]
"""Nodes from, up to and without; whether some of them are in a cycle."""

_CELLS = 4_000_000
_Marks = npt.NDArray[np.bool_]


class _Lost:
    """The rows found so far, in the order of the nodes."""

    def __init__(self, width: int) -> None:
        self.width, self.high = width, 0
        self._starts: list[Ints] = [np.zeros(1, np.int64)]
        self._columns: list[Ints] = []
        self._values: list[Floats] = []
        self._count = 0

    def matrix(self) -> csr_array[np.float64]:
        """Nodes × removals, up to the last row put in."""
        columns = np.concatenate(self._columns) if self._columns else np.zeros(0, np.int64)
        values = np.concatenate(self._values) if self._values else np.zeros(0)
        return csr_array((values, columns, np.concatenate(self._starts)), shape=(self.high, self.width))

    def put(self, high: int, node: Ints, column: Ints, value: Floats) -> None:
        """Add the rows of the nodes up to ``high``; entries in the order of node and column."""
        counts = np.bincount(node - self.high, minlength=high - self.high)
        self._starts.append(self._count + np.cumsum(counts))
        self._columns.append(column)
        self._values.append(value)
        self._count += len(value)
        self.high = high


def sparse_losses(
    rows: LossRows, blocks: Sequence[Block], closed: Ints, ends: _Marks, told: _Marks, epsilon: float, rounds: int
) -> tuple[Floats, Ints]:
    """For each of the closed nodes alone: what the ends lose, summed, and how many of the told nodes lose anything.

    Args:
        rows: the production rows; suppliers of a node stand before it, or with it in a block with a cycle.
        blocks: all nodes in their order.
        closed: nodes, ascending.
        ends: of each node, whether its loss is summed.
        told: of each node, whether it is counted.
        epsilon: a cycle ends when nothing in it grows by more.
        rounds: bound on the rounds of a cycle.
    """
    width = len(closed)
    lost, total, count = _Lost(width), np.zeros(width), np.zeros(width, np.int64)
    for low, high, cyclic in blocks:
        part = rows.between(low, high)
        own = np.arange(*np.searchsorted(closed, (low, high)))
        before = part.shares[:, :low] @ lost.matrix() if low else csr_array((part.shares.shape[0], width))
        if cyclic:
            node, column, value = _cycle(part, before, closed, own, (low, high), epsilon, rounds)
        else:
            entries = before.tocoo()
            at = part.buyers[np.searchsorted(part.starts, entries.row, side="right") - 1]
            node, column = np.append(at, closed[own]), np.append(entries.col, own).astype(np.int64)
            node, column, value = _largest(node, column, np.append(entries.data, np.ones(len(own))), width)
        lost.put(high, node, column, np.minimum(value, 1.0))
        summed = ends[node]
        total += np.bincount(column[summed], np.minimum(value[summed], 1.0), width)
        count += np.bincount(column[told[node] & (value > 0)], minlength=width)
    return total, count


def _largest(node: Ints, column: Ints, value: Floats, width: int) -> tuple[Ints, Ints, Floats]:
    """The largest value of each node and column, sorted by both."""
    key = node * width + column
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    best = np.maximum.reduceat(value[order], first) if len(first) else value[:0]
    return key[first] // width, key[first] % width, best


def _cycle(
    part: LossRows, before: csr_array[np.float64], closed: Ints, own: Ints, place: tuple[int, int], epsilon: float,
    rounds: int,
) -> tuple[Ints, Ints, Floats]:  # fmt: skip
    """The rows of a block with a cycle: dense over the removals that reach it, some at a time."""
    low, high = place
    touched = np.union1d(np.unique(before.indices), own).astype(np.int64)
    inside = LossRows(part.shares[:, low:high], part.buyers - low, part.starts)
    columns = before.tocsc()
    found: list[tuple[Ints, Ints, Floats]] = []
    step = max(1, _CELLS // max(high - low, part.shares.shape[0], 1))
    for start in range(0, len(touched), step):
        chosen = touched[start : start + step]
        given = columns[:, chosen].toarray()
        block = np.zeros((high - low, len(chosen)))
        mine = np.flatnonzero(np.isin(chosen, own))
        block[closed[chosen[mine]] - low, mine] = 1.0
        for _ in range(rounds):
            old = block[inside.buyers]
            grown = np.maximum(old, inside.losses(block, given))
            block[inside.buyers] = grown
            if float((grown - old).max(initial=0.0)) <= epsilon:
                break
        at, column = np.nonzero(block)
        found.append((at + low, chosen[column], block[at, column]))
    node, column, value = (np.concatenate([each[place] for each in found]) for place in range(3)) if found else _NONE
    order = np.lexsort((column, node))
    return node[order], column[order], value[order]


_NONE = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
