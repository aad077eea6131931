"""The one door: content decides what a file is, and what is no table is refused with a reason."""

from __future__ import annotations

import contextlib
import datetime as dt
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt

from bulian.graph.errors import InputError
from bulian.ingest import xlsx_parts
from bulian.ingest.readers import RawSheet, read_tables, sniff

HEADER = ["企业名称", "统一社会信用代码", "城市"]
ROWS = [["北平机床有限公司", "91331081MA2AAAAA1X", "台州市"], ["上优刀具", "", "温岭市"]]


def score(cells: Sequence[str]) -> float:
    return sum(cell in HEADER for cell in cells) / len(HEADER)


def body(sheet: RawSheet) -> list[list[str | None]]:
    return [list(row.values())[:-1] for row in sheet.columns.to_pylist()]


def only(path: Path) -> RawSheet:
    (sheet,) = read_tables(path, score)
    return sheet


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def writer(content: str | bytes, name: str = "表.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return writer


def book(tmp_path: Path, fill: Callable[[Any, Any], None], name: str = "表.xlsx") -> Path:
    workbook = openpyxl.Workbook()
    fill(workbook, workbook.active)
    workbook.save(tmp_path / name)
    return tmp_path / name


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


def test_content_decides_not_the_name(tmp_path: Path, write: Callable[..., Path]) -> None:
    text = "\n".join(",".join(row) for row in [HEADER, *ROWS])
    page = "<html><body><table><tr><th>" + "<th>".join(HEADER) + "</tr>"
    page += "<tr><td rowspan=2>甲<td>1<td>台州<tr><td>2<td>温<br>岭</table></body></html>"
    old_book(tmp_path / "a.xlsx")
    book(tmp_path, merged).rename(tmp_path / "b.xls")
    cases = {
        tmp_path / "a.xlsx": "xls",
        tmp_path / "b.xls": "xlsx",
        write(text, "c.xlsx"): "csv",
        write(page, "d.xls", "gb18030"): "html",
    }
    for path, kind in cases.items():
        assert sniff(path) == kind
        sheet = only(path)
        assert any("扩展名" in note for note in sheet.notes), path
        assert sheet.header == tuple(HEADER)
    assert body(only(tmp_path / "d.xls")) == [["甲", "1", "台州"], ["甲", "2", "温\n岭"]]


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        list(read_tables(path, score))
    assert caught.value.where == str(path)
    assert caught.value.hint
    return caught.value.code


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\xff\xfe", b" \r\n\t\n", "\ufeff\n \n".encode("utf-16-le")])
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_empty_files(write: Callable[..., Path], content: bytes, name: str) -> None:
    assert refused(write(content, name)) == "empty_file"


def test_missing_directory_and_encoding(tmp_path: Path, write: Callable[..., Path]) -> None:
    assert refused(tmp_path / "没有.csv") == "missing_file"
    assert refused(tmp_path) == "missing_file"
    assert refused(write(bytes(range(256)) * 40, "r.csv")) == "encoding"
    assert refused(write(bytes(range(256)) * 40, "r.xlsx")) == "corrupt"


def test_locked_workbook(write: Callable[..., Path], tmp_path: Path) -> None:
    magic = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    path = write(magic + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600), "p.xlsx")
    assert (sniff(path), refused(path)) == ("encrypted", "password")


def test_damaged_workbooks(tmp_path: Path) -> None:
    """Cut short or with bytes turned over anywhere: an InputError or sheets, never another error."""
    for source in (book(tmp_path, merged), old_book(tmp_path / "旧.xls")):
        data = source.read_bytes()
        for cut in range(9, len(data), max(len(data) // 25, 1)):
            for damaged in (data[:cut], data[:cut] + bytes(b ^ 0x55 for b in data[cut : cut + 40]) + data[cut + 40 :]):
                path = tmp_path / f"坏{source.suffix}"
                path.write_bytes(damaged)
                with contextlib.suppress(InputError):
                    list(read_tables(path, score))
    path.write_bytes(data[:1000])
    assert refused(path) == "corrupt"


def repack(source: Path, target: Path, changes: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *changes}:
            new.writestr(name, changes.get(name) or old.read(name))
    return target


def test_a_sheet_part_in_utf16_is_refused(tmp_path: Path) -> None:
    """The looks for bombs and error cells work on bytes and would be blind in it."""
    source = book(tmp_path, merged)
    with zipfile.ZipFile(source) as package:
        part = package.read("xl/worksheets/sheet1.xml").decode().encode("utf-16")
    assert refused(repack(source, tmp_path / "w.xlsx", {"xl/worksheets/sheet1.xml": part})) == "corrupt"


def test_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = book(tmp_path, merged)
    sheet = "xl/worksheets/sheet1.xml"
    zeros = repack(source, tmp_path / "z.xlsx", {"xl/media/a.bin": bytes(101 << 20)})
    assert refused(zeros) == "bomb"
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">]><worksheet/>'
    assert refused(repack(source, tmp_path / "e.xlsx", {sheet: laughs})) == "bomb"

    def far(_: Any, active: Any) -> None:
        active["A1"] = "企业名称"
        active["XFD1048576"] = "远"

    assert refused(book(tmp_path, far, "far.xlsx")) == "bomb"
    monkeypatch.setattr(xlsx_parts, "MAX_UNPACKED", 1000)
    assert refused(source) == "bomb"


def test_other_documents_are_no_tables(write: Callable[..., Path]) -> None:
    assert (sniff(write(b"%PDF-1.7\n...", "a.pdf")), refused(write(b"%PDF-1.7\n...", "a.pdf"))) == ("pdf", "corrupt")
    assert sniff(write("温岭的机床产业很大。\n企业很多，配套也全。\n", "a.txt")) == "text"
    assert refused(write("<html><p>没有表</p></html>", "a.html")) == "corrupt"
