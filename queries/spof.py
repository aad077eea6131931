"""Single points of failure of a chain: what each product cannot do without, and what stops without it."""

from __future__ import annotations

from collections.abc import Mapping

from bulian.graph.errors import NotFoundError, UsageError
from bulian.graph.store import GraphView

from .chain_graph import ChainGraph, read_chain
from .cut_sets import MOST, cut_sets
from .feasibility import single_points
from .results import ProductPoints, SpofReport
from .settings import Settings
from .synthetic import synthetic_sources

__all__ = ["find_single_points"]


def find_single_points(
    view: GraphView,
    chain: str,
    *,
    product: str | None = None,
    sets: int | None = None,
    settings: Settings | None = None,
) -> SpofReport:
    """Single points of every product of a chain (exact, AND/OR), or of one.

    Args:
        view: the store.
        chain: name of the chain.
        product: only this product, by name or alias.
        sets: also the minimal cut sets of at most so many products, of the finals or of the one product.
        settings: thresholds; a 必需 row below the confidence threshold does not block.

    Raises:
        NotFoundError: no such chain, or no such product on it.
        UsageError: ``sets`` is not 1 to 3.
    """
    if sets is not None and not 1 <= sets <= MOST:
        raise UsageError(f"割集最多 {MOST} 个产品", where=str(sets), hint=f"--sets 请用 1 到 {MOST}。")
    graph = read_chain(view, chain, settings or Settings())
    wanted = sorted(graph.graph)
    if product is not None:
        names = {node.name for node in view.find(product, "Product")} & set(wanted)
        if not names:
            raise NotFoundError("链上没有这个产品", where=product, hint="用 bulian weak 可看到链上的所有产品。")
        wanted = sorted(names)
    points = single_points(graph.rules)
    asked = graph.finals if product is None else wanted
    found = {name: ProductPoints(name, _on_chain(graph, points[name]), graph.blocks[name]) for name in wanted}
    if sets is not None:
        found |= _with_sets(graph, points, [found[name] for name in asked], sets)
    return SpofReport(tuple(found.values()), synthetic_sources(view))


def _on_chain(graph: ChainGraph, names: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(name for name in names if name in graph.graph))


def _with_sets(
    graph: ChainGraph, points: Mapping[str, frozenset[str]], rows: list[ProductPoints], size: int
) -> dict[str, ProductPoints]:
    """The same rows with their cut sets; like single points they are products of the chain."""
    among = frozenset(graph.graph)
    sets = cut_sets(graph.rules, [row.product for row in rows], size, among=among, points=points)
    return {
        row.product: ProductPoints(
            row.product, row.single_points, row.blocks, sets[row.product].sets, sets[row.product].complete_to
        )
        for row in rows
    }
