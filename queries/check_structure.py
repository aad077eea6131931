"""What is wrong or doubtful in how the rows of a chain hang together: loops, cycles, stages and levels that disagree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

import networkx as nx

from bulian.graph.modality import CONFIRMED
from bulian.graph.store import GraphView

from .chain_graph import ChainGraph
from .evidence import evidence_by_id
from .position import ChainPosition, chain_position
from .results import Evidence, Problem

__all__ = ["check_structure"]

_STAGES = {"上游": 0, "中游": 1, "下游": 2}
_CYCLES = 10
_ROWS = 8  # rows of one cycle that are told
_SAID = 2  # sources of one row that are told
_LISTED = 20
_LEVEL = 1e-6

Rows = Mapping[tuple[str, str], list[str]]
"""The facts of each pair (product, object) of one relation."""


def check_structure(view: GraphView, chain: ChainGraph) -> Iterator[Problem]:
    """Self-loops, cycles with the rows that make them, rows against the stages, rows and stages against the levels."""
    needs, kinds = _rows(chain, "REQUIRES"), _rows(chain, "IS_A")
    yield from _loops(needs, kinds)
    position = chain_position(chain)
    rings = _rings(needs)
    yield from _cycles(view, needs, rings, position)
    yield from _type_cycles(view, kinds)
    stages = {name: data["stage"] for name, data in chain.graph.nodes(data=True) if data["stage"] in _STAGES}
    yield from _stage_order(view, needs, stages)
    yield from _level_conflicts(position, stages)
    yield from _wrong_way(view, position, rings)


def _rows(chain: ChainGraph, relation: str) -> Rows:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for source, target, data in chain.graph.edges(data=True):
        if data["relation"] == relation and data["modality"] in CONFIRMED:
            found[source, target].append(data["fact"])
    return {pair: sorted(found[pair]) for pair in sorted(found)}


def _loops(*rows: Rows) -> Iterator[Problem]:
    for name in sorted({source for pairs in rows for source, target in pairs if source == target}):
        yield Problem("self_loop", f"“{name}”需要或属于它自己，已忽略", name, "请删去这一行。")


def _rings(rows: Rows) -> list[set[str]]:
    """Products that reach each other over rows, two or more at a time, in the order of their first names."""
    graph = nx.DiGraph((a, b) for a, b in rows if a != b)
    return sorted((set(part) for part in nx.strongly_connected_components(graph) if len(part) > 1), key=min)


def _cycles(view: GraphView, rows: Rows, rings: list[set[str]], position: ChainPosition) -> Iterator[Problem]:
    against = {(row.product, row.object): row for row in position.wrong_way if row.rise < -_LEVEL}
    for ring in rings[:_CYCLES]:
        path = _shortest(rows, ring)
        message = f"互相需要成环：{_told(view, rows, path)}"
        if len(ring) > len(path):
            message += f"；这一组共有 {len(ring)} 个产品互相牵连"
        worst = [row for pair, row in against.items() if ring.issuperset(pair)]
        if worst:
            message += f"；按层级看，最逆流的一行是“{worst[0].product} 需要 {worst[0].object}”"
        hint = (
            "若确实如此可以保留，阻断分析按级联计算：先假定全部运行，环上的产品要等它必需的投入停了才停；否则请改正方向。"
        )
        yield Problem("cycle", message, path[0], hint)


def _type_cycles(view: GraphView, rows: Rows) -> Iterator[Problem]:
    for ring in _rings(rows)[:_CYCLES]:
        path = _shortest(rows, ring)
        yield Problem("type_cycle", f"互为上级成环：{_told(view, rows, path, '属于')}", path[0], "请改正从属关系。")


def _shortest(rows: Rows, ring: set[str]) -> list[str]:
    """A shortest cycle through the first name of a ring, as the names on it."""
    start = min(ring)
    inside = nx.DiGraph((a, b) for a, b in rows if a != b and a in ring and b in ring)
    back = nx.DiGraph((b, a) for a, b in inside.edges())
    ways = nx.single_source_shortest_path(back, start)
    step = min(inside.successors(start), key=lambda name: (len(ways[name]), name))
    return [start, *reversed(ways[step][1:])]


def _told(view: GraphView, rows: Rows, path: list[str], word: str = "需要") -> str:
    """A cycle, and the rows it is made of with their sources."""
    pairs = list(zip(path, [*path[1:], path[0]], strict=True))
    lines = evidence_by_id(view, [fact for pair in pairs[:_ROWS] for fact in rows[pair][:_SAID]])
    told = [f"{a} {word} {b}（{_sources(lines, rows[a, b])}）" for a, b in pairs[:_ROWS]]
    rest = f"……共 {len(pairs)} 行" if len(pairs) > _ROWS else ""
    return f"{' → '.join([*path, path[0]])}；依据：{'；'.join(told)}{rest}"


def _sources(lines: Mapping[str, Evidence], facts: Collection[str]) -> str:
    """Who says a row and where; of many sources the first few."""
    found = [lines[fact] for fact in facts if fact in lines]
    told = [f"{line.source.title}，{line.locator}" if line.locator else line.source.title for line in found]
    more = f" 等 {len(facts)} 条" if len(facts) > len(found) else ""
    return f"据 {'、'.join(dict.fromkeys(told))}{more}"


def _stage_order(view: GraphView, rows: Rows, stages: Mapping[str, str]) -> Iterator[Problem]:
    """A product of an earlier stage that needs one of a later stage."""
    found = [
        (product, needed)
        for product, needed in rows
        if product in stages and needed in stages and _STAGES[stages[product]] < _STAGES[stages[needed]]
    ]
    lines = evidence_by_id(view, [fact for pair in found for fact in rows[pair][:_SAID]])
    for product, needed in found:
        yield Problem(
            "stage_order",
            f"“{product}”标为{stages[product]}，却需要标为{stages[needed]}的“{needed}”"
            f"（{_sources(lines, rows[product, needed])}）",
            f"{product} 需要 {needed}",
            "请核对两端的环节，或这一行的方向是否写反；生产它的设备若另有产业链，请分开写。",
        )


def _level_conflicts(position: ChainPosition, stages: Mapping[str, str]) -> Iterator[Problem]:
    """Products marked 上游 that stand at least as high as the other 下游 ones on average, and the other way round.

    Levels compare only among products that rows connect.
    """
    for part in position.parts:
        level = {name: height for name in part if (height := position.levels[name]) is not None and name in stages}
        groups = {stage: [name for name in level if stages[name] == stage] for stage in ("上游", "下游")}
        total = {stage: sum(level[name] for name in names) for stage, names in groups.items()}
        for stage, other, sign in (("上游", "下游", 1), ("下游", "上游", -1)):
            for name in groups[stage]:
                peers = len(groups[stage]) - 1
                if not peers or not groups[other]:
                    continue
                far = total[other] / len(groups[other])
                near = (total[stage] - level[name]) / peers
                if sign * (far - near) > _LEVEL and sign * (level[name] - far) >= -_LEVEL:
                    yield Problem(
                        "level_conflict",
                        f"“{name}”标为{stage}，但按产业链关系它的层级是 {level[name]:.2f}，"
                        f"而其他{stage}产品平均 {near:.2f}，{other}产品平均 {far:.2f}",
                        name,
                        "请核对它的环节，或它的产业链关系是否写反、漏写。",
                    )


def _wrong_way(view: GraphView, position: ChainPosition, rings: list[set[str]]) -> Iterator[Problem]:
    """Rows against the flow; inside a cycle only those that stand out, as the cycle is told of already."""
    inside = {name: number for number, ring in enumerate(rings) for name in ring}
    rows = [
        row
        for row in position.wrong_way
        if row.rise < -_LEVEL or inside.get(row.product, -1) != inside.get(row.object, -2)
    ][:_LISTED]
    lines = evidence_by_id(view, [fact for row in rows for fact in row.facts[:_SAID]])
    for row in rows:
        high, low = position.levels[row.product], position.levels[row.object]
        yield Problem(
            "wrong_way",
            f"“{row.product}”需要“{row.object}”与整条链的流向相反：层级 {high:.2f} 不高于 {low:.2f}，"
            f"占全链不一致的 {row.contribution:.0%}（{_sources(lines, row.facts)}）",
            f"{row.product} 需要 {row.object}",
            "请核对方向是否写反（“产品 需要 对象”），或某一端太笼统、应拆成几个产品；确实如此可以保留。",
        )
