"""Positions: against a brute-force oracle, and properties that hold for every chain."""

from __future__ import annotations

import itertools

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from bulian.viz.layout import ASPECT, COLUMN_PITCH, ROW_PITCH, arrange, levels, place

NAMES = [f"n{i}" for i in range(9)]
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=18)


def longest_by_enumeration(node: str, edges: set[tuple[str, str]]) -> int:
    return max((1 + longest_by_enumeration(a, edges) for a, b in edges if b == node), default=0)


@given(PAIRS)
@settings(max_examples=60)
def test_levels_are_longest_paths_on_a_dag(pairs: list[tuple[str, str]]) -> None:
    edges = {(a, b) for a, b in pairs if a < b}
    assert levels(NAMES, edges) == {name: longest_by_enumeration(name, edges) for name in NAMES}


@given(PAIRS)
@settings(max_examples=60)
def test_cycles_share_a_level_and_everything_else_moves_right(pairs: list[tuple[str, str]]) -> None:
    found = levels(NAMES, pairs)
    graph = nx.DiGraph(pairs)
    for a, b in pairs:
        assert found[a] == found[b] if nx.has_path(graph, b, a) else found[a] < found[b]


@given(st.dictionaries(st.sampled_from([f"p{i}" for i in range(60)]), st.integers(0, 3)), st.randoms(), st.data())
@settings(max_examples=60)
def test_every_name_once_stages_in_order_and_input_order_does_not_matter(stages, random, data) -> None:  # type: ignore[no-untyped-def]
    names = list(stages)
    edges = data.draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=40)) if names else []
    columns = arrange(stages, edges)
    assert sorted(itertools.chain.from_iterable(part for _, part in columns)) == sorted(names)
    assert [index for index, _ in columns] == sorted(index for index, _ in columns)
    assert all(stages[name] == index for index, part in columns for name in part)
    random.shuffle(names)
    shuffled = list(edges)
    random.shuffle(shuffled)
    assert arrange({name: stages[name] for name in names}, shuffled) == columns


@given(st.dictionaries(st.sampled_from([f"p{i}" for i in range(80)]), st.integers(0, 2), min_size=1))
@settings(max_examples=40)
def test_cards_never_overlap_and_stay_in_their_band(stages: dict[str, int]) -> None:
    points, bands, height = place(arrange(stages, []))
    for (_, (x1, y1)), (_, (x2, y2)) in itertools.combinations(points.items(), 2):
        assert abs(x1 - x2) >= COLUMN_PITCH or abs(y1 - y2) >= ROW_PITCH
    for name, (x, y) in points.items():
        left, right = bands[stages[name]]
        assert left < x < right
        assert 0 <= y < height
    edges = sorted(bands.values())
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(edges))


def test_the_map_is_about_as_wide_as_a_screen() -> None:
    for count in (40, 60, 102, 200, 405, 2000):
        points, _, height = place(arrange({f"p{i}": i % 3 for i in range(count)}, []))
        width = max(x for x, _ in points.values()) + COLUMN_PITCH
        assert ASPECT / 1.4 < width / (height + ROW_PITCH) < ASPECT * 1.4, count


def test_sweeps_untangle_a_matching() -> None:
    left, right = [f"a{i}" for i in range(8)], [f"b{7 - i}" for i in range(8)]
    edges = list(zip(left, right, strict=True))
    points, _, _ = place(arrange({**dict.fromkeys(left, 0), **dict.fromkeys(right, 1)}, edges))
    assert all(points[a][1] == points[b][1] for a, b in edges)


def test_an_empty_chain_has_no_columns() -> None:
    assert arrange({}, []) == []
    assert place([]) == ({}, {}, 0.0)
