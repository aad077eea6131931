"""Where cards stand: stages to bands, levels to columns, barycentre sweeps to rows.

Columns follow the stage a chain declares and, inside it, the longest supply path that leads to a node
(cycles are condensed first, so they need no special case). Columns are then filled so that the whole map is
about 1.7 times as wide as high, and rows are ordered by the barycentre heuristic of Sugiyama, Tagawa and
Toda (1981). Everything is deterministic: ties are broken by name.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import networkx as nx

__all__ = ["ASPECT", "COLUMN_PITCH", "ROW_PITCH", "Columns", "arrange", "levels", "place"]

ASPECT = 1.7
COLUMN_PITCH = 218.0
ROW_PITCH = 74.0
BAND_GAP = 34.0
SWEEPS = 8

Edge = tuple[str, str]
Columns = list[tuple[int, list[str]]]
"""Columns from left to right: (index of the stage, names from top to bottom)."""


def levels(names: Iterable[str], edges: Iterable[Edge]) -> dict[str, int]:
    """The longest supply path to each name, in edges; members of one cycle share a level.

    Args:
        names: every node.
        edges: (supplier, user) pairs; ends that are not in ``names`` are ignored.
    """
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(sorted(names))
    graph.add_edges_from((a, b) for a, b in edges if a in graph and b in graph and a != b)
    condensed = nx.condensation(graph)
    depth: dict[int, int] = {}
    for part in nx.topological_sort(condensed):
        depth[part] = max((depth[before] + 1 for before in condensed.predecessors(part)), default=0)
    return {name: depth[part] for name, part in condensed.graph["mapping"].items()}


def arrange(stage_of: Mapping[str, int], edges: Sequence[Edge], *, pitch: float = ROW_PITCH) -> Columns:
    """Columns of names, ordered inside for few crossings.

    Args:
        stage_of: name → index of its stage band, 0 at the left.
        edges: (supplier, user) pairs between those names.
        pitch: distance of two rows in pixels.
    """
    if not stage_of:
        return []
    inside = [(a, b) for a, b in edges if stage_of.get(a) == stage_of.get(b)]
    depth = levels(stage_of, inside)
    stages: dict[int, list[str]] = {}
    for name in sorted(stage_of, key=lambda n: (stage_of[n], depth[n], n)):
        stages.setdefault(stage_of[name], []).append(name)
    rows = _rows(stages, pitch)
    columns: Columns = []
    for index in sorted(stages):
        columns.extend((index, part) for part in _split(stages[index], depth, rows))
    _sweep([names for _, names in columns], edges)
    return columns


def _rows(stages: Mapping[int, list[str]], pitch: float) -> int:
    """The column height whose map comes closest to ASPECT."""
    total = sum(len(names) for names in stages.values())
    guess = max(1, round(math.sqrt(total * COLUMN_PITCH / (ASPECT * pitch))))

    def error(rows: int) -> float:
        count = sum(math.ceil(len(names) / rows) for names in stages.values())
        width = count * COLUMN_PITCH + BAND_GAP * (len(stages) - 1)
        return abs(math.log(width / ((rows + 1) * pitch) / ASPECT))

    return min(range(max(1, guess // 2), guess * 2 + 3), key=lambda rows: (error(rows), rows))


def _split(names: list[str], depth: Mapping[str, int], rows: int) -> list[list[str]]:
    """Names ordered by level, cut into as few even columns as fit; cuts move to a level change nearby."""
    count = math.ceil(len(names) / rows)
    parts: list[list[str]] = []
    start = 0
    for left in range(count, 0, -1):
        rest = len(names) - start
        size = math.ceil(rest / left)
        if left > 1:
            least, most = max(1, rest - (left - 1) * rows), min(rows, rest - (left - 1))
            size = min(
                range(least, most + 1),
                key=lambda n: (
                    abs(n - size) - 2.5 * (depth[names[start + n - 1]] != depth[names[start + n]]),
                    n,
                ),
            )
        parts.append(names[start : start + size])
        start += size
    return parts


def _sweep(columns: list[list[str]], edges: Sequence[Edge]) -> None:
    """Order each column by the mean height of its neighbours, left to right and back, in place."""
    near: dict[str, list[str]] = {}
    for a, b in edges:
        if a != b:
            near.setdefault(a, []).append(b)
            near.setdefault(b, []).append(a)
    height: dict[str, float] = {}
    for column in columns:
        _measure(column, height)
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            want = {name: _mean(near.get(name, ()), height, height[name]) for name in column}
            column.sort(key=lambda name: (want[name], height[name], name))
            _measure(column, height)


def _measure(column: Sequence[str], height: dict[str, float]) -> None:
    """Heights in rows from the middle, so that columns of unequal length compare."""
    middle = (len(column) - 1) / 2
    for row, name in enumerate(column):
        height[name] = row - middle


def _mean(names: Sequence[str], height: Mapping[str, float], otherwise: float) -> float:
    """The mean of the known heights, or the present one where a node has no neighbour."""
    known = [height[name] for name in names if name in height]
    return sum(known) / len(known) if known else otherwise


def place(
    columns: Columns, *, pitch: float = ROW_PITCH
) -> tuple[dict[str, tuple[float, float]], dict[int, tuple[float, float]], float]:
    """Coordinates on a grid.

    Returns:
        name → (x, y); stage → (left, right) edge of its band; the height of the tallest column.
    """
    tallest = max((len(names) for _, names in columns), default=0)
    points: dict[str, tuple[float, float]] = {}
    bands: dict[int, tuple[float, float]] = {}
    x, before = 0.0, None
    for index, names in columns:
        x += 0.0 if before is None else COLUMN_PITCH + (BAND_GAP if index != before else 0.0)
        first = (tallest - len(names)) // 2
        for row, name in enumerate(names):
            points[name] = (x, (first + row) * pitch)
        left = bands.get(index, (x - COLUMN_PITCH / 2, 0.0))[0]
        bands[index] = (left, x + COLUMN_PITCH / 2)
        before = index
    return points, bands, tallest * pitch
