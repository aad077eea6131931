"""What is estimated from the sources themselves: worked numbers, brute force over small worlds, when to say nothing."""

from __future__ import annotations

from collections import Counter
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulian.queries.absence import chao1, chapman, wilson
from bulian.queries.recapture import History, estimate, found_again, named_by, pairs_of
from bulian.queries.registers import dependent, register_of

SOURCES = ("企查查导出", "天眼查导出", "协会名册", "经信局名册")
NAMED = st.frozensets(st.sampled_from(SOURCES), max_size=4)
WORLDS = st.lists(st.tuples(NAMED, st.integers(0, 3)).filter(lambda one: bool(one[0]) or one[1] > 0), max_size=60)
World = list[tuple[frozenset[str], int]]


def none(_: str) -> str | None:
    return None


def histories(world: World) -> list[History]:
    return [History(sources, others, groups) for (sources, others), groups in Counter(world).items()]


def test_the_worked_numbers() -> None:
    both, first, second = frozenset("ab"), frozenset("a"), frozenset("b")
    rows = [History(both, 0, 20), History(first, 0, 20), History(second, 0, 30)]
    (pair,) = pairs_of(["a", "b"], rows, none)
    assert (pair.first_makers, pair.second_makers, pair.both, pair.independent) == (40, 50, 20, True)
    assert pair.estimate.estimate == pytest.approx(98.57, abs=5e-3)
    assert pair.estimate.coverage == pytest.approx(0.71, abs=5e-3)
    told = pair.estimate
    assert (told.coverage_low, told.coverage_high) == pytest.approx((70 / (told.high or 0), 70 / (told.low or 0)))
    again = found_again("a", rows, none)
    assert (again.known, again.again, again.rate) == (50, 20, 0.4)
    assert (again.low, again.high) == pytest.approx(wilson(20, 50))


def test_chao_counts_how_often_each_was_seen() -> None:
    rows = [History(frozenset("a"), 0, 6), History(frozenset(), 1, 4), History(frozenset("ab"), 0, 5)]
    rows += [History(frozenset("abc"), 0, 9), History(frozenset("a"), 3, 6)]
    assert estimate(rows, none).estimate == chao1(30, 10, 5).estimate == 40
    assert estimate(rows, none).coverage == 0.75


@given(WORLDS)
@settings(max_examples=60)
def test_re_finding_equals_counting_one_maker_at_a_time(world: World) -> None:
    for source in SOURCES:
        own = register_of(source)
        known = [
            sources
            for sources, others in world
            if others or any(one != source and (own is None or register_of(one) != own) for one in sources)
        ]
        told = found_again(source, histories(world), register_of)
        assert (told.known, told.again) == (len(known), sum(source in sources for sources in known))
        assert (told.rate is None) == (len(known) < 10) == (told.why is not None)
        if told.rate is not None:
            assert told.rate == pytest.approx(told.again / told.known)
            assert 0 <= (told.low or 0.0) <= told.rate <= (told.high or 0.0) <= 1


@given(WORLDS)
@settings(max_examples=60)
def test_two_sources_of_one_register_are_one_look(world: World) -> None:
    merged = [(frozenset({"登记" if register_of(one) else one for one in sources}), others) for sources, others in world]
    assert estimate(histories(world), register_of) == estimate(histories(merged), none)
    for pair in pairs_of(SOURCES, histories(world), register_of):
        derived = {pair.first, pair.second} == {"企查查导出", "天眼查导出"}
        assert pair.independent is not derived
        assert (pair.register == "工商登记") is derived
        assert pair.both == sum({pair.first, pair.second} <= sources for sources, _ in world)
        counts = named_by(histories(world))
        if derived or pair.both < 7:
            assert pair.estimate.estimate is None
            assert pair.estimate.why
        else:
            whole = chapman(counts[pair.first], counts[pair.second], pair.both)
            assert pair.estimate.estimate == pytest.approx(whole.estimate)


def test_where_counts_do_not_suffice_nothing_is_estimated() -> None:
    few = estimate([History(frozenset("ab"), 0, 9)], none)
    assert (few.seen, few.estimate, few.coverage) == (9, None, None)
    apart = estimate([History(frozenset("a"), 0, 30), History(frozenset("b"), 0, 30)], none)
    assert (apart.seen, apart.estimate) == (60, None)
    assert "独立" in str(apart.why)
    assert estimate([History(frozenset("ab"), 0, 10)], none).estimate == 10


@given(st.integers(1, 500), st.floats(0, 1), st.floats(0.5, 0.99))
def test_the_interval_holds_the_share_and_solves_its_equation(of: int, part: float, level: float) -> None:
    found = round(of * part)
    low, high = wilson(found, of, level=level)
    assert 0 <= low <= found / of <= high <= 1
    square = NormalDist().inv_cdf((1 + level) / 2) ** 2
    for end in (low, high):  # the ends are where the score test just rejects
        assert (found / of - end) ** 2 == pytest.approx(square * end * (1 - end) / of, abs=1e-9)


def test_which_sources_derive_from_one_register() -> None:
    assert register_of("温岭企查查导出.xlsx") == register_of("x", "https://www.tianyancha.com/company/1") == "工商登记"
    assert register_of("温岭市机床行业协会会员名录") is None
    assert dependent(["天眼查", "企查查", "协会", "企查查"]) == [("工商登记", ["企查查", "天眼查"])]
    assert dependent(["企查查", "协会"]) == []
