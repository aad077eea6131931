"""Who loses how much when inputs fail: the generalised Leontief production rows behind the ESRI cascade.

A buyer has one row of shares for every essential kind of input (the shares of its suppliers in that kind) and one
for all its non-essential inputs (their shares in everything it buys). Of its rows the worst counts: a buyer that
lacks an essential kind cannot make up for it with another. Method: Diem, Borsos, Reisch, Kertész, Thurner 2022,
Sci. Rep. 12:7719, with the losses ``1 − h`` in place of the remaining output ``h``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

__all__ = ["ESSENTIAL", "NON_ESSENTIAL", "UNRELATED", "Floats", "Ints", "LossRows", "loss_rows", "summed"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

UNRELATED, NON_ESSENTIAL, ESSENTIAL = 0, 1, 2
"""How a buyer depends on a link: not at all, in proportion, or not without it."""


@dataclass(frozen=True, slots=True)
class LossRows:
    """The rows of many buyers, side by side.

    ``shares`` (rows × suppliers) holds the share of each supplier in each row, rows of one buyer together;
    ``buyers`` are the buyers that have rows, ascending; ``starts`` the first row of each.
    """

    shares: csr_array[np.float64]
    buyers: Ints
    starts: Ints

    def losses(self, inputs: Floats, given: Floats | None = None) -> Floats:
        """What the buyers lose, 0 to 1.

        Args:
            inputs: suppliers × shocks, what each supplier no longer delivers (0 to 1).
            given: rows × shocks, what is lost of each row beside that.

        Returns:
            buyers × shocks, in the order of ``buyers``.
        """
        if not len(self.starts):
            return np.zeros((0, inputs.shape[1]))
        rows: Floats = np.asarray(self.shares @ inputs)
        if given is not None:
            rows += given
        counts = np.diff(self.starts, append=len(rows))
        worst = rows[self.starts]
        for turn in range(1, int(counts.max())):  # ten times quicker than reduceat, which goes column by column
            more = np.flatnonzero(counts > turn)
            worst[more] = np.maximum(worst[more], rows[self.starts[more] + turn])
        return np.minimum(worst, 1.0, out=worst)

    def between(self, low: int, high: int) -> LossRows:
        """The rows of the buyers from ``low`` up to and without ``high``."""
        first, last = np.searchsorted(self.buyers, (low, high))
        begin = int(self.starts[first]) if first < len(self.starts) else self.shares.shape[0]
        end = int(self.starts[last]) if last < len(self.starts) else self.shares.shape[0]
        return LossRows(self.shares[begin:end], self.buyers[first:last], self.starts[first:last] - begin)


def loss_rows(size: int, supplier: Ints, buyer: Ints, kind: Ints, value: Floats, need: Ints) -> LossRows:
    """The rows of links.

    Args:
        size: how many suppliers and buyers there are; both are numbered from 0.
        supplier: of each link, who sells.
        buyer: of each link, who buys.
        kind: of each link, the kind of input (≥ 0); links of one buyer and kind stand in for each other.
        value: of each link, its weight (> 0), in any one unit.
        need: of each link, :data:`ESSENTIAL`, :data:`NON_ESSENTIAL` or :data:`UNRELATED`; one word for all links
            of one buyer and kind. Unrelated links count only in what a buyer buys in all.
    """
    bought = summed(buyer, value, size)
    used = need != UNRELATED
    supplier, buyer, kind, value, need = supplier[used], buyer[used], kind[used], value[used], need[used]
    width = int(kind.max(initial=-1)) + 2
    keys, row = np.unique(buyer * width + np.where(need == ESSENTIAL, kind + 1, 0), return_inverse=True)
    share = value / np.where(need == ESSENTIAL, summed(row, value, len(keys))[row], bought[buyer])
    shares = csr_array((share, (row, supplier)), shape=(len(keys), size))
    buyers, starts = np.unique(keys // width, return_index=True)
    return LossRows(shares, buyers.astype(np.int64), starts.astype(np.int64))


def summed(place: Ints, value: Floats, size: int) -> Floats:
    """The sum of the values at each of ``size`` places."""
    return np.asarray(np.bincount(place, value, size), np.float64)
