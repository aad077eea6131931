"""Independent supply per product: aggregated in the store, read here as small frozen rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from bulian.graph.store import GraphView

from .settings import Settings

__all__ = ["Maker", "ProductSupply", "Supply", "read_makers", "read_supply"]


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


@dataclass(frozen=True, slots=True)
class ProductSupply:
    """Supply of one product seen from a region.

    In it, in China, perhaps in it (``vague``: known only to be around it; ``near``: so, and the area smaller than
    China), abroad, of unknown country.
    """

    local: Supply = field(default_factory=Supply)
    china: Supply = field(default_factory=Supply)
    vague: Supply = field(default_factory=Supply)
    near: Supply = field(default_factory=Supply)
    foreign: Supply = field(default_factory=Supply)
    unplaced: Supply = field(default_factory=Supply)


@dataclass(frozen=True, slots=True)
class Maker:
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
    found: dict[str, ProductSupply] = defaultdict(ProductSupply)
    for row in view.supply(pairs, region, settings.confidence).to_pylist():
        root, scope = row.pop("root"), row.pop("scope")
        found[root] = replace(found[root], **{scope: Supply(**row)})
    return dict(found)


def read_makers(view: GraphView, pairs: pa.Table, region: str, limit: int) -> Mapping[str, list[Maker]]:
    """At most ``limit`` makers per product and scope, best supported first."""
    found: dict[str, list[Maker]] = defaultdict(list)
    for row in view.producers(pairs, region, limit).to_pylist():
        root: Any = row.pop("root")
        found[root].append(Maker(**row))
    return dict(found)
