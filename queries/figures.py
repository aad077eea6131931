"""Figures beside a finding that decide no label: where a product stands in its chain, and what its loss costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .chain_graph import ChainGraph

__all__ = ["ChainFigures", "chain_figures"]

_MOST: Final = 2000
"""Products of a chain up to which the loss behind each is computed; it grows with their square."""


@dataclass(frozen=True, slots=True)
class ChainFigures:
    """``incoherence`` is F0 of the chain; ``by_product`` holds ``trophic_level`` and ``esri_down``, None where unknown.

    Methods: :mod:`bulian.queries.position`, :mod:`bulian.queries.severity`.
    """

    incoherence: float | None
    by_product: Mapping[str, Mapping[str, Any]]


def chain_figures(chain: ChainGraph) -> ChainFigures:
    """The figures of every product of a chain; ``esri_down`` only for chains of up to 2,000 products."""
    from .position import chain_position
    from .severity import chain_severity

    position = chain_position(chain)
    severity = chain_severity(chain) if len(chain.graph) <= _MOST else {}
    told = {
        name: {
            "trophic_level": position.levels.get(name),
            "esri_down": severity[name].esri_down if name in severity else None,
            "esri_equal_weights": severity[name].equal_weights if name in severity else None,
        }
        for name in chain.graph
    }
    return ChainFigures(position.incoherence, told)
