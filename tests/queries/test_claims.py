"""What dated statements mean: the newest and surest decide, doubt and conflict stay visible, order never matters."""

from __future__ import annotations

import random
import zlib
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulian.graph.store import GraphView
from bulian.queries.claims import ProductClaims, read_claims
from bulian.queries.settings import Settings

DEFAULTS = Settings()
HERE, AROUND = "331081", ("331081", "331000", "330000", "CN")
NUMERIC = (
    "domestic_share", "import_dependence", "location_quotient", "top_country_patent_share", "technology_advantage",
)  # fmt: skip
Row = dict[str, Any]


def row(predicate: str, value: object, year: int | None = None, **more: Any) -> Row:
    number = value if isinstance(value, float) else None
    base: Row = {
        "subject": "丝杠", "kind": "Product", "predicate": predicate, "value": str(value), "number": number,
        "year": year, "date": None, "region": None, "partner": None, "speaker": None, "source": "某报告",
        "source_date": None, "confidence": 0.9,
        "modality": "stated",
    }  # fmt: skip
    base |= more
    return base | {"fact": f"{zlib.crc32(repr(sorted(base.items())).encode()):08x}"}


def read(rows: list[Row], settings: Settings = DEFAULTS) -> ProductClaims:
    schema = pa.schema([(n, pa.string()) for n in row("x", "y")]).set(4, pa.field("number", pa.float64()))
    schema = schema.set(5, pa.field("year", pa.int32())).set(12, pa.field("confidence", pa.float64()))
    view = SimpleNamespace(claims=lambda: pa.Table.from_pylist(rows, schema))
    return read_claims(cast(GraphView, view), ["丝杠"], settings).get("丝杠", ProductClaims())


def inside(code: str) -> bool:
    return code.startswith("331081")


@st.composite
def statements(draw: st.DrawFn) -> list[Row]:
    numeric = st.builds(
        row, st.sampled_from(NUMERIC), st.sampled_from([0.05, 0.1, 0.3, 0.5, 0.8, 1.5]),
        st.none() | st.integers(2020, 2023), confidence=st.sampled_from([0.4, 0.6, 0.9]),
        region=st.sampled_from([None, "CN", HERE]), source=st.sampled_from(["甲", "乙"]),
    )  # fmt: skip
    words = st.builds(
        row, st.just("local_production"), st.sampled_from(["有", "无"]), st.none() | st.integers(2020, 2023),
        confidence=st.sampled_from([0.4, 0.6, 0.9]), region=st.sampled_from(["CN", "331000", HERE, "331082"]),
        source_date=st.none() | st.just("2021-06"), source=st.sampled_from(["甲", "乙"]),
    )  # fmt: skip
    return draw(st.lists(numeric | words, max_size=14))


def told(claims: ProductClaims) -> tuple[Any, ...]:
    """Everything the rules take from the claims."""
    return (
        [claims.newest(name) for name in NUMERIC], claims.location_quotient(HERE), claims.dependent(DEFAULTS),
        claims.held_abroad(DEFAULTS), claims.domestic_shares(), claims.doubts_of_absence(inside),
        claims.absence_stated(AROUND, inside), claims.cited(AROUND, inside, DEFAULTS, 16),
    )  # fmt: skip


@given(statements(), st.randoms(use_true_random=False))
def test_the_order_of_statements_changes_nothing(rows: list[Row], rng: random.Random) -> None:
    assert told(read(rows)) == told(read(rng.sample(rows, len(rows))))


@given(statements(), st.sampled_from(NUMERIC))
def test_no_statement_about_china_is_newer_or_as_new_and_surer_than_the_one_taken(rows: list[Row], name: str) -> None:
    usable = [
        r for r in rows
        if r["predicate"] == name and r["confidence"] >= 0.5 and r["region"] in (None, "CN")
    ]  # fmt: skip
    newest = read(rows).newest(name)
    assert (newest is None) == (not usable)
    if newest is None:
        return
    best = max((r["year"] or 0, r["confidence"]) for r in usable)
    equal = [r["number"] for r in usable if (r["year"] or 0, r["confidence"]) == best]
    worse = max if name in ("import_dependence", "top_country_patent_share") else min
    assert newest.number == worse(equal)


