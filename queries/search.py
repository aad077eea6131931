"""How surely a maker does not exist here: what was searched, what that proves, and what to search next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from bulian.graph.store import GraphView

from .absence import next_rate_needed, p_absent
from .settings import Settings

__all__ = ["Search", "Searches", "read_searches"]


@dataclass(frozen=True, slots=True)
class Search:
    """One searched source that covers a product here: its name, detection rate, date and fact."""

    source: str
    rate: float
    date: str | None
    assumed: bool
    fact: str


@dataclass(frozen=True)
class Searches:
    """The searches that hold for one region, by product; ``None`` holds those of every product."""

    by_product: Mapping[str | None, Sequence[Mapping[str, Any]]]
    _found: dict[str, list[Search]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of(self, product: str) -> list[Search]:
        """The searches that cover a product, each source once.

        Of one source a row of the table wins over a declared file, then the narrowest area, then one that names
        the product, then the newest, then the one that proves least.
        """
        if product not in self._found:
            self._found[product] = self._best(product)
        return self._found[product]

    def _best(self, product: str) -> list[Search]:
        best: dict[str, tuple[Any, ...]] = {}
        for row in (*self.by_product.get(product, ()), *self.by_product.get(None, ())):
            widest = (row["method_is_file"], row["depth"], row["product"] is None)
            rank = (*widest, _reversed(row["date"]), row["rate"], row["fact"])
            name = row["searched_source"]
            if name not in best or rank < best[name][0]:
                best[name] = (rank, Search(name, row["rate"], row["date"], row["assumed"], row["fact"]))
        return [best[name][1] for name in sorted(best)]

    def absence(self, product: str, groups: int, doubts: Sequence[float], settings: Settings) -> float | None:
        """P_absent of makers of a product here: None where nothing covers it, else 0 where ``groups`` are confirmed."""
        rates = tuple(search.rate for search in self.of(product))
        return 0.0 if rates and groups else _absent(rates, tuple(doubts), settings.prior)

    def rate_needed(self, product: str, doubts: Sequence[float], settings: Settings) -> float | None:
        """The detection rate one more source needs to settle it; None where unverified claims forbid it."""
        rates = tuple(search.rate for search in self.of(product))
        return _needed(rates, tuple(doubts), settings.absent, settings.prior)


# Few sources are searched for many products, so few combinations of rates occur.
@lru_cache(maxsize=4096)
def _absent(rates: tuple[float, ...], doubts: tuple[float, ...], prior: float) -> float | None:
    return p_absent(rates, doubts, prior)


@lru_cache(maxsize=4096)
def _needed(rates: tuple[float, ...], doubts: tuple[float, ...], threshold: float, prior: float) -> float | None:
    return next_rate_needed(rates, doubts, threshold=threshold, prior=prior)


@lru_cache(maxsize=4096)
def _reversed(date: str | None) -> tuple[int, ...]:
    """Sorts newer dates first and a missing date last."""
    return tuple(-ord(character) for character in date) if date else (1,)


def read_searches(view: GraphView, region: str) -> Searches:
    """Every search that holds for a region, its own and those of the areas around it."""
    found: dict[str | None, list[Mapping[str, Any]]] = defaultdict(list)
    for row in view.searched(region).to_pylist():
        found[row["product"]].append(row)
    return Searches(found)
