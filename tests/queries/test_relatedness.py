"""Quotients, proximity, density and complexity: the reference case, definitions by loops, and what must hold always."""

from __future__ import annotations

import csv
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.stats import poisson

from bulian.graph.errors import InputError
from bulian.queries.complexity import complexity, outlook_gain, outlook_index
from bulian.queries.relatedness import (
    Minimum,
    density,
    location_quotients,
    proximity,
    proximity_blocks,
    quotient_bounds,
    specialised,
)

CASE = Path(__file__).resolve().parents[2] / ".." / "shared" / "reference" / "cases" / "economic_complexity"
EXAMPLES = settings(max_examples=60, deadline=None)
EXACT = {"rtol": 0, "atol": 1e-10}


def case(name: str) -> list[dict[str, str]]:
    if not CASE.is_dir():
        pytest.skip("没有参考资料 shared/reference/cases/economic_complexity")
    with (CASE / f"toy6x8_{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def numbers(name: str) -> Any:
    return np.array([[float(cell) for cell in list(row.values())[1:]] for row in case(name)])


def column(name: str, header: str) -> Any:
    return np.array([float(row[header]) for row in case(name)])


@pytest.mark.shared
def test_the_reference_case() -> None:
    quotients = location_quotients(numbers("values"))
    made = specialised(quotients)
    np.testing.assert_allclose(quotients, numbers("expected_rca_ecomplexity053"), **EXACT)
    np.testing.assert_array_equal(made, numbers("expected_mcp_ecomplexity053"))
    np.testing.assert_allclose(proximity(made), numbers("expected_proximity"), **EXACT)
    np.testing.assert_allclose(density(made), numbers("expected_density_nodiag_econcomplex101"), **EXACT)
    np.testing.assert_allclose(density(made, diagonal=True), numbers("expected_density_ecomplexity053"), **EXACT)


@pytest.mark.shared
@pytest.mark.parametrize("form", [np.asarray, csr_array])
def test_the_complexity_of_the_reference_case(form: Any) -> None:
    made = form(specialised(location_quotients(numbers("values"))))
    found = complexity(made)
    assert found.undefined == ""
    np.testing.assert_array_equal(found.diversity, column("expected_loc_ecomplexity053", "diversity"))
    np.testing.assert_array_equal(found.ubiquity, column("expected_prod_ecomplexity053", "ubiquity"))
    np.testing.assert_allclose(found.eci, column("expected_loc_ecomplexity053", "eci"), **EXACT)
    np.testing.assert_allclose(found.pci, column("expected_prod_ecomplexity053", "pci"), **EXACT)
    np.testing.assert_allclose(found.pci_z, column("expected_pci_zscore_econcomplex101", "pci_zscore"), **EXACT)
    np.testing.assert_allclose(outlook_index(made, found), column("expected_loc_ecomplexity053", "coi"), **EXACT)
    np.testing.assert_allclose(outlook_gain(made, found), numbers("expected_cog_ecomplexity053"), **EXACT)
    np.testing.assert_allclose(found.eigenvalues, [1, 0.766696, 0.180942, 0.116928, 0.076108, 0], atol=5e-7)
    assert found.gap == pytest.approx(0.766696 - 0.180942, abs=1e-6)


counts = st.integers(1, 7).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 6), min_size=width, max_size=width), min_size=1, max_size=6)
)
ones = st.integers(1, 7).flatmap(
    lambda width: st.lists(st.lists(st.booleans(), min_size=width, max_size=width), min_size=1, max_size=7)
)


