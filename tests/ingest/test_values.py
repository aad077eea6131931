"""Cells into values: what is written is read, what is doubtful is refused, nothing else can happen."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulian.graph.kinds import RELATION_OF_ROLE
from bulian.graph.schema import Property
from bulian.ingest.tables import TABLES, Column
from bulian.ingest.units import header_unit, unit_of, with_unit
from bulian.ingest.values import (
    parse_column,
    parse_date,
    parse_flag,
    parse_number,
    parse_share,
    parse_year,
    parser_for,
    split_number,
)

SCALES = {"": 1, "千": 1e3, "万": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8, "千亿": 1e11, "万亿": 1e12}
WIDE = str.maketrans("0123456789.,%", "０１２３４５６７８９．，％")
PARSERS = [parse_number, parse_share, parse_year, parse_date, parse_flag]
CELLS = st.text(st.sampled_from(list("0123456789.,-+%万亿千百成年月日号/：: T无是否有eE约余以上台㎡①三")), max_size=12)
NUMBERS = st.decimals(0, 10**6, places=3)
UNITS = st.sampled_from(["", "元", "元人民币", "台/年", "人", "吨", "件", "平方米", "美元"])


@given(NUMBERS, st.sampled_from(sorted(SCALES)), UNITS, st.booleans(), st.booleans())
def test_numbers_with_scale_unit_commas_and_width(number: Any, scale: str, unit: str, comma: bool, wide: bool) -> None:
    digits = f"{number:,}" if comma else f"{number}"
    text = digits.translate(WIDE) if wide else digits
    assert parse_number(f" {text}{scale}{unit} ") == pytest.approx(float(number) * SCALES[scale])
    assert split_number(f"{text}{scale}{unit}")[1] == unit


@given(NUMBERS, st.sampled_from(["克", "瓦", "瓦时", "米"]))
def test_kilo_belongs_to_the_unit(number: Any, unit: str) -> None:
    assert split_number(f"{number}千{unit}") == (float(number), f"千{unit}")


@pytest.mark.parametrize(
    "text",
    ["50-99人", "50~99", "约100", "100余人", "100以上", "近100", "100左右", "不足50", "1200(万元)", "1200（亿）",
     "一百", "35%", "3‰", "1,20", "1.2.3", "--5", "", "inf", "nan", "1e999", "2024-01-01 00:00:00", "12个34个"],
)  # fmt: skip
def test_numbers_that_are_not_sure_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="数"):
        parse_number(text)


@given(st.decimals(0, 100, places=2))
def test_shares(percent: Any) -> None:
    assert parse_share(f"{percent}%") == pytest.approx(float(percent) / 100)
    assert parse_share(f"{percent} ％") == pytest.approx(float(percent) / 100)
    assert parse_share(f"{percent / 10}成") == pytest.approx(float(percent) / 100)
    assert parse_share(f"{percent / 100:f}") == pytest.approx(float(percent) / 100)


def test_tenths_in_words() -> None:
    assert [parse_share(f"{word}成") for word in "一二三四五六七八九十"] == [n / 10 for n in range(1, 11)]


@given(st.decimals("1.01", 1000, places=2))
def test_a_bare_number_above_one_is_no_share_and_the_message_says_what_to_do(number: Any) -> None:
    with pytest.raises(ValueError, match="百分数请带 %"):
        parse_share(f"{number}")
    with pytest.raises(ValueError, match="0 到 1"):
        parse_share(f"-{number}")


@pytest.mark.parametrize("text", ["<10%", "不足10%", "10%以上", "10-20%", "百分之十", "低", "10‰", "约35%"])
def test_vague_shares_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="不是比例，请写成 35%"):
        parse_share(text)


@given(st.dates(dt.date(1800, 1, 1), dt.date(2100, 12, 31)), st.data())
def test_dates_however_written(day: dt.date, data: st.DataObject) -> None:
    y, m, d = day.year, day.month, day.day
    forms = [
        f"{y}-{m:02d}-{d:02d}", f"{y}-{m}-{d}", f"{y}/{m}/{d}", f"{y}.{m}.{d}", f"{y}年{m}月{d}日",
        f"{y}{m:02d}{d:02d}", f"{day.isoformat()} 00:00:00", f"{day.isoformat()}T08:30:00+08:00",
    ]  # fmt: skip
    assert parse_date(data.draw(st.sampled_from(forms))) == day.isoformat()
    months = [f"{y}-{m:02d}", f"{y}年{m}月", f"{y}/{m}", f"{y}.{m}", f"{y}{m:02d}"]
    assert parse_date(data.draw(st.sampled_from(months))) == f"{y}-{m:02d}"
    assert [parse_date(text) for text in (f"{y}", f"{y}年", f"{y}年度")] == [str(y)] * 3


@given(st.dates(dt.date(1954, 10, 4), dt.date(2064, 4, 7)))
def test_day_numbers_of_spreadsheets_are_dates_but_no_years(day: dt.date) -> None:
    number = str((day - dt.date(1899, 12, 30)).days)
    assert parse_date(number) == day.isoformat()
    with pytest.raises(ValueError, match="四位"):
        parse_year(number)


@given(st.integers(1900, 2100))
def test_years(year: int) -> None:
    forms = [f"{year}", f"{year}年", f"{year}年度", f"{year}-06", f"{year}年3月1日", f"{year}0101"]
    assert {parse_year(form) for form in forms} == {year}


@pytest.mark.parametrize("text", ["2024-02-30", "2024-13", "202413", "1234", "5000", "3024", "24", "长期", "2024-2025"])
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"日期|这一天|年份"):
        parse_date(text)


def test_flags() -> None:
    assert {parse_flag(text) for text in ("是", "有", "√", "Y", "yes", "TRUE", "1", "１")} == {"是"}
    assert {parse_flag(text) for text in ("否", "无", "×", "n", "No", "false", "0")} == {"否"}
    with pytest.raises(ValueError, match="应为 是 或 否"):
        parse_flag("不详")


def _read(parser: Callable[[str], Any], cell: str) -> tuple[Any, str | None]:
    try:
        return parser(cell), None
    except ValueError as refused:
        return None, str(refused)


@given(CELLS)
def test_every_cell_is_a_value_in_range_or_refused_with_a_sentence(cell: str) -> None:
    in_range: list[Callable[[Any], Any]] = [
        math.isfinite, lambda share: 0 <= share <= 1, lambda year: 1900 <= year <= 2100,
        lambda date: re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", date), lambda flag: flag in ("是", "否"),
    ]  # fmt: skip
    for parser, holds in zip(PARSERS, in_range, strict=True):
        value, refused = _read(parser, cell)
        assert holds(value) if refused is None else re.search("[\u4e00-\u9fff]", refused)


@given(st.lists(st.one_of(st.none(), st.sampled_from(["35%", "0.35", "35", "三成", "x", "110%"])), max_size=12))
def test_a_column_is_its_cells(cells: list[str | None]) -> None:
    column = pa.chunked_array([pa.array(cells[:3], pa.string()), pa.array(cells[3:], pa.string())])
    values, bad = parse_column(column, parse_share, pa.float64())
    assert values.to_pylist() == [_one(parse_share, cell) for cell in cells]
    assert set(bad) == {cell for cell in cells if cell is not None and _one(parse_share, cell) is None}


def _one(parser: Callable[[str], Any], cell: str | None) -> Any:
    return None if cell is None else _read(parser, cell)[0]


def _column(table: str, name: str) -> Column:
    return next(t for t in TABLES if t.name == table).column(name)


@pytest.mark.parametrize(
    ("table", "name", "english", "chinese"),
    [
        ("产品", "kind", "Component", "零部件"), ("产品", "stage", "upstream", "上游"),
        ("企业产品", "role", "Producer", "生产"), ("企业产品", "role", "依赖型", "使用"),
        ("产业链关系", "relation", "REQUIRES", "需要"), ("产业链关系", "relation", "is_a", "属于"),
        ("产业链关系", "essentiality", "essential", "必需"), ("产业链关系", "essentiality", "non-essential", "非必需"),
        ("贸易", "flow", "import", "进口"), ("院所", "kind", "高校", "大学"),
    ],
)  # fmt: skip
def test_choices_in_other_words(table: str, name: str, english: str, chinese: str) -> None:
    made = parser_for(_column(table, name).prop)
    assert made is not None
    assert made[0](english) == chinese


@given(st.text(max_size=5))
def test_choices_are_the_listed_ones_only_and_the_message_lists_them(text: str) -> None:
    made = parser_for(_column("企业产品", "role").prop)
    assert made is not None
    value, refused = _read(made[0], text)
    assert value in RELATION_OF_ROLE if refused is None else all(role in refused for role in RELATION_OF_ROLE)


def test_text_is_not_parsed() -> None:
    assert parser_for(Property("capital", "注册资本", "文字")) is None
    assert parser_for(Property("aliases", "别名", "几个", "names")) is None


@pytest.mark.parametrize(
    ("header", "table", "name", "unit"),
    [
        ("金额(万元)", "贸易", "value", "万元"), ("金额（单位：亿美元）", "贸易", "value", "亿美元"),
        ("金额(value)", "贸易", "value", ""), ("产能【台/年】", "企业产品", "capacity", "台/年"),
        ("营收占比(%)", "企业产品", "share", "%"), ("营收占比(share)", "企业产品", "share", ""),
        ("营收占比(小数)", "企业产品", "share", ""), ("注册资本(万元)", "企业", "capital", "万元"),
        ("注册资本(必填)", "企业", "capital", ""), ("参保人数(必填)", "企业", "insured", ""),
        ("数值(%)", "指标", "value", "%"), ("年份(年)", "贸易", "year", ""),
        ("企业名称(万元)", "企业", "enterprise_name", ""),
    ],
)  # fmt: skip
def test_units_in_headers(header: str, table: str, name: str, unit: str) -> None:
    assert header_unit(header, _column(table, name)) == unit


@given(st.lists(st.one_of(st.none(), NUMBERS.map(str), st.sampled_from(["5亿", "不详", "1,200"])), max_size=8))
def test_a_unit_goes_to_bare_numbers_only(cells: list[str | None]) -> None:
    made, unsure = with_unit(pa.chunked_array([pa.array(cells, pa.string())]), "万元")
    expected = [cell if cell in (None, "5亿", "不详") else f"{cell}万元" for cell in cells]
    assert made.to_pylist() == expected
    assert not any(unsure.to_pylist())


def test_under_a_percent_sign_numbers_up_to_one_are_unsure_unless_another_is_above() -> None:
    low, unsure = with_unit(pa.chunked_array([pa.array(["0.35", "35%", None])]), "%")
    assert (low.to_pylist(), unsure.to_pylist()) == (["0.35", "35%", None], [True, False, False])
    high, sure = with_unit(pa.chunked_array([pa.array(["0.35", "35", None])]), "%")
    assert (high.to_pylist(), any(sure.to_pylist())) == (["0.35%", "35%", None], False)


def test_unit_behind_a_number() -> None:
    assert (unit_of("1,200台/年"), unit_of("1.2万吨"), unit_of("1200")) == ("台/年", "吨", None)
