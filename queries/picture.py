"""What the pictures of a chain show, gathered in one answer: the graph, the findings, the makers, the date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import networkx as nx

from bulian.graph.errors import NotFoundError
from bulian.graph.modality import DENIED
from bulian.graph.store import Chain, GraphView

from .evidence import as_evidence
from .explain import find_one
from .results import Evidence, MakerLine, WeakReport
from .settings import Settings
from .situation import read_situation

__all__ = ["ChainPicture", "Neighbourhood", "newest_date", "read_neighbourhood", "read_path", "read_picture"]

_MAKERS = 30
_AROUND = 80
_HOPS = 2
_WORD: Mapping[str, Literal["本地", "国内", "境外", "所在地不明"]] = {
    "local": "本地", "domestic": "国内", "foreign": "境外", "unplaced": "所在地不明",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChainPicture:
    """A chain to draw: its graph with the finals marked, the makers of each product, the newest date."""

    chain: Chain
    makers: Mapping[str, tuple[MakerLine, ...]]
    data_date: str | None


def read_picture(view: GraphView, report: WeakReport, settings: Settings) -> ChainPicture:
    """What a chain map shows beside the weak-link report."""
    situation = read_situation(view, report.region.code, report.chain, settings, makers=_MAKERS)
    chain: Chain = nx.MultiDiGraph(situation.chain.graph)
    for name in chain:
        chain.nodes[name]["final"] = name in situation.chain.finals
    regions = view.regions()
    makers = {
        product: tuple(
            MakerLine(
                maker.name,
                regions.get(maker.region).full_name if maker.region else None,
                _WORD[maker.scope],
                maker.confidence,
                maker.active and maker.confidence >= settings.confidence,
            )
            for maker in found
        )
        for product, found in situation.makers.items()
    }
    return ChainPicture(chain, makers, newest_date(view))


def newest_date(view: GraphView) -> str | None:
    """The date of the newest source, None where none gives one."""
    return max((source.date for source in view.sources() if source.date), default=None)


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Nodes and edges to draw around something; ``cut`` nodes further were left out."""

    nodes: tuple[tuple[str, str, str], ...]
    edges: tuple[tuple[str, str, str, str, str, float, tuple[Evidence, ...]], ...]
    centre: tuple[str, ...]
    cut: int


def read_neighbourhood(view: GraphView, text: str, *, hops: int = _HOPS, limit: int = _AROUND) -> Neighbourhood:
    """The nodes within some hops of a node, nearest first.

    Raises:
        NotFoundError, AmbiguousNameError: nothing, or several things, of that name.
    """
    centre = find_one(view, text).id
    seen = {centre: 0}
    front = [centre]
    for hop in range(1, hops + 1):
        reached = sorted(
            {edge.target for edge in view.edges(sources=front)} | {edge.source for edge in view.edges(targets=front)}
        )
        front = [node for node in reached if node not in seen and not _crowded(view, node)]
        seen.update({node: hop for node in reached if node not in seen})
        if len(seen) > limit or not front:
            break
    kept = sorted(seen, key=lambda node: (seen[node], node))[:limit]
    return _drawn(view, kept, (centre,), len(seen) - len(kept))


def _crowded(view: GraphView, node: str) -> bool:
    """Regions and chains tie everything together; a neighbourhood does not go on through them."""
    return node.startswith(("Region:", "Chain:"))


def read_path(view: GraphView, start: str, end: str) -> Neighbourhood:
    """A shortest path between two nodes over stated relations, regions and chains not counted as steps.

    Raises:
        NotFoundError: nothing of a name, or no path.
    """
    first, last = find_one(view, start).id, find_one(view, end).id
    before: dict[str, str | None] = {first: None}
    front = [first]
    while front and last not in before:
        found: dict[str, str] = defaultdict(str)
        for edge in view.edges(sources=front):
            found.setdefault(edge.target, edge.source)
        for edge in view.edges(targets=front):
            found.setdefault(edge.source, edge.target)
        fresh = {node: by for node, by in found.items() if node not in before}
        before.update(fresh)
        front = sorted(node for node in fresh if not _crowded(view, node))
    if last not in before:
        raise NotFoundError("两者之间没有路径", where=f"{start} — {end}", hint="图里还没有把它们连起来的关系。")
    path: list[str] = []
    step: str | None = last
    while step is not None:
        path.append(step)
        step = before[step]
    return _drawn(view, path, tuple(reversed(path)), 0)


def _drawn(view: GraphView, kept: list[str], centre: tuple[str, ...], cut: int) -> Neighbourhood:
    nodes = tuple((node.id, node.name, node.kind) for node in view.nodes(ids=kept))
    said: dict[tuple[str, str, str, str], list[Evidence]] = defaultdict(list)
    inside = set(kept)
    for fact in view.facts(subjects=kept):
        if fact.object_id in inside and fact.object_id is not None and fact.modality != DENIED:
            said[fact.subject_id, fact.predicate, fact.object_id, fact.modality].append(as_evidence(fact))
    edges = tuple(
        (source, relation, target, "", modality, max(line.confidence for line in lines), tuple(lines))
        for (source, relation, target, modality), lines in sorted(said.items())
    )
    return Neighbourhood(nodes, edges, centre, cut)
