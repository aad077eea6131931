"""What the pictures show is what the store says: neighbourhoods and shortest paths against a plain graph."""

from __future__ import annotations

import networkx as nx
import pytest

from bulian.graph.errors import AmbiguousNameError, NotFoundError
from bulian.queries.picture import newest_date, read_neighbourhood, read_path, read_picture
from bulian.queries.settings import Settings
from bulian.queries.weak_links import find_weak_links

CROWDED = ("Region:", "Chain:")


@pytest.fixture(scope="module")
def plain(example) -> nx.Graph[str]:
    """Every link of the store, direction forgotten."""
    return nx.Graph((edge.source, edge.target) for edge in example.edges())


def steps(plain: nx.Graph[str], start: str) -> dict[str, int]:
    """Steps from a node, never on through a region or a chain."""
    far = {start: 0}
    front = [start]
    while front:
        front = [
            other for node in front if node == start or not node.startswith(CROWDED) for other in plain[node]
            if other not in far and far.setdefault(other, far[node] + 1)
        ]  # fmt: skip
    return far


@pytest.mark.parametrize("name", ["三和数控", "数控系统", "浙江省高档数控机床技术创新中心", "331081"])
def test_a_neighbourhood_is_everything_within_two_steps(example, plain, name) -> None:
    found = read_neighbourhood(example, name, limit=10_000)
    (centre,) = found.centre
    near = {node for node, far in steps(plain, centre).items() if far <= 2}
    if not centre.startswith(CROWDED):
        assert {node for node, _, _ in found.nodes} == near
    assert found.cut == 0
    inside = {node for node, _, _ in found.nodes}
    drawn = {(edge[0], edge[1], edge[2]) for edge in found.edges}
    stated = {(e.source, e.relation, e.target) for e in example.edges() if e.source in inside and e.target in inside}
    assert drawn == stated


def test_a_large_neighbourhood_is_cut_to_the_nearest_and_says_so(example, plain) -> None:
    whole = read_neighbourhood(example, "数控系统", limit=10_000)
    few = read_neighbourhood(example, "数控系统", limit=10)
    far = steps(plain, "Product:数控系统")
    assert len(few.nodes) == 10
    assert few.cut > 0
    assert len(few.nodes) + few.cut <= len(whole.nodes)
    kept = [far[node] for node, _, _ in few.nodes]
    assert max(kept) <= sorted(far.values())[9]


@pytest.mark.parametrize(("start", "end"), [("三和数控", "数控车床"), ("数控车床", "铸铁"), ("CNC", "三和数控")])
def test_a_path_is_a_shortest_one(example, plain, start, end) -> None:
    found = read_path(example, start, end)
    first, last = found.centre[0], found.centre[-1]
    assert len(found.centre) - 1 == steps(plain, first)[last]
    for one, other in zip(found.centre, found.centre[1:], strict=False):
        assert plain.has_edge(one, other)
    assert {node for node, _, _ in found.nodes} == set(found.centre)


def test_a_path_to_itself_is_the_node_alone(example) -> None:
    assert read_path(example, "数控系统", "CNC").centre == ("Product:数控系统",)


def test_no_path_is_said(store_of) -> None:
    store = store_of(产品="产品名称,别名\n甲,\n乙,\n丙,轴\n丁,轴\n")
    with pytest.raises(NotFoundError, match="没有路径"):
        read_path(store, "甲", "乙")
    with pytest.raises(NotFoundError, match="没有"):
        read_path(store, "甲", "戊")
    with pytest.raises(AmbiguousNameError):
        read_neighbourhood(store, "轴")


def test_the_picture_of_a_chain_has_its_finals_makers_and_date(example) -> None:
    settings = Settings()
    report = find_weak_links(example, "温岭市", "数控机床", settings)
    picture = read_picture(example, report, settings)
    assert set(picture.chain) == {finding.product for finding in report.findings}
    finals = {name for name, data in picture.chain.nodes(data=True) if data["final"]}
    assert len(finals) == report.findings[0].numbers["finals"]
    for finding in report.findings:
        makers = picture.makers.get(finding.product, ())
        local = [maker for maker in makers if maker.scope == "本地" and maker.confirmed]
        assert (len(local) > 0) == (finding.numbers["local_groups"] > 0), finding.product
        assert len(local) >= finding.numbers["local_groups"]
    assert picture.data_date == newest_date(example) == max(s.date for s in example.sources() if s.date)


def test_without_dates_there_is_no_date(store_of) -> None:
    assert newest_date(store_of(产品="产品名称\n甲\n")) is None