@EXAMPLES
@given(rows=counts, region=st.integers(0, 6), product=st.integers(0, 6), cell=st.integers(0, 3))
def test_quotients_by_fractions(rows: list[list[int]], region: int, product: int, cell: int) -> None:
    minimum = Minimum(region, product, cell)
    values = np.array(rows)
    found = location_quotients(values, minimum)
    low, high = quotient_bounds(values, 0.9, minimum)
    made = specialised(found)
    whole = sum(map(sum, rows))
    for c, row in enumerate(rows):
        for p, x in enumerate(row):
            mine, its = sum(row), sum(other[p] for other in rows)
            if not (mine and its) or mine < region or its < product or x < cell:
                assert np.isnan([found[c, p], low[c, p], high[c, p]]).all()
                assert not made[c, p]
                continue
            exact = Fraction(x, mine) / Fraction(its, whole)
            assert found[c, p] == pytest.approx(float(exact), rel=1e-15)
            assert made[c, p] == (exact >= 1), "equal shares are a quotient of exactly 1"
            assert low[c, p] <= found[c, p] <= high[c, p]
            expectation = mine * its / whole
            assert poisson.cdf(x, high[c, p] * expectation) == pytest.approx(0.05)
            if x:
                assert poisson.sf(x - 1, low[c, p] * expectation) == pytest.approx(0.05)
            else:
                assert low[c, p] == 0


def test_quotients_of_a_small_place_are_no_numbers() -> None:
    """One firm of ten, of a product with twenty makers among a million: a quotient of 5,000 nobody would sign."""
    values = np.array([[1, 9], [19, 999_971]])
    assert location_quotients(values)[0, 0] == pytest.approx(5000)
    low, _ = quotient_bounds(values)
    assert low[0, 0] < 130
    for minimum in (Minimum(region=11), Minimum(product=21), Minimum(cell=2)):
        assert math.isnan(location_quotients(values, minimum)[0, 0])
        assert not math.isnan(location_quotients(values, minimum)[1, 1])


@pytest.mark.parametrize("values", [[[1, -1]], [[1, math.nan]], [[math.inf, 1]], [1, 2]])
def test_what_is_no_table_of_quantities_is_refused(values: list[Any]) -> None:
    with pytest.raises(InputError) as error:
        location_quotients(np.array(values))
    assert error.value.code == "bad_matrix"


def test_bounds_are_of_counts() -> None:
    with pytest.raises(InputError, match="家数"):
        quotient_bounds(np.array([[1.5, 1]]))
    for level in (0.0, 1.0, 1.14):
        with pytest.raises(InputError, match="置信水平"):
            quotient_bounds(np.array([[1, 1]]), level)


@EXAMPLES
@given(rows=ones, diagonal=st.booleans(), data=st.data())
def test_proximity_and_density_by_loops(rows: list[list[bool]], diagonal: bool, data: st.DataObject) -> None:
    made = np.array(rows)
    regions, products = made.shape
    totals = made.sum(axis=0)
    near = [
        [sum(made[c, p] and made[c, q] for c in range(regions)) / max(totals[p], totals[q], 1) for q in range(products)]
        for p in range(products)
    ]
    np.testing.assert_allclose(proximity(made), near, rtol=1e-15)
    chosen = data.draw(st.lists(st.integers(0, products - 1), unique=True))
    for form in (made, csr_array(made)):
        found = density(form, diagonal=diagonal)
        some = density(form, diagonal=diagonal, products=chosen)
        np.testing.assert_allclose(some, found[:, chosen], rtol=1e-14)
        for c in range(regions):
            for p in range(products):
                others = [q for q in range(products) if diagonal or q != p]
                whole = sum(near[p][q] for q in others)
                part = sum(near[p][q] for q in others if made[c, q])
                assert found[c, p] == pytest.approx(part / whole) if whole else math.isnan(found[c, p])


def test_blocks_are_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    made = np.random.default_rng(3).random((30, 25)) < 0.3
    whole, close = proximity(made), density(made)
    monkeypatch.setattr("bulian.queries.relatedness._BLOCK", 4)
    assert max(block.shape[1] for _, block in proximity_blocks(made)) == 4
    np.testing.assert_allclose(proximity(made), whole)
    np.testing.assert_allclose(density(made), close)


