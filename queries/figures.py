"""Figures beside a finding that decide no label: where a product stands in its chain, and what its loss costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .chain_graph import ChainGraph

__all__ = ["ChainFigures", "chain_figures"]


@dataclass(frozen=True, slots=True)
class ChainFigures:
    """``incoherence`` is F0 of the chain; ``by_product`` holds ``trophic_level`` and ``esri_down``, None where unknown.

    Methods: :mod:`bulian.queries.position`, :mod:`bulian.queries.severity`.
    """

    incoherence: float | None
    by_product: Mapping[str, Mapping[str, Any]]


def chain_figures(chain: ChainGraph) -> ChainFigures:
    """The figures of every product of a chain."""
    from .position import chain_position
    from .severity import chain_severity

    position = chain_position(chain)
    severity = chain_severity(chain)
    told = {
        name: {
            "trophic_level": position.levels.get(name),
            "esri_down": severity[name].esri_down,
            "esri_equal_weights": severity[name].equal_weights,
        }
        for name in chain.graph
    }
    return ChainFigures(position.incoherence, told)
