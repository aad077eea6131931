"""Hints whom to check first for a product: firms whose registered class of industry points at it, and nothing more.

A class of GB/T 4754 is wider than a node and a registration is no production. No rule reads a hint: it neither makes a
maker nor, where there is none, an absence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from bulian.graph.store import GraphView

__all__ = ["Leads", "read_leads"]

_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Leads:
    """How many firms of the region a hint names, and the first of them by name."""

    firms: int
    names: tuple[str, ...]


def read_leads(view: GraphView, pairs: pa.Table, region: str) -> Mapping[str, Leads]:
    """The hints of a region by product; products without any are not in it."""
    found: dict[str, list[str]] = {}
    firms: dict[str, int] = {}
    for row in view.leads(pairs, region, _NAMED).to_pylist():
        found.setdefault(row["root"], []).append(row["name"])
        firms[row["root"]] = row["firms"]
    return {root: Leads(firms[root], tuple(names)) for root, names in found.items()}