@EXAMPLES
@given(rows=ones)
def test_complexity_is_what_its_definition_says(rows: list[list[bool]]) -> None:
    made = np.array(rows)
    found = complexity(made)
    np.testing.assert_array_equal(found.diversity, made.sum(axis=1))
    inside, of = found.connected_regions, found.connected_products
    assert not made[np.ix_(inside, ~of)].any()
    assert not made[np.ix_(~inside, of)].any()
    if found.undefined:
        assert np.isnan([*found.eci, *found.pci, *found.pci_z, *outlook_index(made, found)]).all()
        return
    assert np.isnan(found.eci[~inside]).all()
    assert np.isnan(found.pci[~of]).all()
    part = made[np.ix_(inside, of)].astype(float)
    reflected = (part / part.sum(axis=1, keepdims=True)) @ (part / part.sum(axis=0)).T
    expected = sorted(np.linalg.eigvals(reflected).real, reverse=True)
    np.testing.assert_allclose(found.eigenvalues, expected, atol=1e-7)
    eci = found.eci[inside]
    vector = eci * found.raw_deviation
    mean = found.raw_pci[of] @ part.T / part.sum(axis=1) - vector
    np.testing.assert_allclose(mean, mean[0], atol=1e-7, err_msg="ECI is the mean raw PCI, up to a shift")
    np.testing.assert_allclose(part @ found.pci[of] / part.sum(axis=1), eci, atol=1e-6)
    assert (eci.mean(), eci.std()) == pytest.approx((0, 1), abs=1e-9)
    assert np.corrcoef(eci, part.sum(axis=1))[0, 1] > 0


@EXAMPLES
@given(rows=ones, seed=st.integers(0, 99))
def test_order_and_empty_lines_change_nothing(rows: list[list[bool]], seed: int) -> None:
    made = np.array(rows)
    numbers = np.random.default_rng(seed)
    order, columns = numbers.permutation(made.shape[0]), numbers.permutation(made.shape[1])
    padded = np.pad(made[order][:, columns], ((0, 1), (0, 1)))
    found, again = complexity(made), complexity(padded)
    assert bool(found.undefined) == bool(again.undefined)
    if found.gap is None or found.gap > 1e-6:
        np.testing.assert_allclose(again.eci[:-1], found.eci[order], atol=1e-6)
        np.testing.assert_allclose(again.pci[:-1], found.pci[columns], atol=1e-6)
    assert np.isnan(again.eci[-1])
    assert np.isnan(again.pci[-1])
    np.testing.assert_allclose(density(padded)[:-1, :-1], density(made)[order][:, columns])


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([[0, 0], [0, 0]], "没有一个地区"),
        ([[1, 0], [0, 1]], "同样大"),
        ([[1, 1, 1]], "不到两个"),
        ([[1, 1], [1, 1]], "一样"),
        ([[1, 1, 0], [0, 1, 1], [1, 0, 1]], "相等"),
        ([[1, 1, 0], [0, 1, 1]], "正负号"),
    ],
)
def test_where_complexity_is_not_defined(rows: list[list[int]], reason: str) -> None:
    found = complexity(np.array(rows))
    assert reason in found.undefined
    assert complexity(np.array([[1, 1, 1], [1, 1, 0], [0, 1, 0]])).undefined == ""


def test_a_part_on_its_own_is_left_out() -> None:
    main = np.array([[1, 1, 1, 0], [1, 1, 0, 0], [0, 1, 0, 1], [1, 0, 0, 0]])
    apart = np.zeros((6, 6), int)
    apart[:4, :4] = main
    apart[4:, 4:] = 1
    found, alone = complexity(apart), complexity(main)
    assert list(found.connected_regions) == [True] * 4 + [False] * 2
    np.testing.assert_allclose(found.eci[:4], alone.eci)
    np.testing.assert_allclose(outlook_gain(apart, found)[:4, :4], outlook_gain(main, alone))
    assert np.isnan(outlook_gain(apart, found)[4:]).all()


def test_a_large_matrix_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for shape in ((40, 60), (70, 30)):
        made = csr_array(np.random.default_rng(5).random(shape) < 0.2)
        found = complexity(made)
        with monkeypatch.context() as changed:
            changed.setattr("bulian.queries.complexity._DENSE", 8)
            again = complexity(made)
        np.testing.assert_allclose(again.eigenvalues, found.eigenvalues[:6], atol=1e-12)
        np.testing.assert_allclose(again.eci, found.eci, atol=1e-9)
        np.testing.assert_allclose(again.pci, found.pci, atol=1e-9)
