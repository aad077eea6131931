"""How surely a maker does not exist here: what was searched, what that proves, and what to search next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from bulian.graph.store import GraphView

from .absence import next_rate_needed, p_absent
from .settings import Settings

__all__ = ["Search", "Searches", "read_searches"]


@dataclass(frozen=True, slots=True)
class Search:
    """One searched source that covers a product here: its name, detection rate, date and fact.

    ``assumed`` says that nobody searched it: the rate is what a user supposes, and there is no fact. ``depth`` is how far
    out the area it was searched in lies (0 the region itself), ``named`` whether the row names the product, ``for_file``
    whether it was declared for a file.
    """

    source: str
    rate: float
    date: str | None
    assumed: bool
    fact: str
    depth: int = 0
    named: bool = False
    for_file: bool = False


class _Found(NamedTuple):
    """What covers a product: all searches, those that were made, the rates of all."""

    all: list[Search]
    made: list[Search]
    rates: tuple[float, ...]


@dataclass(frozen=True)
class Searches:
    """The searches that hold for one region, by product; ``None`` holds those of every product.

    ``supposed`` are rows of the same form that no source declares (:mod:`bulian.queries.assumption`): they hold for every
    product, are marked in what :meth:`of` gives, and take the place of what is declared of a source of their name.
    """

    by_product: Mapping[str | None, Sequence[Mapping[str, Any]]]
    supposed: Sequence[Mapping[str, Any]] = ()
    _found: dict[str | None, _Found] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def declared(self) -> Searches:
        """The same without what is only supposed."""
        return Searches(self.by_product) if self.supposed else self

    def made(self, product: str) -> list[Search]:
        """The searches that were made: what covers a product without what is only supposed."""
        return self._of(product).made

    def of(self, product: str) -> list[Search]:
        """The searches that cover a product, each source once.

        Of one source a row of the table wins over a declared file, then the narrowest area, then one that names
        the product, then the newest, then the one that proves least.
        """
        return self._of(product).all

    def _of(self, product: str) -> _Found:
        known = product if product in self.by_product else None  # nothing names the others: one answer for all of them
        found = self._found.get(known)
        if found is None:
            found = self._found[known] = self._best(known)
        return found

    def _best(self, product: str | None) -> _Found:
        best: dict[str, tuple[Any, ...]] = {}
        named = () if product is None else self.by_product.get(product, ())
        known = (*named, *self.by_product.get(None, ()))
        for declared, row in (*((False, row) for row in self.supposed), *((True, row) for row in known)):
            widest = (declared, row["method_is_file"], row["depth"], row["product"] is None)
            rank = (*widest, _reversed(row["date"]), row["rate"], row["fact"])
            name = row["searched_source"]
            if name not in best or rank < best[name][0]:
                best[name] = (rank, _search(row))
        searches = [best[name][1] for name in sorted(best)]
        made = [search for search in searches if not search.assumed]
        return _Found(searches, made, tuple(search.rate for search in searches))

    def absence(self, product: str, groups: int, doubts: Sequence[float], settings: Settings) -> float | None:
        """P_absent of makers of a product here: None where nothing covers it, else 0 where ``groups`` are confirmed."""
        rates = self._of(product).rates
        return 0.0 if rates and groups else _absent(rates, tuple(doubts), settings.prior)

    def rate_needed(self, product: str, doubts: Sequence[float], settings: Settings) -> float | None:
        """The detection rate one more source needs to settle it; None where unverified claims forbid it."""
        rates = self._of(product).rates
        return _needed(rates, tuple(doubts), settings.absent, settings.prior)


def _search(row: Mapping[str, Any]) -> Search:
    return Search(
        row["searched_source"], row["rate"], row["date"], row["assumed"], row["fact"], row["depth"],
        row["product"] is not None, row["method_is_file"],
    )  # fmt: skip


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
