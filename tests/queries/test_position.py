"""Trophic levels and input–output tables: the reference cases, dense solutions, and chains as offices hand them in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulian.graph.errors import InputError, NotFoundError
from bulian.queries.chain_graph import read_chain
from bulian.queries.input_output import input_output
from bulian.queries.position import chain_position, trophic_levels
from bulian.queries.settings import Settings

CASES = Path(__file__).resolve().parents[2] / ".." / "shared" / "reference" / "cases"
TABLES = ("case_2sector", "case_chain3")
NAMES = {
    "x": "output", "A": "input_coefficients", "L": "leontief", "Ghosh": "ghosh", "upstreamness": "upstreamness",
    "downstreamness": "downstreamness", "backward_linkage": "backward_linkage", "forward_linkage": "forward_linkage",
    "norm_backward": "norm_backward", "norm_forward": "norm_forward",
}  # fmt: skip


def reference(name: str) -> Any:
    if not CASES.is_dir():
        pytest.skip("参考数据不在旁边")
    return json.loads((CASES / name).read_text(encoding="utf-8"))


@pytest.mark.shared
def test_the_reference_levels() -> None:
    for name, case in reference("trophic/cases.json").items():
        source, target, weight = zip(*case["edges"], strict=True)
        found = trophic_levels(case["n"], source, target, weight)
        np.testing.assert_allclose(found.levels, case["h"], rtol=0, atol=1e-9, err_msg=name)
        assert found.incoherence == pytest.approx(case["F0"], abs=1e-9)


links = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 4)), max_size=20)


@settings(max_examples=60)
@given(links)
def test_levels_are_least_squares(rows: list[tuple[int, int, int]]) -> None:
    found = trophic_levels(9, *zip(*rows, strict=True)) if rows else trophic_levels(9, [], [])
    graph: nx.Graph[int] = nx.Graph([(a, b) for a, b, _ in rows])
    graph.add_nodes_from(range(9))
    parts = list(nx.connected_components(graph))
    assert len(set(found.part.tolist())) == len(parts)
    for part in parts:
        assert len(set(found.part[list(part)].tolist())) == 1
        assert found.levels[list(part)].min() == 0
    if not rows:
        assert found.incoherence is None
        return
    matrix = np.zeros((len(rows), 9))
    root = np.sqrt([weight for _, _, weight in rows])
    for line, (a, b, _) in enumerate(rows):
        matrix[line, b] += root[line]
        matrix[line, a] -= root[line]
    best = np.linalg.lstsq(matrix, root, rcond=None)[0]
    for part in parts:
        best[list(part)] -= best[list(part)].min()
    np.testing.assert_allclose(found.levels, best, rtol=0, atol=1e-9)
    misfit = ((matrix @ best - root) ** 2).sum() / (root**2).sum()
    assert found.incoherence == pytest.approx(misfit, abs=1e-9)
    assert 0 <= found.incoherence <= 1 + 1e-12


def test_a_long_path_and_a_large_tangle() -> None:
    path = trophic_levels(3000, range(2999), range(1, 3000))
    np.testing.assert_allclose(path.levels, np.arange(3000), rtol=0, atol=1e-6)
    rng = np.random.default_rng(2)
    source, target = rng.integers(0, 3000, (2, 12_000))
    found = trophic_levels(3000, source, target)
    weight = np.bincount(source, minlength=3000) + np.bincount(target, minlength=3000)
    pull = np.bincount(source, found.levels[target] - 1, 3000) + np.bincount(target, found.levels[source] + 1, 3000)
    held = weight > 0
    np.testing.assert_allclose(found.levels[held] * weight[held], pull[held], rtol=0, atol=1e-9)


@pytest.mark.parametrize(("source", "target", "weight"), [([0], [2], None), ([0], [1], [0.0]), ([0, 1], [1], None)])
def test_links_that_cannot_be_are_refused(source: Any, target: Any, weight: Any) -> None:
    with pytest.raises(InputError):
        trophic_levels(2, source, target, weight)


@pytest.mark.shared
@pytest.mark.parametrize("name", TABLES)
def test_the_reference_tables(name: str) -> None:
    case = reference(f"input_output/{name}.json")
    table = input_output(case["Z"], case["f"])
    for key, attribute in NAMES.items():
        found = getattr(table, attribute)
        np.testing.assert_allclose(found, case["expected"][key], rtol=0, atol=1e-9, err_msg=key)
    for sector, losses in case["expected"]["HEM"].items():
        extraction = table.extraction(int(sector))
        for key, loss in losses.items():
            np.testing.assert_allclose(getattr(extraction, key), loss, rtol=0, atol=1e-9, err_msg=key)
    if "new_final_demand" in case:
        found = table.output_for(case["new_final_demand"])
        np.testing.assert_allclose(found, case["expected_new_x"], rtol=0, atol=1e-9)


@settings(max_examples=40)
@given(st.integers(2, 6), st.integers(0, 10_000))
def test_tables_keep_their_identities(size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = input_output(rng.random((size, size)), rng.random(size) + 0.1 * size)
    np.testing.assert_allclose(table.output_for(table.final), table.output, rtol=1e-9)
    np.testing.assert_allclose(table.leontief @ (np.eye(size) - table.input_coefficients), np.eye(size), atol=1e-9)
    np.testing.assert_allclose(table.ghosh.sum(axis=1), table.upstreamness, rtol=1e-9)
    np.testing.assert_allclose(table.leontief.sum(axis=0), table.downstreamness, rtol=1e-9)
    kept = [sector for sector in range(size) if sector]
    inner = np.eye(size - 1) - table.input_coefficients[np.ix_(kept, kept)]
    left = np.linalg.solve(inner, table.final[kept])
    loss = table.extraction(0)
    assert loss.total_loss == pytest.approx(table.output.sum() - left.sum())
    assert loss.total_loss_excl_own == pytest.approx(table.output[kept].sum() - left.sum())
    assert (loss.backward_loss >= -1e-9).all()
    assert (loss.forward_loss >= -1e-9).all()


def test_a_sector_without_output_stands_alone() -> None:
    table = input_output([[0, 5], [0, 0]], [0, 9])
    idle = input_output([[0, 5, 0], [0, 0, 0], [0, 0, 0]], [0, 9, 0])
    assert idle.upstreamness.tolist() == [*table.upstreamness.tolist(), 1]
    assert idle.extraction(2).total_loss == 0


@pytest.mark.parametrize(
    ("flows", "final"),
    [([[1, 2]], [1]), ([[-1]], [2]), ([[1]], [np.nan]), ([[1]], [-2]), ([], [])],
)
def test_a_table_that_cannot_be_is_refused(flows: Any, final: Any) -> None:
    with pytest.raises(InputError):
        input_output(flows, final)


def test_what_has_no_answer_says_so() -> None:
    closed = input_output([[0.3, 0.7], [0.7, 0.3]], [0, 0])
    with pytest.raises(InputError):
        _ = closed.leontief
    with pytest.raises(NotFoundError):
        closed.extraction(2)
    with pytest.raises(InputError):
        closed.output_for([1])


HEAD = "产品,关系,对象,产业链\n"


def test_materials_stand_low_and_finals_high(store_of) -> None:
    rows = "车床,需要,主轴,链\n主轴,需要,轴承,链\n轴承,需要,钢材,链\n"
    other = "铣床,需要,刀具,链\n刀具,属于,工具,链\n钢材,需要,钢材,链\n"
    position = chain_position(read_chain(store_of(链=HEAD + rows + other), "链", Settings()))
    assert position.levels == {"车床": 3, "主轴": 2, "轴承": 1, "钢材": 0, "铣床": 1, "刀具": 0, "工具": None}
    assert position.parts == (("主轴", "车床", "轴承", "钢材"), ("刀具", "铣床"))
    assert position.incoherence == 0
    assert position.wrong_way == ()


def test_a_row_against_the_flow_is_named_with_its_share(store_of) -> None:
    good = "车床,需要,主轴,链\n主轴,需要,轴承,链\n车床,需要,轴承,链\n轴承,需要,钢材,链\n车床,需要,钢材,链\n"
    store = store_of(链=HEAD + good + "轴承,需要,车床,链\n轴承,需要,车床,链\n")
    position = chain_position(read_chain(store, "链", Settings()))
    (row,) = position.wrong_way
    assert (row.product, row.object) == ("轴承", "车床")
    assert row.rise < 0
    rises = {(a, b): position.levels[a] - position.levels[b] for a, b in
             [line.split(",")[::2][:2] for line in (good + "轴承,需要,车床,链\n").splitlines()]}  # fmt: skip
    misfits = {pair: (rise - 1) ** 2 for pair, rise in rises.items()}
    assert row.contribution == pytest.approx(misfits["轴承", "车床"] / sum(misfits.values()), abs=1e-8)
    assert position.incoherence == pytest.approx(sum(misfits.values()) / len(misfits), abs=1e-8)
    assert [fact.subject for fact in store.facts(ids=list(row.facts))] == ["轴承"]


def test_a_chain_without_rows_has_no_incoherence(store_of) -> None:
    position = chain_position(read_chain(store_of(产品="产品名称,产业链\n车床,链\n"), "链", Settings()))
    assert (position.levels, position.incoherence, position.parts) == ({"车床": None}, None, ())
