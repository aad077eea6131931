"""Supply and chain after some rows are taken away at random, without pulling the population.

Read once: for every made product the best supported makers of each scope, at most :data:`MAKERS` (the store gives
columns; no loop runs over firms). A claim 生产 of one firm for one product that rests on ``f`` facts goes when all of
them go, so with probability ``share ** f``; its confidence stays what it was. What is left is merged over sub-types and
groups by the same rules as in the store (``docs/weak-links.md``). Where a product has more local makers than were read,
what was read is scaled to the store's aggregate and the product is named as bounded.

Method: delete-edges bootstrap (random thinning) of a graph; see ``docs/weak-links.md``, sensitivity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulian.graph.regions import ROOT
from bulian.graph.store import GraphView

from .situation import Situation
from .supply import ProductSupply, Supply

__all__ = ["MAKERS", "Thinner", "read_claimed"]

MAKERS: Final = 50
_SCOPES: Final = ("local", "china", "near")

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def read_claimed(view: GraphView, leaves: list[str], region: str) -> pa.Table:
    """The best supported makers of every made product, per scope, as the store gives them."""
    names = pa.array(leaves, pa.string())
    return view.producers(pa.table({"root": names, "leaf": names}), region, MAKERS)


@dataclass(frozen=True, slots=True)
class _Totals:
    """Per root: what :class:`~bulian.queries.supply.Supply` has, as columns."""

    groups: Ints
    hhi: Floats
    known: Flags
    doubt: Floats
    unverified: Ints


class Thinner:
    """Thins the makers of the products of a chain; ``claims`` is how many claims there are to drop.

    ``rows`` are the makers as read for the products alone; they are joined with every product they supply.
    """

    def __init__(self, situation: Situation, claimed: pa.Table) -> None:
        self._supply = situation.supply
        self.roots = sorted(situation.chain.leaves)
        self.pairs = [(root, leaf) for root in self.roots for leaf in situation.chain.leaves[root]]
        table = claimed.filter(pc.and_(claimed["active"], pc.is_in(claimed["scope"], pa.array(["local", "domestic"]))))
        self.claims = table.num_rows
        self._share_asked = situation.settings.strong_national_share > 0
        self._facts = np.asarray(table["facts"].to_numpy(), dtype=np.int64)
        self._pair, self._row = _joined(self.pairs, table["root"].to_pylist())
        number = {root: i for i, root in enumerate(self.roots)}
        self._root = np.array([number[root] for root, _ in self.pairs], dtype=np.int64)[self._pair]
        self._take(table, situation)
        everything = np.ones(len(self._row), dtype=np.bool_)
        self._full = {scope: self._totals(scope, everything) for scope in _SCOPES}

    def _take(self, table: pa.Table, situation: Situation) -> None:
        """The columns of the joined rows, and which group of which root each belongs to."""
        row = self._row
        self._confidence = table["confidence"].to_numpy()[row]
        self._confirmed = self._confidence >= situation.settings.confidence
        self._capacity = table["capacity"].to_numpy(zero_copy_only=False).astype(np.float64)[row]
        self._unit = _codes(pc.fill_null(table["unit"], ""))[row]
        local = pc.equal(table["scope"], "local").to_numpy()[row]
        around = pa.array([code for code in situation.around[1:] if code != ROOT], pa.string())
        near = pc.fill_null(pc.is_in(table["region"], around), False).to_numpy()[row] & ~local
        self._inside = {"local": local, "china": np.ones(len(row), dtype=np.bool_), "near": near}
        groups = _codes(table["group"])[row]
        cells, self._cell = np.unique(self._root * (groups.max(initial=0) + 1) + groups, return_inverse=True)
        self._cell_root = (cells // (groups.max(initial=0) + 1)).astype(np.int64)

    def drawn(self, random: np.random.Generator, share: float) -> Flags:
        """Which claims stay, each dropped with probability ``share`` to the power of its facts."""
        stays: Flags = random.random(self.claims) >= share**self._facts
        return stays

    def thinned(self, claims: Flags, pairs: Flags, *, all_touched: bool = False) -> dict[str, ProductSupply]:
        """The supply of the products for which it may matter when only these claims and pairs stay.

        Args:
            claims: per claim, from :meth:`drawn`.
            pairs: per row of :attr:`pairs`, whether the leaf still supplies the root.
            all_touched: also where no rule could tell the difference: makers elsewhere in China are fewer, but some.
        """
        stays = claims[self._row] & pairs[self._pair]
        if stays.all():
            return {}
        left = {scope: self._totals(scope, stays) for scope in _SCOPES}
        touched = np.unique(self._root[~stays])
        if not all_touched:
            touched = touched[self._matters(left)[touched]]
        return {self.roots[at]: self._supplied(int(at), left) for at in touched}

    def _matters(self, left: Mapping[str, _Totals]) -> Flags:
        """Where what is left could give another label."""
        some = (left["china"].groups > 0) & (self._full["china"].groups > 0)
        if self._share_asked:
            some &= left["china"].groups == self._full["china"].groups
        matters = ~some
        for scope in ("local", "near"):
            for one, other in zip(astuple(left[scope]), astuple(self._full[scope]), strict=True):
                matters |= one != other
        return matters

    def _supplied(self, at: int, left: Mapping[str, _Totals]) -> ProductSupply:
        base = self._supply[self.roots[at]]
        said = {scope: self._one(getattr(base, scope), self._full[scope], left[scope], at) for scope in _SCOPES}
        return ProductSupply(vague=base.vague, foreign=base.foreign, unplaced=base.unplaced, **said)

    def _one(self, base: Supply, full: _Totals, left: _Totals, at: int) -> Supply:
        """One scope of one product; scaled to the store's aggregate where not all makers were read."""
        groups, unverified, doubt = int(left.groups[at]), int(left.unverified[at]), float(left.doubt[at])
        hhi = float(left.hhi[at]) if groups else None
        if base.groups != full.groups[at] and groups:
            groups = max(1, round(groups * base.groups / int(full.groups[at])))
        if hhi is not None and base.hhi is not None and abs(base.hhi - full.hhi[at]) > 1e-9:
            hhi = min(1.0, hhi * base.hhi / float(full.hhi[at]))
        if base.unverified != full.unverified[at]:
            unverified = max(unverified, base.unverified - int(full.unverified[at]))
            doubt = min(1.0, doubt * base.doubt / float(full.doubt[at]))
        return Supply(base.firms, groups, hhi, bool(left.known[at]), base.provinces, doubt, unverified)

    def bounded(self) -> set[str]:
        """Products whose local supply is more than was read."""
        full = self._full["local"]
        return {
            root for at, root in enumerate(self.roots)
            if root in self._supply
            and (self._supply[root].local.groups, self._supply[root].local.unverified)
            != (full.groups[at], full.unverified[at])
        }  # fmt: skip

    def _totals(self, scope: str, stays: Flags) -> _Totals:
        """Supply of every root from the rows that stay, merged over firms and groups."""
        rows, size = np.flatnonzero(stays & self._inside[scope]), len(self.roots)
        sure = rows[self._confirmed[rows]]
        surest = np.zeros(len(self._cell_root))
        np.maximum.at(surest, self._cell[rows], self._confidence[rows])
        confirmed = np.bincount(self._cell[sure], minlength=len(surest)) > 0
        doubtful = (surest > 0) & ~confirmed
        doubt = np.ones(size)
        np.multiply.at(doubt, self._cell_root[doubtful], 1 - surest[doubtful])
        groups = np.bincount(self._cell_root[confirmed], minlength=size)
        hhi, known = self._concentration(sure, groups)
        unverified = np.bincount(self._cell_root[doubtful], minlength=size)
        return _Totals(groups, hhi, known, doubt, unverified)

    def _concentration(self, sure: Ints, groups: Ints) -> tuple[Floats, Flags]:
        """HHI of the capacity of the groups, equal shares unless every confirmed maker states one in one unit."""
        size, root, amount = len(self.roots), self._root[sure], self._capacity[sure]
        low, high = np.full(size, np.iinfo(np.int64).max), np.full(size, -1)
        np.minimum.at(low, root, self._unit[sure])
        np.maximum.at(high, root, self._unit[sure])
        made = np.bincount(self._cell[sure], weights=amount, minlength=len(self._cell_root))
        total = np.bincount(root, weights=amount, minlength=size)
        squares = np.bincount(self._cell_root, weights=made * made, minlength=size)
        known: Flags = (groups > 0) & (low == high) & (np.nan_to_num(total) > 0)
        equal = 1 / np.maximum(groups, 1)
        return np.where(known, squares / np.where(known, total * total, 1), equal), known


def _joined(pairs: list[tuple[str, str]], made: list[str]) -> tuple[Ints, Ints]:
    """The rows of every pair's leaf: number of the pair, number of the row. ``made`` are the rows' products, sorted."""
    names, first, count = np.unique(np.array(made, dtype=object), return_index=True, return_counts=True)
    where = {name: (int(start), int(many)) for name, start, many in zip(names, first, count, strict=True)}
    spans = [where.get(leaf, (0, 0)) for _, leaf in pairs]
    starts = np.array([start for start, _ in spans], dtype=np.int64)
    counts = np.array([many for _, many in spans], dtype=np.int64)
    pair = np.repeat(np.arange(len(pairs)), counts)
    offset = np.arange(len(pair)) - np.repeat(np.cumsum(counts) - counts, counts)
    return pair, np.repeat(starts, counts) + offset


def _codes(column: Any) -> Ints:
    """A column of texts as numbers, equal texts alike."""
    encoded = pc.dictionary_encode(column).combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)
