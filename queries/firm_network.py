"""A network of firms that sell to each other, prepared for the ESRI cascade of :mod:`bulian.queries.systemic_risk`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import coo_array, csr_array

from bulian.graph.errors import InputError

from .loss_rows import Floats, Ints, LossRows, loss_rows, summed

__all__ = ["SupplyNetwork", "supply_network"]


@dataclass(frozen=True, slots=True)
class SupplyNetwork:
    """Who sells how much to whom, prepared for cascades.

    ``sold`` and ``bought`` are totals per firm; ``down`` the production rows of the buyers; ``up`` (firms × firms)
    the share of each customer in a firm's sales; ``market`` the market of each firm and ``markets`` (markets ×
    firms) its sales there.
    """

    sold: Floats
    bought: Floats
    down: LossRows
    up: csr_array[np.float64]
    market: Ints
    markets: csr_array[np.float64]


def supply_network(links: Any, sector: Sequence[int], need: Any, market: Sequence[int] | None = None) -> SupplyNetwork:
    """Prepare a network.

    Args:
        links: n × n array or scipy sparse matrix, ``[i, j]`` is what i sells to j in one unit, ≥ 0.
        sector: of each firm, its sector or product, numbered from 0.
        need: sectors × sectors, ``[k, l]`` is 2 where buyers of sector l cannot do without k, 1 where they lose in
            proportion, 0 where they do not depend on it.
        market: of each firm, in which market others could step in for it; its sector where None.

    Raises:
        InputError: shapes that do not fit, negative or infinite values, a need other than 0, 1, 2, or no sale at all.
    """
    whole = coo_array(links)
    whole.sum_duplicates()
    size = whole.shape[0]
    kinds, needs = np.asarray(sector, np.int64), np.asarray(need, np.int64)
    places = kinds if market is None else np.asarray(market, np.int64)
    _checked(whole, kinds, needs, places)
    held = whole.data > 0
    supplier, buyer = whole.coords[0][held].astype(np.int64), whole.coords[1][held].astype(np.int64)
    value = whole.data[held].astype(np.float64)
    if not len(value):
        raise InputError("没有任何供货金额，算不出损失占比", hint="供货金额至少要有一个大于零。", code="no_supply")
    sold, bought = summed(supplier, value, size), summed(buyer, value, size)
    down = loss_rows(size, supplier, buyer, kinds[supplier], value, needs[kinds[supplier], kinds[buyer]])
    narrow = (supplier.astype(np.int32), buyer.astype(np.int32))  # half the indices to read in every round
    up = csr_array((value / sold[supplier], narrow), shape=(size, size))
    markets = csr_array((sold, (places, np.arange(size))), shape=(int(places.max()) + 1, size))
    return SupplyNetwork(sold, bought, down, up, places, markets)


def _checked(links: coo_array[Any], sector: Ints, need: Ints, market: Ints) -> None:
    size = links.shape[0]
    found = ""
    if links.shape != (size, size) or sector.shape != (size,) or market.shape != (size,):
        found = f"供货矩阵 {links.shape}、行业 {sector.shape}、市场 {market.shape} 的大小不一致"
    elif not np.isfinite(links.data).all() or (links.data < 0).any():
        found = "供货金额有负数或不是数"
    elif need.ndim != 2 or need.shape[0] != need.shape[1] or not np.isin(need, (0, 1, 2)).all():
        found = "必要性矩阵应为方阵，只含 0、1、2"
    elif size and not (0 <= int(sector.min()) and int(sector.max()) < len(need) and int(market.min()) >= 0):
        found = "行业或市场的编号超出范围"
    if found:
        raise InputError(found, hint="行业、市场从 0 编号；供货金额不小于零。", code="bad_network")
