"""Independent supply per product: aggregated in the store, read here as small frozen rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final, NamedTuple

import pyarrow as pa

from bulian.graph.store import GraphView

from .settings import Settings

__all__ = ["NO_SUPPLY", "Maker", "ProductSupply", "Supply", "read_makers", "read_supply"]


@dataclass(frozen=True, slots=True)
class Supply:
    """Supply of one product from one scope.

    ``groups`` are confirmed independent suppliers (firms of one group once), ``hhi`` the concentration of their
    capacity (equal shares unless ``capacity_known``), ``doubt`` the product of 1 − confidence over groups with
    only unverified claims.
    """

    firms: int = 0
    groups: int = 0
    hhi: float | None = None
    capacity_known: bool = False
    provinces: int = 0
    doubt: float = 1.0
    unverified: int = 0

    @property
    def n_eff(self) -> float:
        """Effective number of suppliers, 1/HHI; 0 without a supplier."""
        return 1 / self.hhi if self.hhi else 0.0


_NOBODY: Final = Supply()


@dataclass(frozen=True, slots=True)
class ProductSupply:
    """Supply of one product seen from a region.

    In it, in China, perhaps in it (``vague``: known only to be around it; ``near``: so, and the area smaller than
    China), abroad, of unknown country.
    """

    local: Supply = _NOBODY
    china: Supply = _NOBODY
    vague: Supply = _NOBODY
    near: Supply = _NOBODY
    foreign: Supply = _NOBODY
    unplaced: Supply = _NOBODY


NO_SUPPLY: Final = ProductSupply()
"""Of a product that has no maker."""


class Maker(NamedTuple):
    """A maker of a product or of a sub-type (``leaf``); ``fact`` is its best supported claim.

    ``present`` says whether a firm of its group is in the region; ``active`` whether it is still registered.
    """

    scope: str
    leaf: str
    id: str
    name: str
    region: str | None
    group: str
    active: bool
    confidence: float
    share: float | None
    capacity: float | None
    unit: str | None
    grade: str | None
    present: bool
    fact: str
    facts: int


def read_supply(view: GraphView, pairs: pa.Table, region: str, settings: Settings) -> Mapping[str, ProductSupply]:
    """Supply of every product that has any maker."""
    table = view.supply(pairs, region, settings.confidence)
    columns = [table[item.name].to_pylist() for item in fields(Supply)]
    scopes: dict[str, dict[str, Supply]] = defaultdict(dict)
    for root, scope, *numbers in zip(table["root"].to_pylist(), table["scope"].to_pylist(), *columns, strict=True):
        scopes[root][scope] = Supply(*numbers)
    return {root: ProductSupply(**said) for root, said in scopes.items()}


def read_makers(view: GraphView, pairs: pa.Table, region: str, limit: int) -> Mapping[str, list[Maker]]:
    """At most ``limit`` makers per product and scope, best supported first."""
    table = view.producers(pairs, region, limit)
    makers = map(Maker, *(table[name].to_pylist() for name in Maker._fields))
    found: dict[str, list[Maker]] = defaultdict(list)
    for root, maker in zip(table["root"].to_pylist(), makers, strict=True):
        found[root].append(maker)
    return dict(found)
