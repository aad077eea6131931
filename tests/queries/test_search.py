"""Which searches cover a product: one per source, the narrowest and most specific, in whatever order rows come."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulian.queries.absence import p_absent
from bulian.queries.search import Searches
from bulian.queries.settings import Settings

DEFAULTS = Settings()
Rows = list[dict[str, Any]]


@st.composite
def rows(draw: st.DrawFn) -> Rows:
    fields = st.tuples(
        st.sampled_from(["名录甲", "名录乙", "年鉴"]), st.sampled_from([None, "丝杠", "主轴"]), st.integers(0, 3),
        st.sampled_from([None, "2022", "2023-05", "2024-01-01"]), st.sampled_from([0.1, 0.5, 0.9]), st.booleans(),
    )  # fmt: skip
    return [
        {"searched_source": source, "product": product, "depth": depth, "date": date, "rate": rate,
         "method_is_file": is_file, "assumed": False, "fact": f"f{number:02d}"}
        for number, (source, product, depth, date, rate, is_file) in enumerate(draw(st.lists(fields, max_size=12)))
    ]  # fmt: skip


def searches(found: Rows) -> Searches:
    by_product: dict[str | None, Rows] = {}
    for row in found:
        by_product.setdefault(row["product"], []).append(row)
    return Searches(by_product)


def beats(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Sentence by sentence: a row beats a file; the narrowest area; the named product; the newest; the lower rate."""
    for better, worse in (
        (not one["method_is_file"], not other["method_is_file"]),
        (-one["depth"], -other["depth"]),
        (one["product"] is not None, other["product"] is not None),
        (one["date"] or "", other["date"] or ""),
        (-one["rate"], -other["rate"]),
    ):
        if better != worse:
            return bool(better > worse)
    return False


@given(rows())
def test_each_source_counts_once_by_its_best_row(found: Rows) -> None:
    told = searches(found).of("丝杠")
    covering = [row for row in found if row["product"] in (None, "丝杠")]
    assert [search.source for search in told] == sorted({row["searched_source"] for row in covering})
    for search in told:
        mine = [row for row in covering if row["searched_source"] == search.source]
        chosen = next(row for row in mine if row["fact"] == search.fact)
        assert not any(beats(other, chosen) for other in mine)
        assert search.rate == chosen["rate"]


@given(rows(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(found: Rows, rng: random.Random) -> None:
    shuffled = rng.sample(found, len(found))
    assert searches(shuffled).of("丝杠") == searches(found).of("丝杠")


@given(rows(), st.lists(st.sampled_from([0.3, 0.49]), max_size=2))
def test_absence_is_that_of_the_rates(found: Rows, doubts: list[float]) -> None:
    known = searches(found)
    rates = [search.rate for search in known.of("丝杠")]
    assert known.absence("丝杠", 0, doubts, DEFAULTS) == p_absent(rates, doubts, 0.5)
    assert known.absence("丝杠", 2, doubts, DEFAULTS) == (0.0 if rates else None)
    assert (known.absence("丝杠", 0, doubts, DEFAULTS) is None) == (not rates)


@given(rows())
def test_a_search_of_another_product_says_nothing(found: Rows) -> None:
    named = [row for row in found if row["product"] == "主轴"]
    assert searches(named).of("丝杠") == []
    assert searches(named).absence("丝杠", 0, [], DEFAULTS) is None


def test_the_rate_that_is_needed_settles_it() -> None:
    known = searches([{
        "searched_source": "名录甲", "product": None, "depth": 0, "date": None, "rate": 0.5, "method_is_file": False,
        "assumed": False, "fact": "f",
    }])  # fmt: skip
    needed = known.rate_needed("丝杠", [], DEFAULTS)
    assert needed is not None
    assert p_absent([0.5, needed], []) == pytest.approx(0.9)
    assert known.rate_needed("丝杠", [0.3], DEFAULTS) is None