@given(statements())
def test_doubtful_statements_change_no_label_but_may_doubt_an_absence(rows: list[Row]) -> None:
    sure = [r for r in rows if r["confidence"] >= 0.5]
    with_doubt, without = read(rows), read(sure)
    assert told(with_doubt)[:5] == told(without)[:5]
    assert with_doubt.absence_stated(AROUND, inside) == without.absence_stated(AROUND, inside)
    assert len(with_doubt.doubtful) == len(rows) - len(sure)
    product = 1.0
    for confidence in with_doubt.doubts_of_absence(inside):
        product *= 1 - confidence
    for confidence in without.doubts_of_absence(inside):
        product /= 1 - confidence
    assert product <= 1 + 1e-12


@given(statements())
def test_what_decides_is_cited(rows: list[Row]) -> None:
    claims = read(rows)
    cited = claims.cited(AROUND, inside, DEFAULTS, 16)
    for name in NUMERIC:
        newest = claims.location_quotient(HERE) if name == "location_quotient" else claims.newest(name)
        assert newest is None or newest.fact in cited
    shares = claims.domestic_shares()
    for side in (True, False):
        one_side = [c for c in shares if c.number is not None and (c.number <= 0.1) == side]
        assert not one_side or any(c.fact in cited for c in one_side)
    for said in (claims.made_in(inside), claims.absent_from(AROUND)):
        assert not said or said[0].fact in cited


@pytest.mark.parametrize(
    ("rows", "stated"),
    [
        ([("无", 2021, HERE, 0.9)], True),
        ([("无", None, HERE, 0.9)], False),
        ([("无", 2021, "331000", 0.9)], True),
        ([("无", 2021, "331082", 0.9)], False),
        ([("无", 2021, HERE, 0.4)], False),
        ([("无", 2021, HERE, 0.9), ("有", 2022, HERE, 0.9)], False),
        ([("无", 2021, HERE, 0.9), ("有", 2021, HERE, 0.9)], True),
        ([("无", 2021, HERE, 0.9), ("有", 2020, HERE, 0.9)], True),
        ([("无", 2021, HERE, 0.9), ("有", None, HERE, 0.9)], True),
        ([("无", 2021, HERE, 0.9), ("有", 2022, "331000", 0.9)], True),
        ([("无", 2021, HERE, 0.9), ("有", 2022, HERE, 0.4)], True),
    ],
)
def test_a_dated_none_states_absence_until_a_newer_some(rows: list[tuple[Any, ...]], stated: bool) -> None:
    read_rows = [row("local_production", v, y, region=r, confidence=c) for v, y, r, c in rows]
    assert read(read_rows).absence_stated(AROUND, inside) is stated


def test_one_statement_of_several_sources_counts_once() -> None:
    rows = [
        row("local_production", "有", 2022, region=HERE, source="甲", confidence=0.4),
        row("local_production", "有", 2022, region=HERE, source="乙", confidence=0.6),
        row("local_production", "有", 2023, region=HERE, source="乙", confidence=0.3),
        row("local_production", "有", 2023, region="331000", source="乙", confidence=0.3),
    ]
    assert read(rows).doubts_of_absence(inside) == [0.6, 0.3]


def test_trade_rows_decide_where_there_are_any() -> None:
    share = row("domestic_share", 0.05, 2023)
    assert read([share]).dependent(DEFAULTS) is True
    trade = [
        row(flow, amount, year, partner=partner)
        for year in (2021, 2022, 2023)
        for flow, amount, partner in (
            ("import_value", 10.0, "日本"), ("export_value", 500.0, "越南"), ("world_export_value", 90.0, "日本"),
        )
    ]  # fmt: skip
    assert read([share, *trade]).dependent(DEFAULTS) is False
    assert read([share, *trade[:3]]).dependent(DEFAULTS) is None
    doubtful = [r | {"confidence": 0.4} for r in trade]
    assert read([share, *doubtful]).dependent(DEFAULTS) is True


@pytest.mark.parametrize(
    ("rows", "gap"),
    [
        ([], None),
        ([row("export_control", "是", 2020)], True),
        ([row("export_control", "是", 2020), row("export_control", "否", 2023)], False),
        ([row("export_control", "否", 2020), row("export_control", "是", 2020)], True),
        ([row("top_country_patent_share", 0.5), row("technology_advantage", 0.49)], True),
        ([row("top_country_patent_share", 0.49), row("technology_advantage", 0.1)], False),
        ([row("top_country_patent_share", 0.9), row("technology_advantage", 0.5)], False),
        ([row("top_country_patent_share", 0.9)], None),
    ],
)
def test_a_technology_gap_is_a_control_list_or_patents_and_advantage(rows: list[Row], gap: bool | None) -> None:
    assert read(rows).held_abroad(DEFAULTS) is gap
