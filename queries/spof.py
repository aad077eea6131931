"""Single points of failure of a chain: what each product cannot do without, and what stops without it."""

from __future__ import annotations

from bulian.graph.errors import NotFoundError
from bulian.graph.store import GraphView

from .chain_graph import read_chain
from .feasibility import single_points
from .results import ProductPoints, SpofReport
from .settings import Settings
from .synthetic import synthetic_sources

__all__ = ["find_single_points"]


def find_single_points(
    view: GraphView, chain: str, *, product: str | None = None, settings: Settings | None = None
) -> SpofReport:
    """Single points of every product of a chain (exact, AND/OR), or of one.

    Args:
        view: the store.
        chain: name of the chain.
        product: only this product, by name or alias.
        settings: thresholds; a 必需 row below the confidence threshold does not block.

    Raises:
        NotFoundError: no such chain, or no such product on it.
    """
    graph = read_chain(view, chain, settings or Settings())
    points = single_points(graph.rules)
    wanted = sorted(graph.graph)
    if product is not None:
        names = {node.name for node in view.find(product, "Product")} & set(wanted)
        if not names:
            raise NotFoundError("链上没有这个产品", where=product, hint="用 bulian weak 可看到链上的所有产品。")
        wanted = sorted(names)
    on_chain = frozenset(graph.graph)
    found = (ProductPoints(p, tuple(sorted(points[p] & on_chain)), graph.blocks[p]) for p in wanted)
    return SpofReport(tuple(found), synthetic_sources(view))
