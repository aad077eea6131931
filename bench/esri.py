"""ESRI closures against the formulas written as plain loops, as a ratio of one run.

``python bench/esri.py [firms] [links] [closures]``; the defaults are 10,000 firms, 80,000 links, 128 closures. Firms
have Pareto weights for how often they buy and sell, 60 sectors, log-normal amounts; of the pairs of sectors one in
ten is essential and six in ten are not. The loops answer the first closures only; both answers are compared there.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array

from bulian.queries.systemic_risk import firm_risk, supply_network

SECTORS = 60
SLICE = 2
EPSILON = 1e-6

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def drawn(firms: int, links: int, seed: int = 7) -> tuple[coo_array[np.float64], Ints, Ints]:
    """The random network described above: links, sectors, needs."""
    rng = np.random.default_rng(seed)
    size = rng.pareto(1.5, firms) + 0.2
    ends = [rng.choice(firms, links, p=size / size.sum()) for _ in range(2)]
    kept = ends[0] != ends[1]
    value = rng.lognormal(0.0, 1.5, links)[kept]
    whole = coo_array((value, (ends[0][kept], ends[1][kept])), shape=(firms, firms))
    whole.sum_duplicates()
    sector = rng.integers(0, SECTORS, firms)
    return whole, sector, rng.choice(3, (SECTORS, SECTORS), p=(0.3, 0.6, 0.1)).astype(np.int64)


class Loops:
    """The formulas of the paper, one closure at a time, one link at a time."""

    def __init__(self, links: coo_array[np.float64], sector: Ints, need: Ints) -> None:
        self.sector, self.size = sector.tolist(), links.shape[0]
        self.rows = list(zip(links.coords[0].tolist(), links.coords[1].tolist(), links.data.tolist(), strict=True))
        self.need = need.tolist()
        self.sold, self.bought = [0.0] * self.size, [0.0] * self.size
        self.kind: dict[tuple[int, int], float] = defaultdict(float)
        for i, j, value in self.rows:
            self.sold[i] += value
            self.bought[j] += value
            self.kind[j, self.sector[i]] += value

    def closed(self, firm: int) -> tuple[float, float, float]:
        """ESRI, downstream and upstream, of one firm."""
        down, up = [1.0] * self.size, [1.0] * self.size
        down[firm] = up[firm] = 0.0
        moved = 1.0
        while moved > EPSILON:
            left: dict[int, float] = defaultdict(float)
            for i, sold in enumerate(self.sold):
                left[self.sector[i]] += sold * down[i]
            loss: dict[tuple[int, int], float] = defaultdict(float)
            unsold = [0.0] * self.size
            for i, j, value in self.rows:
                k = self.sector[i]
                word = self.need[k][self.sector[j]]
                rest = left[k]
                lost = (min(1.0, self.sold[i] / rest) if rest > 1e-10 else 1.0) * value * (1.0 - down[i])
                if word:
                    loss[j, k if word == 2 else -1] += lost / (self.kind[j, k] if word == 2 else self.bought[j])
                unsold[i] += value / self.sold[i] * (1.0 - up[j])
            lower, higher = list(down), list(up)
            for (j, _), lost in loss.items():
                lower[j] = max(0.0, min(lower[j], 1.0 - lost))
            for i, lost in enumerate(unsold):
                higher[i] = max(0.0, min(up[i], 1.0 - lost))
            moved = max(max(a - b for a, b in zip(down + up, lower + higher, strict=True)), 0.0)
            down, up = lower, higher
        whole = sum(self.sold)
        ways = ([min(pair) for pair in zip(down, up, strict=True)], down, up)
        both, lower_, higher_ = (sum(s * (1.0 - h) for s, h in zip(self.sold, way, strict=True)) / whole for way in ways)
        return both, lower_, higher_


def main(firms: int = 10_000, links: int = 80_000, closures: int = 128) -> None:
    """Measure, compare, print."""
    whole, sector, need = drawn(firms, links)
    begun = time.perf_counter()
    network = supply_network(whole, sector, need)
    built = time.perf_counter() - begun
    chosen = np.random.default_rng(1).choice(firms, min(closures, firms), replace=False)
    begun = time.perf_counter()
    risk = firm_risk(network, chosen.tolist(), epsilon=EPSILON)
    each = (time.perf_counter() - begun) / len(chosen)
    begun = time.perf_counter()
    firm_risk(network, chosen.tolist(), direction="down", epsilon=EPSILON)
    down = (time.perf_counter() - begun) / len(chosen)
    loops = Loops(whole, sector, need)
    begun = time.perf_counter()
    plain = np.array([loops.closed(firm) for firm in chosen[:SLICE].tolist()])
    slow = (time.perf_counter() - begun) / SLICE
    assert risk.both is not None
    assert risk.down is not None
    assert risk.up is not None
    gap = np.abs(plain - np.stack([risk.both, risk.down, risk.up], axis=1)[:SLICE]).max()
    if gap > 100 * EPSILON:  # the loops end short of the limit by about ε times the rounds they would still need
        raise SystemExit(f"the answers differ by {gap}")
    print(f"{firms:,} firms, {whole.nnz:,} links, {len(chosen)} closures, {risk.rounds.mean():.1f} rounds each")
    print(f"prepare {built * 1e3:.1f} ms; one closure {each * 1e3:.2f} ms, only downstream {down * 1e3:.2f} ms")
    print(f"loops, one closure {slow * 1e3:.0f} ms: {slow / each:.0f}x")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
