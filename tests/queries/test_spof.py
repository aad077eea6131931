"""Single points from the store are those of the cascade, one removal at a time."""

from __future__ import annotations

import pytest

from bulian.graph.errors import NotFoundError
from bulian.queries.chain_graph import read_chain
from bulian.queries.feasibility import cascade
from bulian.queries.settings import Settings
from bulian.queries.spof import find_single_points


def test_every_single_point_of_the_example_is_what_its_removal_stops(example) -> None:
    chain = read_chain(example, "数控机床", Settings())
    stops = {name: set(cascade(chain.rules, [name]).because) | {name} for name in chain.graph}
    for row in find_single_points(example, "数控机床").products:
        assert set(row.single_points) == {q for q in stops if row.product in stops[q] and q != row.product}
        assert set(row.blocks) <= set(chain.finals) & stops[row.product]
        assert set(chain.finals) & stops[row.product] - {row.product} <= set(row.blocks)


def test_one_product_is_the_same_row(example) -> None:
    rows = {row.product: row for row in find_single_points(example, "数控机床").products}
    assert find_single_points(example, "数控机床", product="CNC").products == (rows["数控系统"],)
    with pytest.raises(NotFoundError, match="月饼"):
        find_single_points(example, "数控机床", product="月饼")
    with pytest.raises(NotFoundError, match="造船"):
        find_single_points(example, "造船")


LINKS = "产品,关系,对象,必要性,替代组,产业链,置信度\n"


@pytest.mark.parametrize(
    ("rows", "points"),
    [
        ("车床,需要,轴承,必需,,机床,\n", ["轴承"]),
        ("车床,需要,轴承,,,机床,\n", []),
        ("车床,需要,轴承,非必需,,机床,\n", []),
        ("车床,需要,轴承,必需,,机床,0.4\n", []),
        ("车床,需要,轴承,必需,支承,机床,\n车床,需要,导轨,必需,支承,机床,\n", []),
        ("车床,需要,轴承,必需,,机床,\n陶瓷轴承,属于,轴承,,,机床,\n", ["陶瓷轴承"]),
        ("车床,需要,轴承,必需,,机床,\n轴承,需要,钢,必需,,机床,\n", ["轴承", "钢"]),
        ("车床,需要,车床,必需,,机床,\n", []),
    ],
    ids=["needed", "not stated", "not essential", "doubtful", "alternatives", "only sub-type", "through", "self-loop"],
)
def test_by_the_words_of_the_contract(store_of, rows, points) -> None:
    report = find_single_points(store_of(链=LINKS + rows), "机床", product="车床")
    assert list(report.products[0].single_points) == points
