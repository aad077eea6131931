"""Import dependence: the reference cases, and what may and may not be concluded from missing years."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import replace
from itertools import product as combinations_of
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulian.graph.errors import InputError
from bulian.queries.trade import Flow, TradeRow, TradeRule, hhi, import_dependence, partial_years

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"
CASES = SHARED / "reference" / "cases" / "import_dependence" / "cases.json"
FLOWS: tuple[Flow, ...] = ("进口", "出口", "世界出口")


def a_year(year: int, *, dependent: bool, flows: Iterable[Flow] = FLOWS) -> list[TradeRow]:
    """A year that is dependent or (with much exported) is not, with only some of its flows recorded."""
    rows = [
        TradeRow(year, "进口", "荷兰", 80),
        TradeRow(year, "进口", "日本", 20),
        TradeRow(year, "出口", "越南", 1 if dependent else 500),
        TradeRow(year, "世界出口", "荷兰", 70),
        TradeRow(year, "世界出口", "日本", 30),
    ]
    return [row for row in rows if row.flow in set(flows)]


def case_rows(case: dict[str, Any]) -> list[TradeRow]:
    return [
        *(TradeRow(2023, "进口", partner, value) for partner, value in case["imports"].items()),
        TradeRow(2023, "出口", "全部", case["exports"]),
        *(TradeRow(2023, "世界出口", f"国{i}", value) for i, value in enumerate(case["world_exports"])),
    ]


@pytest.mark.shared
@pytest.mark.skipif(not CASES.exists(), reason="旁边没有参考数据 (reference data not beside the checkout)")
def test_the_reference_cases() -> None:
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    assert len(cases) == 6
    for case in cases:
        (year,) = import_dependence(case_rows(case)).years
        assert {
            "HHI_imports": pytest.approx(year.hhi_imports, abs=1e-12),
            "HHI_world": pytest.approx(year.hhi_world, abs=1e-12),
            "import_export_ratio": pytest.approx(year.import_export_ratio, abs=1e-12),
            "c1": year.concentrated_imports,
            "c2": year.concentrated_world,
            "c3": year.net_importer,
            "dependent": year.dependent,
            "top_share": pytest.approx(year.top_share, abs=1e-12),
            "N_effective": pytest.approx(year.n_effective, abs=1e-12),
        } == case["expected"], case["name"]
        assert year.lacking == ()


@pytest.mark.parametrize("pattern", list(combinations_of((True, False, None), repeat=3)))
def test_the_verdict_is_what_every_completion_of_the_missing_years_agrees_on(
    pattern: tuple[bool | None, ...],
) -> None:
    rows = [
        row
        for year, state in enumerate(pattern, 2021)
        for row in a_year(year, dependent=bool(state), flows=FLOWS if state is not None else ("进口",))
    ]
    possible = {
        sum(truth) >= 2
        for truth in combinations_of((True, False), repeat=3)
        if all(said in (None, real) for said, real in zip(pattern, truth, strict=True))
    }
    answer = import_dependence(rows)
    assert answer.dependent == (possible.pop() if len(possible) == 1 else None)
    assert [item.dependent for item in answer.years] == list(pattern)
    assert all(bool(item.lacking) == (item.dependent is None) for item in answer.years)


def test_only_the_newest_computable_years_count() -> None:
    old = [row for year in (2018, 2019) for row in a_year(year, dependent=True)]
    new = [row for year in (2021, 2022, 2023) for row in a_year(year, dependent=False)]
    assert import_dependence(old + new).dependent is False
    gone = import_dependence([*old, *new[-5:], *a_year(2024, dependent=True, flows=("进口", "出口"))])
    assert gone.window == (2018, 2019, 2023)
    assert gone.dependent_years == (2018, 2019)
    assert gone.dependent is True
    assert gone.years[-1].lacking == ("2024 年没有世界出口数据",)


def test_without_any_row_nothing_is_said() -> None:
    answer = import_dependence([])
    assert answer.dependent is None
    assert answer.years == ()


def test_without_export_rows_the_world_exports_say_what_china_exports() -> None:
    rows = a_year(2023, dependent=True, flows=("进口", "世界出口"))
    (year,) = import_dependence(rows).years
    assert (year.import_export_ratio, year.dependent) == (9999, True)  # all exporters are there, China is not
    (year,) = import_dependence([*rows, TradeRow(2023, "世界出口", "中国", 4)]).years
    assert (year.import_export_ratio, year.dependent) == (25, True)


def test_without_export_rows_and_world_exports_the_year_is_not_computable() -> None:
    (year,) = import_dependence(a_year(2023, dependent=True, flows=("进口",))).years
    assert (year.dependent, year.import_export_ratio) == (None, None)
    assert year.lacking == ("2023 年没有世界出口数据", "2023 年没有出口数据")


def test_nothing_imported_is_not_dependent() -> None:
    rows = [replace(r, value=0) if r.flow == "进口" else r for r in a_year(2023, dependent=True)]
    (year,) = import_dependence(rows).years
    assert (year.dependent, year.top_partner, year.hhi_imports) == (False, None, None)


def test_several_codes_of_one_source_add_up() -> None:
    split = [replace(row, value=row.value / 2) for row in a_year(2023, dependent=True)]
    assert import_dependence([*split, *split]) == import_dependence(a_year(2023, dependent=True))


def test_sources_that_differ_are_named_and_decide_only_together() -> None:
    rows = [replace(row, source="海关") for row in a_year(2023, dependent=True)]
    same = import_dependence([*rows, *(replace(row, source="年鉴") for row in rows)])
    assert same == import_dependence(rows)
    (near,) = import_dependence([*rows, TradeRow(2023, "出口", "越南", 2, "年鉴")]).years
    assert near.dependent is True
    assert near.lacking == ("2023 年各来源的金额不一致：出口（越南）",)
    (far,) = import_dependence([*rows, TradeRow(2023, "出口", "越南", 900, "年鉴")]).years
    assert far.dependent is None


def test_every_threshold_is_a_parameter() -> None:
    rows = [row for year in (2021, 2022, 2023) for row in a_year(year, dependent=True)]
    assert import_dependence(rows).dependent is True
    for rule in (
        TradeRule(hhi_imports=0.68000001),
        TradeRule(hhi_world=0.58000001),
        TradeRule(ratio=100.0),
        TradeRule(need_years=4),
    ):
        assert import_dependence(rows, rule).dependent is False
    mixed = rows[:5] + a_year(2022, dependent=False) + a_year(2023, dependent=False)
    assert import_dependence(mixed, TradeRule(need_years=1)).dependent is True
    assert import_dependence(mixed, TradeRule(need_years=1, window=2)).dependent is False


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
def test_amounts_that_are_none_are_refused_with_their_row(value: float) -> None:
    with pytest.raises(InputError, match="2023 年 进口 荷兰"):
        import_dependence([TradeRow(2023, "进口", "荷兰", value)])


@given(st.lists(st.floats(0.01, 1e6), min_size=1, max_size=20), st.floats(0.001, 1000))
def test_hhi_ignores_scale_and_order_and_lies_between_even_and_single(values: list[float], scale: float) -> None:
    index = hhi(values)
    assert index is not None
    assert 1 / len(values) - 1e-9 <= index <= 1 + 1e-9
    assert hhi([value * scale for value in reversed(values)]) == pytest.approx(index)
    assert hhi([1.0] * len(values)) == pytest.approx(1 / len(values))
    assert hhi([0.0] * len(values)) is None


def test_a_year_of_some_months_counts_only_where_whole_years_are_lacking() -> None:
    whole = [row for year in (2022, 2023, 2024) for row in a_year(year, dependent=False)]
    begun = a_year(2025, dependent=True)
    seen = partial_years([(2024, None), (2025, "2025-01"), (2025, "2025-06"), (2023, "2023-01"), (2023, "2023-12")])
    assert list(seen) == [2025]
    assert import_dependence(whole + begun, partial=seen).window == (2022, 2023, 2024)
    assert import_dependence(whole + begun, partial=seen).partial == ()
    few = import_dependence([*whole[-5:], *begun], partial=seen)
    assert few.window == (2024, 2025)
    assert few.partial == ("2025 年的进口数据只见到 1–6 月",)
