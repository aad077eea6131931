"""Minimal cut sets against every subset tried one by one."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulian.graph.errors import NotFoundError
from bulian.queries.cut_sets import MOST, cut_sets
from bulian.queries.feasibility import AndOrGraph, Requirement, cascade, single_points
from bulian.queries.spof import find_single_points

from .test_feasibility import graphs, oracle, random_graph
from .test_stop_rules import chain


def brute(graph: AndOrGraph, size: int) -> dict[str, list[tuple[str, ...]]]:
    """For every product, the sets of other products that stop it and hold no smaller one."""
    found: dict[str, list[tuple[str, ...]]] = {name: [] for name in graph.products}
    for count in range(1, size + 1):
        for cut in combinations(sorted(graph.products), count):
            for name in oracle(graph, set(cut)) - set(cut):
                if not any(set(less) < set(cut) for less in found[name]):
                    found[name].append(cut)
    return found


@pytest.mark.parametrize("seed", range(6))
def test_every_subset_tried_on_random_graphs(seed: int) -> None:
    rng, larger = random.Random(seed), 0
    for _ in range(100):
        graph = random_graph(rng)
        expected = brute(graph, 3)
        found = cut_sets(graph, graph.products, 3)
        assert {name: list(answer.sets) for name, answer in found.items()} == expected, graph
        assert all(answer.complete_to == 3 for answer in found.values())
        larger += sum(len(cut) > 1 for cuts in expected.values() for cut in cuts)
    assert larger > 20


@settings(max_examples=60, deadline=None)
@given(graphs(), st.data())
def test_any_size_and_any_products_to_choose_from(graph: AndOrGraph, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, MOST))
    among = data.draw(st.sets(st.sampled_from(graph.products)))
    expected = brute(graph, size)
    found = cut_sets(graph, graph.products, size, among=among, points=single_points(graph))
    for name, answer in found.items():
        assert list(answer.sets) == [cut for cut in expected[name] if set(cut) <= among]


def ladder(rungs: int, width: int) -> AndOrGraph:
    """A final that needs one of ``width`` lines, each a row of ``rungs`` products that need each other."""
    rows = [Requirement("机", f"线{line}之0", True, "线") for line in range(width)]
    rows += [
        Requirement(f"线{line}之{step}", f"线{line}之{step + 1}", True)
        for line in range(width)
        for step in range(rungs - 1)
    ]
    return AndOrGraph(tuple(sorted({n for r in rows for n in (r.product, r.object)})), tuple(rows), ())


@pytest.mark.parametrize(("rungs", "width"), [(12, 2), (5, 3)])
def test_parallel_lines_are_cut_once_each(rungs: int, width: int) -> None:
    answer = cut_sets(ladder(rungs, width), ["机"], 3)["机"]
    assert len(answer.sets) == rungs**width
    assert all(len({name.split("之")[0] for name in cut}) == width for cut in answer.sets)


def test_what_is_cut_off_is_said_and_what_is_listed_is_complete() -> None:
    graph = chain("机 需 甲!@g", "机 需 乙!@g", "机 需 丙!", "丙 需 丁!@g", "丙 需 戊!@g", "丙 需 己!@g")
    whole = cut_sets(graph, ["机"], 3)["机"]
    assert whole.sets == (("丙",), ("乙", "甲"), ("丁", "己", "戊"))
    bounds = [cut_sets(graph, ["机"], 3, work=work)["机"] for work in range(80)]
    assert [answer.complete_to for answer in bounds] == sorted(answer.complete_to for answer in bounds)
    assert {answer.complete_to for answer in bounds} == {1, 2, 3}
    for answer in bounds:
        assert answer.sets == tuple(cut for cut in whole.sets if len(cut) <= answer.complete_to)
    large = ladder(200, 3)
    assert cut_sets(large, ["机"], 3, work=200_000)["机"] == type(whole)((), 2)


def test_sets_on_a_larger_chain_are_minimal_and_stop_it() -> None:
    rng = random.Random(9)
    names = [f"p{i:03}" for i in range(120)]
    rows = []
    for _ in range(320):
        a, b = sorted(rng.sample(range(120), 2))
        rows.append(Requirement(names[a], names[b], rng.random() < 0.7, rng.choice(("", "甲", "乙"))))
    graph = AndOrGraph(tuple(names), (*rows, Requirement(names[110], names[5], True)), ((names[90], names[60]),))
    answer = cut_sets(graph, names[:4], 2)
    pairs = [(name, cut) for name in names[:4] for cut in answer[name].sets if len(cut) == 2]
    assert len(pairs) > 20
    for name, cut in rng.sample(pairs, 20):
        assert name in cascade(graph, cut).because
        assert all(name not in cascade(graph, [part]).because for part in cut)
    for name in names[:4]:
        listed = set(answer[name].sets)
        free = [q for q in names if q != name and (q,) not in listed]
        for cut in (tuple(sorted(rng.sample(free, 2))) for _ in range(300)):
            assert (cut in listed) == (name in cascade(graph, cut).because)


def test_wrong_questions() -> None:
    graph = ladder(2, 2)
    with pytest.raises(NotFoundError, match="月饼"):
        cut_sets(graph, ["月饼"])
    for size in (0, 4):
        with pytest.raises(ValueError, match="size"):
            cut_sets(graph, ["机"], size)


def test_of_the_example_as_spof_gives_them(example) -> None:
    plain = find_single_points(example, "数控机床")
    assert all(row.cut_sets is None and row.cut_sets_up_to is None for row in plain.products)
    report = find_single_points(example, "数控机床", sets=3)
    finals = {name for row in report.products for name in row.blocks}
    for row, before in zip(report.products, plain.products, strict=True):
        assert (row.single_points, row.blocks) == (before.single_points, before.blocks)
        if row.product in finals:
            assert row.cut_sets_up_to == 3
            assert [cut for cut in row.cut_sets if len(cut) == 1] == [(name,) for name in row.single_points]
    assert sum(len(cut) > 1 for row in report.products for cut in row.cut_sets or ()) > 0
    one = find_single_points(example, "数控机床", product="数控系统", sets=2).products[0]
    assert one.cut_sets is not None
    assert one.cut_sets_up_to == 2
