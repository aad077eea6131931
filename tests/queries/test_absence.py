"""Absence and coverage: the worked numbers of the methods, and what must hold for all numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bulian.graph.errors import InputError
from bulian.queries.absence import chao1, chapman, next_rate_needed, p_absent

shares = st.floats(0, 1, allow_subnormal=False)
inner = st.floats(0.01, 0.99)


def test_the_worked_numbers_of_absence() -> None:
    assert p_absent([0.6, 0.3, 0.2], []) == pytest.approx(1 - 0.1830, abs=5e-5)
    assert p_absent([0.6, 0.6, 0.5], []) == pytest.approx(0.9259, abs=5e-5)
    assert p_absent([0.6, 0.6, 0.5], [0.3]) == pytest.approx(0.6481, abs=5e-5)


def test_with_even_odds_absence_needs_nine_in_ten_of_what_is_missed() -> None:
    assert p_absent([8 / 9], []) == pytest.approx(0.9)
    assert next_rate_needed([], []) == pytest.approx(8 / 9)
    assert next_rate_needed([0.6, 0.3, 0.2], []) == pytest.approx(1 - (1 / 9) / (0.4 * 0.7 * 0.8))


@given(st.lists(shares), inner)
def test_without_a_searched_source_nothing_is_said(claims: list[float], prior: float) -> None:
    assert p_absent([], claims, prior) is None


def test_no_prior_makes_an_absence_alone_but_any_source_may_complete_a_low_one() -> None:
    assert p_absent([], [], 0.05) is None
    assert next_rate_needed([], [], prior=0.05) == 0.0
    assert p_absent([0.0], [], 0.05) == pytest.approx(0.95)


@given(st.lists(shares, min_size=1, max_size=6), st.lists(shares, max_size=4), inner)
def test_absence_is_bayes_over_the_two_worlds(rates: list[float], claims: list[float], prior: float) -> None:
    present = prior
    for rate in rates:  # one source after the other, each time with the posterior as the new prior
        present = present * (1 - rate) / (present * (1 - rate) + (1 - present))
    expected = (1 - present) * math.prod(1 - claim for claim in claims)
    assert p_absent(rates, claims, prior) == pytest.approx(expected, abs=1e-12)


@given(st.lists(shares, min_size=1, max_size=5), st.lists(shares, max_size=3), shares, inner)
def test_searching_raises_absence_and_claims_lower_it(
    rates: list[float], claims: list[float], extra: float, prior: float
) -> None:
    before = p_absent(rates, claims, prior)
    searched = p_absent([*rates, extra], claims, prior)
    claimed = p_absent(rates, [*claims, extra], prior)
    assert before is not None
    assert searched is not None
    assert claimed is not None
    assert claimed <= before <= searched + 1e-15
    assert 0 <= claimed
    assert searched <= 1


@given(st.lists(inner, max_size=4), st.lists(st.floats(0, 0.5), max_size=2), inner, inner)
def test_the_next_rate_is_the_smallest_that_reaches_the_threshold(
    rates: list[float], claims: list[float], threshold: float, prior: float
) -> None:
    needed = next_rate_needed(rates, claims, threshold=threshold, prior=prior)
    if needed is None:
        certain = p_absent([*rates, 1.0], claims, prior)
        assert certain is not None
        assert certain < threshold
        return
    reached = p_absent([*rates, needed], claims, prior)
    assert reached is not None
    assert reached >= threshold - 1e-12
    assume(needed > 1e-6)
    short = p_absent([*rates, needed - 1e-7], claims, prior)
    assert short is not None
    assert short < threshold


def test_no_source_outweighs_unverified_claims() -> None:
    assert next_rate_needed([0.6, 0.6, 0.5], [0.3]) is None
    assert next_rate_needed([], [0.05]) == pytest.approx(1 - (0.95 / 0.9 - 1))


@pytest.mark.parametrize("bad", [-0.1, 1.1, math.nan])
def test_values_that_are_no_shares_are_refused(bad: float) -> None:
    for ask in (lambda: p_absent([bad], []), lambda: p_absent([0.5], [bad]), lambda: p_absent([0.5], [], bad)):
        with pytest.raises(InputError):
            ask()
    with pytest.raises(InputError, match="0 和 1"):
        next_rate_needed([0.5], [], threshold=bad)


@pytest.mark.parametrize("prior", [0.0, 1.0])
def test_a_certain_prior_is_no_prior(prior: float) -> None:
    with pytest.raises(InputError, match="先验概率"):
        p_absent([1.0], [], prior)


def test_chapman_gives_the_worked_numbers() -> None:
    found = chapman(40, 50, 20)
    assert found.seen == 70
    assert found.estimate == pytest.approx(98.57, abs=5e-3)
    assert found.error == pytest.approx(11.4, abs=5e-2)
    assert found.coverage == pytest.approx(0.71, abs=5e-3)
    spread = math.exp(1.959964 * math.sqrt(math.log(1 + found.error**2 / (found.estimate - 70) ** 2)))
    assert spread == pytest.approx(2.1204, abs=5e-4)
    assert (found.low, found.high) == pytest.approx((70 + 28.5714 / spread, 70 + 28.5714 * spread), abs=1e-3)


def test_chao1_gives_the_worked_numbers() -> None:
    found = chao1(30, 10, 5)
    assert found.estimate == 40
    assert found.error == pytest.approx(math.sqrt(70))
    assert (found.low, found.high) == pytest.approx((32.40, 71.69), abs=5e-3)
    assert chao1(30, 10, 0).estimate == 75
    assert chao1(30, 0, 5).high == 30
    assert chao1(0, 0, 0).coverage is None


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200), st.floats(0.5, 0.99))
def test_an_estimate_lies_in_its_interval_and_never_below_what_was_seen(a: int, b: int, c: int, level: float) -> None:
    for found in (chapman(a + c, b + c, c, level=level), chao1(a + b + c, a, b, level=level)):
        assert found.seen <= found.low <= found.estimate <= found.high
        wide = chapman(a + c, b + c, c, level=(1 + level) / 2)
        assert wide.high >= chapman(a + c, b + c, c, level=level).high


def test_counts_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(InputError):
        chapman(3, 5, 4)
    with pytest.raises(InputError):
        chapman(3, 5, -1)
    with pytest.raises(InputError):
        chao1(5, 4, 2)
    with pytest.raises(InputError, match="置信水平"):
        chao1(30, 10, 5, level=95)
