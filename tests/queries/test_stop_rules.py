"""The sentences of the feasibility contract, one small chain each."""

from __future__ import annotations

from itertools import combinations

import pytest

from bulian.graph.errors import NotFoundError
from bulian.queries.feasibility import (
    AndOrGraph,
    Requirement,
    blocks,
    cascade,
    essential_if,
    finals,
    single_points,
)


def chain(*rows: str, kinds: tuple[tuple[str, str], ...] = ()) -> AndOrGraph:
    """A chain from rows like ``"整机 需 轴承!"``: ``!`` 必需, ``-`` 非必需, else not stated, ``@g`` a group."""
    built = []
    for row in rows:
        product, _, rest = row.split()
        rest, _, group = rest.partition("@")
        word = {"!": True, "-": False}.get(rest[-1])
        built.append(Requirement(product, rest.rstrip("!-"), word, group))
    names = sorted({n for r in built for n in (r.product, r.object)} | {n for pair in kinds for n in pair})
    return AndOrGraph(tuple(names), tuple(built), kinds)


def test_a_running_sub_type_meets_the_requirement_on_its_super_type() -> None:
    graph = chain("机床 需 数控系统!", kinds=(("国产系统", "数控系统"), ("高档系统", "国产系统")))
    assert cascade(graph, {"数控系统"}).because == {"数控系统": ("数控系统",)}
    both = cascade(graph, {"数控系统", "国产系统"})
    assert "机床" in both.running
    everything = cascade(graph, {"国产系统", "高档系统"})
    assert everything.because["机床"] == ("机床", "数控系统", "国产系统")


def test_a_super_type_with_a_row_of_its_own_does_not_stop_with_its_sub_types() -> None:
    kinds = (("滚珠丝杠", "丝杠"), ("行星丝杠", "丝杠"))
    assert "丝杠" in cascade(chain("机床 需 丝杠!", kinds=kinds), {"滚珠丝杠", "行星丝杠"}).because
    needy = chain("机床 需 丝杠!", "丝杠 需 钢材", kinds=kinds)
    assert "丝杠" in cascade(needy, {"滚珠丝杠", "行星丝杠"}).running
    looped = chain("机床 需 丝杠!", "丝杠 需 丝杠!", kinds=kinds)
    assert "丝杠" in cascade(looped, {"滚珠丝杠", "行星丝杠"}).because


def test_a_group_blocks_only_by_a_row_that_says_so_and_then_counts_every_row() -> None:
    loose = chain("机床 需 甲@g", "机床 需 乙-@g")
    assert "机床" in cascade(loose, {"甲", "乙"}).running
    tight = chain("机床 需 甲!@g", "机床 需 乙-@g", "机床 需 丙@g")
    assert "机床" in cascade(tight, {"甲", "乙"}).running
    assert "机床" in cascade(tight, {"甲", "乙", "丙"}).because


def test_a_plain_row_beside_a_group_row_belongs_to_the_group_only() -> None:
    graph = chain("机床 需 甲@g", "机床 需 乙@g", "机床 需 甲")
    assert {(t.object, t.alt_group) for t in essential_if(graph, ["机床"])} == {("甲", "g"), ("乙", "g")}
    assert single_points(graph.assume_essential())["机床"] == frozenset()


def test_contradicting_rows_stay_visible_and_the_stricter_one_counts() -> None:
    graph = chain("机床 需 甲!", "机床 需 甲-", "机床 需 乙!@g", "机床 需 丙@g", "机床 需 乙!")
    assert [(c.product, c.object, c.kind) for c in graph.conflicts] == [
        ("机床", "乙", "alternatives"),
        ("机床", "甲", "essentiality"),
    ]
    assert single_points(graph)["机床"] == {"甲", "乙"}


def test_essential_if_names_what_one_unstated_row_would_do() -> None:
    graph = chain("整机 需 主轴", "主轴 需 轴承!", "轴承 需 钢材", "机器人 需 轴承!")
    told = {(t.product, t.object): t.gains for t in essential_if(graph, ["整机", "机器人"])}
    assert told == {
        ("整机", "主轴"): {"主轴": ("整机",), "轴承": ("整机",)},
        ("轴承", "钢材"): {"钢材": ("机器人",)},
    }
    together = blocks(graph.assume_essential(), ["整机", "机器人"])
    assert together["钢材"] == ("整机", "机器人")


def test_finals_are_the_marked_ones_else_what_nothing_needs() -> None:
    graph = chain("机床 需 轴承-", "轴承 需 轴承!", kinds=(("车床", "机床"), ("机床", "机床")))
    assert finals(graph, []) == ("机床",)
    assert finals(graph, ["轴承", "别处的产品"]) == ("轴承",)
    assert finals(graph, ["别处的产品"]) == ("机床",)


def test_unknown_names_are_refused_with_their_name() -> None:
    graph = chain("机床 需 轴承!")
    for ask in (cascade, blocks, essential_if):
        with pytest.raises(NotFoundError, match="没有的东西"):
            ask(graph, ["没有的东西"])


def test_pairs_can_stop_what_neither_stops_alone() -> None:
    graph = chain("机床 需 甲!@g", "机床 需 乙!@g")
    assert single_points(graph)["机床"] == frozenset()
    stops = {pair for pair in combinations(("甲", "乙"), 2) if "机床" in cascade(graph, pair).because}
    assert stops == {("甲", "乙")}


def test_of_alternatives_that_all_stopped_the_nearest_is_told() -> None:
    graph = chain("机床 需 甲!@g", "机床 需 乙!@g", "甲 需 丙!", "丙 需 丁!")
    assert cascade(graph, {"乙", "丁"}).because["机床"] == ("机床", "乙")
    graph = chain("机床 需 甲!@g", "机床 需 乙!@g", "乙 需 丙!", "丙 需 丁!")
    assert cascade(graph, {"甲", "丁"}).because["机床"] == ("机床", "甲")


def test_a_path_never_leads_over_what_stopped_only_because_of_the_product() -> None:
    # 乙 stops only because 机床 does; the group 甲|乙 fails afterwards and is not why 机床 stopped.
    graph = chain("机床 需 甲!@g", "机床 需 乙!@g", "乙 需 机床!", "机床 需 丙!", "丙 需 丁!")
    assert cascade(graph, {"甲", "丁"}).because["机床"] == ("机床", "丙", "丁")
