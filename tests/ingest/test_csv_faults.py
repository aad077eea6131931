"""CSV as it arrives: ragged, damaged, guarded, with titles; a fault costs its own row only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

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


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def writer(content: str | bytes, name: str = "表.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return writer


def test_titles_blank_lines_and_repeated_headers_keep_the_row_numbers(write: Callable[..., Path]) -> None:
    head = ",".join(HEADER)
    sheet = only(write(f"温岭市企业名单\n\n{head}\n甲,,\n,,\n\n{head}\n乙,,\n合计：2,,\n"))
    assert sheet.header_row == 3
    assert rows_of(sheet) == [4, 8, 9]
    assert [row[0] for row in body(sheet)] == ["甲", "乙", "合计：2"]
    assert any("第 7 行重复表头" in note for note in sheet.notes)


def test_unknown_header_is_said_not_guessed(write: Callable[..., Path]) -> None:
    sheet = only(write("\nx,y\n1,2\n"))
    assert (sheet.header_row, sheet.header, body(sheet)) == (0, ("x", "y"), [["1", "2"]])


def test_ragged_rows(write: Callable[..., Path]) -> None:
    sheet = only(write("企业名称,城市\n甲\n乙,台州,\n丙,台州,多\n丁,温岭\n"))
    assert body(sheet) == [["甲", None], ["乙", "台州"], ["丙", "台州"], ["丁", "温岭"]]
    assert told(sheet) == [(4, "", "row_too_long")]


def test_trailing_empty_column_is_no_column(write: Callable[..., Path]) -> None:
    sheet = only(write("企业名称,城市,\n甲,台州,\n乙,温岭,\n"))
    assert sheet.header == ("企业名称", "城市")
    assert sheet.columns.column_names == ["c0", "c1", "row"]


def test_an_unnamed_column_with_cells_stays(write: Callable[..., Path]) -> None:
    sheet = only(write("企业名称,,城市,\n甲,x,台州,\n乙,,温岭,9\n"))
    assert sheet.header == ("企业名称", "", "城市", "")


@pytest.mark.parametrize("broken", ['坏,"未闭合', '坏,"中间"断开的'])
@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_stray_quote_costs_its_own_row_only(write: Callable[..., Path], broken: str, position: int) -> None:
    good = ['甲,"台\n州"', "乙,温岭", '丙,"玉环"']
    lines = [*good[:position], broken, *good[position:]]
    sheet = only(write("企业名称,城市\n" + "\n".join(lines) + "\n"))
    names = [row[0] for row in body(sheet)]
    assert names == [line.split(",")[0] for line in lines]
    kept = [row for row in body(sheet) if row[0] != "坏"]
    assert kept == [["甲", "台\n州"], ["乙", "温岭"], ["丙", "玉环"]]


def test_two_stray_quotes_in_one_column_do_not_swallow_what_is_between(write: Callable[..., Path]) -> None:
    sheet = only(write('企业名称,城市\n甲,"台州\n乙,温岭\n丙,"玉环\n丁,椒江\n'))
    assert [row[0] for row in body(sheet)] == ["甲", "乙", "丙", "丁"]
    assert told(sheet) == [(2, "", "row_malformed"), (4, "", "row_malformed")]


def test_guard_is_taken_off_only_where_our_export_puts_it(write: Callable[..., Path]) -> None:
    sheet = only(write("企业名称,城市\n'=1+1,'＝x\n''=1,'x\n'@a,x'=1\n"))
    assert body(sheet) == [["=1+1", "＝x"], ["'=1", "'x"], ["@a", "x'=1"]]


def test_white_space_and_control_characters_go(write: Callable[..., Path]) -> None:
    sheet = only(write('企业名称 ,\u3000城市\u00a0\n\u3000甲\x07 ,"\n台 州\r\n市 "\n\u3000, \u00a0\n'))
    assert sheet.header == ("企业名称", "城市")
    assert body(sheet) == [["甲", "台 州\n市"]]
    assert any("控制字符" in note for note in sheet.notes)


def test_rows_that_cannot_be_trusted_are_named(write: Callable[..., Path]) -> None:
    sheet = only(write("企业名称,城市\n甲\0乙,台州\n丙,#N/A\n丁,#REF!\n戊,#1 车间\n#N/A,\n"))
    assert told(sheet) == [
        (2, "企业名称", "row_malformed"),
        (3, "城市", "cell_error"),
        (4, "城市", "cell_error"),
        (6, "企业名称", "cell_error"),
    ]
    assert body(sheet) == [["甲乙", "台州"], ["丙", None], ["丁", None], ["戊", "#1 车间"], [None, None]]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_damaged_byte_costs_its_own_row_only(write: Callable[..., Path], encoding: str) -> None:
    rows = [f"温岭市第{i}机械有限公司,台州市\n" for i in range(50)]
    data = [line.encode(encoding) for line in ["企业名称,城市\n", *rows]]
    data[7] = b"\xff" + data[7]
    sheet = only(write(b"".join(data)))
    assert [e.row for e in sheet.errors] == [8]
    assert [row[0] for row in body(sheet) if "\ufffd" not in str(row[0])] == [
        r.split(",")[0] for i, r in enumerate(rows) if i != 6
    ]
    assert any("损坏" in note for note in sheet.notes)


def test_sep_line_and_delimiters_inside_cells(write: Callable[..., Path]) -> None:
    sheet = only(write("sep=;\n企业名称;城市\n甲,乙;台州\n"))
    assert (sheet.header_row, body(sheet)) == (2, [["甲,乙", "台州"]])
    sheet = only(write("企业名称,别名,城市\n甲,a;b;c;d,台州\n", "b.csv"))
    assert body(sheet) == [["甲", "a;b;c;d", "台州"]]


def test_cells_longer_than_any_block(write: Callable[..., Path]) -> None:
    long = "字" * 4_000_000
    sheet = only(write(f'企业名称,城市\n甲,"{long}"\n乙,台州\n'))
    assert [len(row[1] or "") for row in body(sheet)] == [4_000_000, 2]
