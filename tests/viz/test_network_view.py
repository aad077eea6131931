"""Neighbourhood and path pages."""

from __future__ import annotations

import itertools

from bulian.queries.results import Evidence, SourceRef
from bulian.viz.network_view import LIMIT, EdgeRow, NodeRow, network_view

PROOF = (Evidence("f", "甲生产轴", SourceRef("名录", "名录.xlsx", None), "第2行", "", "column", 0.9, "stated"),)


def star(count: int) -> tuple[list[NodeRow], list[EdgeRow]]:
    nodes: list[NodeRow] = [("p", "轴", "Product"), *((f"e{i}", f"企业{i}", "Enterprise") for i in range(count))]
    return nodes, [(f"e{i}", "PRODUCES", "p", "", "stated", 0.9, PROOF) for i in range(count)]


def test_a_small_network_is_whole_and_says_nothing_of_a_cut() -> None:
    view = network_view(*star(5), title="轴", centre=["p"])
    assert view.cut == ""
    assert len(view.cards) == 6
    assert {link.label for link in view.links} == {"生产"}


def test_what_is_cut_is_counted_here_and_by_the_caller() -> None:
    view = network_view(*star(200), title="轴", cut=41, centre=["p"])
    assert len(view.cards) == LIMIT
    assert view.cut == f"显示 {LIMIT} / 242 个节点，只取离中心最近的"
    shown = {card.id for card in view.cards}
    assert "p" in shown
    assert all(link.source in shown and link.target in shown for link in view.links)


def test_incoming_stands_left_outgoing_right_and_names_do_not_overlap() -> None:
    nodes, edges = star(30)
    nodes += [(f"t{i}", f"技术{i}", "Technology") for i in range(9)]
    edges += [("p", "NEEDS_TECHNOLOGY", f"t{i}", "", "inferred", 0.4, ()) for i in range(9)]
    view = network_view(nodes, edges, title="轴", centre=["p"])
    points = view.whole.points
    assert all(points[key][0] < points["p"][0] for key in points if key.startswith("e"))
    assert all(points[key][0] > points["p"][0] for key in points if key.startswith("t"))
    for a, b in itertools.combinations(points.values(), 2):
        assert abs(a[0] - b[0]) >= 200 or abs(a[1] - b[1]) >= 30
    assert sum(link.unsure for link in view.links) == 9
    assert any("9 条关系是推断" in note for note in view.caveats)
    assert any("9 条关系没有附证据" in note for note in view.caveats)


def test_a_path_runs_from_left_to_right() -> None:
    nodes: list[NodeRow] = [(key, key, "Product") for key in "dbca"]
    edges: list[EdgeRow] = [(a, "REQUIRES", b, "", "stated", 0.9, ()) for a, b in itertools.pairwise("abcd")]
    points = network_view(nodes, edges, title="路径", centre=["a", "b", "c", "d"]).whole.points
    assert points["a"][0] < points["b"][0] < points["c"][0] < points["d"][0]


def test_dangling_links_and_an_empty_network_are_no_error() -> None:
    assert network_view([], [], title="空").cards == ()
    view = network_view([("a", "甲", "Enterprise")], [("a", "SUPPLIES", "x", "", "stated", 1.0, ())], title="甲")
    assert view.links == ()


def test_order_of_rows_does_not_move_anything() -> None:
    nodes, edges = star(40)
    forward = network_view(nodes, edges, title="轴").whole
    backward = network_view(nodes[::-1], edges[::-1], title="轴").whole
    assert forward == backward


def test_a_path_longer_than_the_limit_is_never_torn() -> None:
    keys = [f"k{i:03d}" for i in range(LIMIT + 5)]
    nodes: list[NodeRow] = [(key, key, "Product") for key in keys]
    edges: list[EdgeRow] = [(a, "REQUIRES", b, "", "stated", 0.9, ()) for a, b in itertools.pairwise(keys)]
    view = network_view(nodes, edges, title="路径", centre=keys)
    assert [card.id for card in view.cards] == keys
    assert view.cut == ""
