"""Workbooks: typed cells as text, merged cells, errors that must not become empty cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulian.ingest.readers import RawSheet, read_tables

HEADER = ["企业名称", "统一社会信用代码", "城市"]


def score(cells: Sequence[str]) -> float:
    return sum(cell in HEADER for cell in cells) / len(HEADER)


def body(sheet: RawSheet) -> list[list[str | None]]:
    return [list(row.values())[:-1] for row in sheet.columns.to_pylist()]


def rows_of(sheet: RawSheet) -> list[int]:
    return sheet.columns["row"].to_pylist()


def only(path: Path) -> RawSheet:
    (sheet,) = read_tables(path, score)
    return sheet


def told(sheet: RawSheet) -> list[tuple[int, str, str]]:
    return [(e.row, e.column, e.code) for e in sheet.errors]


def book(tmp_path: Path, fill: Callable[[Any, Any], None], name: str = "表.xlsx") -> Path:
    workbook = openpyxl.Workbook()
    fill(workbook, workbook.active)
    workbook.save(tmp_path / name)
    return tmp_path / name


TYPED = st.one_of(
    st.none(),
    st.text(st.sampled_from(list("ab企业1 \n")), max_size=4),
    st.integers(-(10**6), 10**6),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3)),
    st.booleans(),
    st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.lists(TYPED, min_size=3, max_size=3), max_size=6), st.integers(0, 3), st.integers(0, 2))
def test_xlsx_gives_back_what_openpyxl_wrote(tmp_path: Path, table: list[list[Any]], top: int, left: int) -> None:
    def fill(_: Any, sheet: Any) -> None:
        for r, row in enumerate([HEADER, *table], top + 1):
            for c, value in enumerate(row, left + 1):
                sheet.cell(r, c).value = value

    sheet = only(book(tmp_path, fill))
    assert sheet.header_row == top + 1
    assert sheet.header == ("",) * left + tuple(HEADER)
    expected = {
        top + 2 + i: [None] * left + [plain(cell) for cell in row]
        for i, row in enumerate(table)
        if any(plain(cell) for cell in row)
    }
    assert dict(zip(rows_of(sheet), body(sheet), strict=True)) == expected
    assert sheet.errors == ()


def plain(cell: Any) -> str | None:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return (f"{cell:.3f}".rstrip("0").rstrip(".")).replace("-0", "0", cell == 0) or "0"
    return (str(cell).strip() or None) if cell is not None else None


def test_numbers_that_lost_digits_are_reported(tmp_path: Path) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.append(HEADER)
        sheet.append(["甲", 913310817440000000, 1e15])
        sheet.append(["乙", 2**53 - 1, 0.1])
        sheet.append(["丙", -(2**53), 1e-7])

    sheet = only(book(tmp_path, fill))
    assert body(sheet)[0][1:] == ["913310817440000000", "1000000000000000"]
    assert body(sheet)[1][1:] == ["9007199254740991", "0.1"]
    assert body(sheet)[2][1:] == ["-9007199254740992", "0.0000001"]
    assert told(sheet) == [
        (2, "统一社会信用代码", "number_precision"),
        (4, "统一社会信用代码", "number_precision"),
    ]


def test_dates_times_and_formulas(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ["甲"])
        sheet.write_datetime(1, 1, dt.datetime(2024, 3, 1, 9, 5), workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
        sheet.write_number(1, 2, 1.5, workbook.add_format({"num_format": "[h]:mm"}))
        sheet.write_formula(2, 0, '="乙"', None, "乙")
        sheet.write_formula(2, 1, "=1+1", None, 2)
        sheet.write_formula(2, 2, "=1/0", None, "#DIV/0!")
    found = only(path)
    assert body(found) == [["甲", "2024-03-01 09:05:00", "36:00:00"], ["乙", "2", None]]
    assert told(found) == [(3, "城市", "cell_error")]
    assert "#DIV/0!" in found.errors[0].message


def test_a_formula_without_value_is_not_an_empty_cell(tmp_path: Path) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.append(HEADER)
        sheet.append(["甲", "x", "=A2"])

    assert told(only(book(tmp_path, fill))) == [(2, "城市", "formula_uncached")]


def merged(_: Any, sheet: Any) -> None:
    sheet["A1"] = "企业名单"
    sheet.merge_cells("A1:C1")
    sheet.append(HEADER)
    sheet.append(["甲", "一", "台州"])
    sheet.append([None, "二", None])
    sheet.merge_cells("A3:A4")
    sheet.merge_cells("C3:C4")
    sheet["A5"] = "乙"
    sheet.merge_cells("A5:B5")
    sheet["A6"] = "注：数据截至三月"
    sheet.merge_cells("A6:C6")


def test_merged_cells_are_expanded_below_the_header(tmp_path: Path) -> None:
    sheet = only(book(tmp_path, merged))
    assert body(sheet) == [
        ["甲", "一", "台州"],
        ["甲", "二", "台州"],
        ["乙", "乙", None],
        ["注：数据截至三月", None, None],
    ]
    assert "合并单元格已展开" in sheet.notes


def test_two_storey_header(tmp_path: Path) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.append(["企业名称", "登记", None])
        sheet.append([None, "统一社会信用代码", "城市"])
        sheet.append(["甲", "1", "台州"])
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:C1")

    sheet = only(book(tmp_path, fill))
    assert (sheet.header_row, sheet.header, body(sheet)) == (2, tuple(HEADER), [["甲", "1", "台州"]])


def test_an_error_in_a_merged_cell_holds_for_all_its_rows(tmp_path: Path) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.append(HEADER)
        for name in "甲乙丙":
            sheet.append([name])
        sheet["C2"] = "#N/A"
        sheet.merge_cells("C2:C3")

    assert told(only(book(tmp_path, fill))) == [(2, "城市", "cell_error"), (3, "城市", "cell_error")]


def test_all_sheets_are_read_the_hidden_too(tmp_path: Path) -> None:
    def fill(workbook: Any, sheet: Any) -> None:
        sheet.title = "一"
        sheet.append(HEADER)
        workbook.create_sheet("空")
        workbook.create_chartsheet("图")
        hidden = workbook.create_sheet("藏")
        hidden.sheet_state = "veryHidden"
        hidden.append(HEADER)
        hidden.append(["甲", "#REF!", None])

    sheets = list(read_tables(book(tmp_path, fill), score))
    assert [s.sheet for s in sheets] == ["一", "藏"]
    assert [s.columns.num_rows for s in sheets] == [0, 1]
    assert "隐藏的工作表" in sheets[1].notes
    assert told(sheets[1]) == [(2, "统一社会信用代码", "cell_error")]


def old_book(path: Path, rows: int = 3) -> Path:
    workbook = xlwt.Workbook()
    workbook.add_sheet("空")
    sheet = workbook.add_sheet("企业")
    for column, text in enumerate(HEADER):
        sheet.write(1, column, text)
    for row in range(rows):
        sheet.write(row + 2, 0, f"公司{row}")
        sheet.write(row + 2, 1, float(row))
    sheet.row(2).set_cell_error(2, 0x2A)
    sheet.write(3, 2, dt.date(2024, 3, 1), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write_merge(rows + 2, rows + 3, 0, 0, "合")
    sheet.write(rows + 3, 2, True)
    workbook.save(str(path))
    return path


@pytest.mark.parametrize("rows", [3, 3000])
def test_xls(tmp_path: Path, rows: int) -> None:
    """Small and large: the workbook stream may lie in other places of the compound file."""
    sheet = only(old_book(tmp_path / "旧.xls", rows))
    assert (sheet.sheet, sheet.header_row, sheet.header) == ("企业", 2, tuple(HEADER))
    assert body(sheet)[:2] == [["公司0", "0", None], ["公司1", "1", "2024-03-01"]]
    assert body(sheet)[-2:] == [["合", None, None], ["合", None, "是"]]
    assert told(sheet) == [(3, "城市", "cell_error")]
    assert "#N/A" in sheet.errors[0].message
