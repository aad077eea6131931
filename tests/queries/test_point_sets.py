"""The sets of single points on chains too large for the oracle."""

from __future__ import annotations

import random

from bulian.queries.feasibility import AndOrGraph, Requirement, single_points
from bulian.queries.point_sets import windows


def test_windows_of_any_width_give_the_same_sets() -> None:
    rng = random.Random(5)
    names = [f"p{i}" for i in range(300)]
    rows = [Requirement(*rng.sample(names, 2), rng.random() < 0.6, rng.choice(("", "A"))) for _ in range(600)]
    graph = AndOrGraph(tuple(names), tuple(rows), tuple((rng.choice(names), rng.choice(names)) for _ in range(60)))
    whole = single_points(graph)
    parts: dict[str, set[str]] = {name: set() for name in names}
    seen = list(windows(graph.rules, bits=1))
    assert len(seen) == 5
    for window in seen:
        for node, name in enumerate(graph.rules.names):
            parts[name].update(window.names(window.sets[node]))
    assert parts == {name: {name} | points for name, points in whole.items()}
    assert sum(map(len, whole.values())) > 300


def test_a_long_cycle_stops_as_one() -> None:
    names = tuple(f"p{i:04}" for i in range(1500))
    rows = tuple(Requirement(a, b, True) for a, b in zip(names, (*names[1:], names[0]), strict=True))
    points = single_points(AndOrGraph(names, rows, ()))
    assert all(points[name] == set(names) - {name} for name in names)
