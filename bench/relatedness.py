"""Location quotients, proximity, density and complexity against their definitions as plain loops, ratios of one run.

``python bench/relatedness.py [regions] [products]``; the defaults are 340 regions (the prefectures of China) and 2,000
products. Counts of makers are drawn with sizes of regions and products from a Pareto law, one cell in seven is filled;
the minimum counts are those of the settings. The loops do every quotient, but proximity and density of a slice of
products only; their time for all is that times the number of slices. All answers are compared on the slice.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from bulian.queries.complexity import complexity, outlook_gain
from bulian.queries.relatedness import Minimum, density, location_quotients, proximity, quotient_bounds, specialised
from bulian.queries.settings import Settings

T = TypeVar("T")
Floats = npt.NDArray[np.float64]
FILLED = 1 / 7
SLICE = 20


def drawn(regions: int, products: int, seed: int = 7) -> npt.NDArray[np.int64]:
    """Makers by region and product."""
    rng = np.random.default_rng(seed)
    sizes = [rng.pareto(1.3, count) + 0.3 for count in (regions, products)]
    mean = np.outer(*sizes)
    return rng.poisson(mean) * (rng.random((regions, products)) < FILLED)


def quotients_by_loops(makers: npt.NDArray[np.int64], least: Minimum) -> list[list[float | None]]:
    """The definition of :func:`location_quotients`, cell by cell."""
    rows = makers.tolist()
    of_region, of_product = [sum(row) for row in rows], [sum(column) for column in zip(*rows, strict=True)]
    whole = sum(of_region)
    return [
        [
            None
            if of_region[c] < max(least.region, 1) or of_product[p] < max(least.product, 1) or cell < least.cell
            else cell * whole / (of_region[c] * of_product[p])
            for p, cell in enumerate(row)
        ]
        for c, row in enumerate(rows)
    ]


def densities_by_loops(made: list[list[bool]], chosen: range) -> list[list[float | None]]:
    """The density of some products in every region, proximities counted pair by pair."""
    holders = [{c for c, row in enumerate(made) if row[p]} for p in range(len(made[0]))]
    found: list[list[float | None]] = []
    for p in chosen:
        near = [
            len(holders[p] & own) / max(len(holders[p]), len(own)) if q != p and (holders[p] or own) else 0.0
            for q, own in enumerate(holders)
        ]
        total = sum(near)
        found.append([sum(n for n, m in zip(near, row, strict=True) if m) / total if total else None for row in made])
    return found


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds of processor time, and the answer."""
    begun = time.process_time()
    answer = work()
    return time.process_time() - begun, answer


def same(ours: Floats, theirs: list[list[float | None]]) -> float:
    """The largest difference; what one side does not know the other must not know either."""
    other = np.array([[np.nan if value is None else value for value in row] for row in theirs])
    if not (np.isnan(ours) == np.isnan(other)).all():
        raise SystemExit("one side has a number where the other has none")
    return float(np.nanmax(np.abs(ours - other), initial=0.0))


def main() -> None:
    """Print the measures."""
    regions, products = (int(text) for text in (*sys.argv[1:], "340", "2000")[:2])
    settings = Settings()
    least = Minimum(settings.lq_min_region, settings.lq_min_product, settings.lq_min_cell)
    makers = drawn(regions, products)
    print(f"{regions} regions × {products} products, {int((makers > 0).sum()):,} cells with makers; processor time")
    quick, quotients = timed(lambda: location_quotients(makers, least))
    slow, by_loops = timed(lambda: quotients_by_loops(makers, least))
    differ = same(quotients, by_loops)
    print(f"quotients   {quick * 1e3:9.1f} ms   loops {slow:8.2f} s  {slow / quick:6.0f}x   differ {differ:.1e}")
    bounds, _ = timed(lambda: quotient_bounds(makers, settings.lq_interval))
    print(f"bounds      {bounds * 1e3:9.1f} ms")
    made = specialised(quotients)
    flat = made.astype(np.float64)
    near, _ = timed(lambda: proximity(flat))
    quick, dense = timed(lambda: density(flat))
    chosen = range(0, products, max(1, products // SLICE))
    slow, by_loops = timed(lambda: densities_by_loops(made.tolist(), chosen))
    slow *= products / len(chosen)
    differ = same(dense[:, list(chosen)].T, by_loops)
    print(f"proximity   {near * 1e3:9.1f} ms")
    print(f"density     {quick * 1e3:9.1f} ms   loops {slow:8.2f} s  {slow / quick:6.0f}x   differ {differ:.1e}")
    indices, found = timed(lambda: complexity(flat))
    gain, _ = timed(lambda: outlook_gain(flat, found))
    print(f"ECI and PCI {indices * 1e3:9.1f} ms   COG {gain * 1e3:.1f} ms   specialised {int(made.sum()):,}")


if __name__ == "__main__":
    main()
