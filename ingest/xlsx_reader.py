"""Workbooks (XLSX and XLS) into raw sheets, by python-calamine, hidden sheets included."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from bulian.graph.errors import InputError
from bulian.ingest.grid import Grid, read_grid
from bulian.ingest.raw_sheet import RawSheet, Score
from bulian.ingest.xls_parts import xls_errors
from bulian.ingest.xlsx_parts import check_package, sheet_errors

__all__ = ["read_workbook"]

_Errors = dict[tuple[int, int], tuple[str, str]]


def read_workbook(path: Path, score: Score, notes: Sequence[str], *, old: bool) -> Iterator[RawSheet]:
    """Read every sheet that holds a cell.

    Args:
        path: the file.
        score: how much a row looks like a header, 0..1.
        notes: notes to put first.
        old: an XLS file rather than an XLSX one.

    Raises:
        InputError: codes "bomb", "password", "corrupt", and "empty_file" when no sheet holds a cell.
    """
    by_name: dict[str, _Errors] = {}
    by_place: dict[int, _Errors] = {}
    try:
        if old:
            by_place = xls_errors(path)
        else:
            by_name = sheet_errors(path, check_package(path))
    except (ValueError, KeyError, ParseError, ExpatError) as error:
        raise _corrupt(path) from error
    some = False
    for place, sheet, hidden in _sheets(path):
        errors = by_place.get(place) or by_name.get(sheet.name) or {}
        said = [*notes, "隐藏的工作表"] if hidden else notes
        found = read_grid(path, _grid(sheet, errors), score, said)
        if found is not None:
            some = True
            yield found
    if not some:
        raise InputError("工作簿里没有任何内容", where=str(path), hint="请检查导出是否成功。", code="empty_file")


def _corrupt(path: Path) -> InputError:
    return InputError("工作簿已损坏，无法打开", where=str(path), hint="请用表格软件打开并另存后重试。", code="corrupt")


def _sheets(path: Path) -> Iterator[tuple[int, CalamineSheet, bool]]:
    """(position, sheet, hidden) of every sheet with cells."""
    try:
        # from_path believes the name of the file; from_filelike looks at the content.
        book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        for place, meta in enumerate(book.sheets_metadata):
            if meta.typ not in (SheetTypeEnum.WorkSheet, SheetTypeEnum.MacroSheet):
                continue
            sheet = book.get_sheet_by_index(place)
            if sheet.start is not None:
                yield place, sheet, meta.visible != SheetVisibleEnum.Visible
    except PasswordError as error:
        raise InputError("工作簿有密码", where=str(path), hint="请去掉密码另存后重试。", code="password") from error
    except (CalamineError, OSError, ValueError) as error:
        raise _corrupt(path) from error
    except BaseException as error:  # a panic of the native parser is no Exception
        if type(error).__name__ == "PanicException":
            raise _corrupt(path) from error
        raise


def _grid(sheet: CalamineSheet, errors: _Errors) -> Grid:
    """Rows from the sheet's very first row and column: the parser leaves out empty columns at the left."""
    first = sheet.start[1] if sheet.start else 0
    margin: list[object] = [""] * first
    rows = ([*margin, *row] for row in sheet.iter_rows())
    merges = [(top, left, bottom, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()]
    return Grid(sheet.name, first + sheet.width, rows, merges, errors)
