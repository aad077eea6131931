"""Whether answers rest on made-up data: a store that holds any says so at the head of every report."""

from __future__ import annotations

from collections.abc import Sequence

from bulian.graph.store import GraphView
from bulian.graph.synthetic import SYNTHETIC_MARK

__all__ = ["synthetic_notice", "synthetic_sources"]


def synthetic_sources(view: GraphView) -> tuple[str, ...]:
    """Titles of the synthetic sources in a store, sorted; empty when all of it is said of the world.

    A store that mixes both is named too: which answers the made-up part touches is not told apart.
    """
    return tuple(sorted({source.title for source in view.sources() if source.uri.startswith(SYNTHETIC_MARK)}))


def synthetic_notice(sources: Sequence[str]) -> str:
    """The sentence for the head of a report; empty without synthetic sources."""
    if not sources:
        return ""
    return f"注意：存储里有{'、'.join(sources)}；以下结果含虚构的企业和产品，只供试用和测速，不是事实。"
