"""One worksheet written safely: text as text, numbers as numbers, links only where they are web addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, Self

from bulian.graph.guard import plain
from bulian.viz.evidence import web_address
from bulian.viz.words import written

__all__ = ["Column", "Sheet", "SheetBook"]

_LINK_LIMIT = 65_530
"""Hyperlinks a worksheet can hold; Excel drops the sheet's links beyond it."""
_CELL_LIMIT = 32_767
_URL_LIMIT = 2_079
_CREATED = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heading, width in half-width characters, whether its texts may be links, data bar.

    ``fill`` marks a column for people to fill in, ``choices`` what a drop-down list offers there.
    """

    title: str
    width: int
    link: bool = False
    bar: bool = False
    fill: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table for one worksheet.

    ``freeze`` is how many columns stay in view; ``empty_note`` stands in row 2 when there are no rows.
    """

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    freeze: int = 1
    empty_note: str = ""


class SheetBook:
    """A workbook open for writing; closing it writes the file. Use as a context manager."""

    def __init__(self, path: str) -> None:
        import xlsxwriter

        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self._book: Any = xlsxwriter.Workbook(path, options)
        self._book.set_properties({"created": _CREATED, "author": "", "comments": ""})
        base = {"font_name": "微软雅黑", "font_size": 10, "valign": "top", "border": 1, "border_color": "#D5DBE5"}
        self._text: Any = self._book.add_format({**base, "text_wrap": True, "num_format": "@"})
        self._fill: Any = self._book.add_format({**base, "text_wrap": True, "num_format": "@", "bg_color": "#FFF8DC"})
        self._number: Any = self._book.add_format({**base, "num_format": "General"})
        self._link: Any = self._book.add_format({**base, "font_color": "#0B62A8", "underline": 1})
        self._head: Any = self._book.add_format(
            {**base, "bold": True, "bg_color": "#E8EDF5", "valign": "vcenter", "text_wrap": True}
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            import xlsxwriter.exceptions

            try:
                self._book.close()
            except xlsxwriter.exceptions.FileCreateError as refused:
                raise OSError(str(refused)) from refused

    def add(self, sheet: Sheet) -> None:
        """Write one sheet: header, rows, frozen panes, filter, widths, print layout."""
        page = self._book.add_worksheet(sheet.name)
        links = 0
        for column, spec in enumerate(sheet.columns):
            page.write_string(0, column, plain(spec.title), self._head)
            page.set_column(column, column, spec.width)
        page.set_row(0, 32)
        for number, row in enumerate(sheet.rows, start=1):
            for column, (spec, value) in enumerate(zip(sheet.columns, row, strict=True)):
                if spec.fill and value is None:
                    page.write_blank(number, column, None, self._fill)
                elif spec.link and links < _LINK_LIMIT and self._write_link(page, number, column, value):
                    links += 1
                else:
                    self._write(page, number, column, value)
        if not sheet.rows and sheet.empty_note:
            page.write_string(1, 0, sheet.empty_note)
        last = len(sheet.rows)
        page.freeze_panes(1, sheet.freeze)
        page.autofilter(0, 0, max(last, 1), len(sheet.columns) - 1)
        self._bars(page, sheet, last)
        self._lists(page, sheet, last)
        page.set_landscape()
        page.set_paper(8)  # A3
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        page.set_footer("&L补链&C&A&R第 &P / &N 页")

    def _write(self, page: Any, row: int, column: int, value: Any) -> None:
        """One cell: None and empty text blank, numbers as numbers, everything else as text."""
        if value is None or value == "":
            page.write_blank(row, column, None, self._text)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            page.write_number(row, column, value, self._number)
        else:
            text = value.isoformat() if isinstance(value, date) else value if isinstance(value, str) else written(value)
            kept = plain(text)
            if len(kept) > _CELL_LIMIT:
                kept = f"{kept[: _CELL_LIMIT - 6]}…（已截断）"[:_CELL_LIMIT]
            page.write_string(row, column, kept, self._text)

    def _write_link(self, page: Any, row: int, column: int, value: Any) -> bool:
        """Write a web address as a link; False when it is none, or xlsxwriter will not take it."""
        address = web_address(value) if isinstance(value, str) else ""
        if not address or len(address) > _URL_LIMIT:
            return False
        return bool(page.write_url(row, column, address, self._link, plain(value)[:255]) == 0)

    def _lists(self, page: Any, sheet: Sheet, last: int) -> None:
        """Drop-down lists where only some values are meant."""
        for column, spec in enumerate(sheet.columns):
            if spec.choices and last:
                told = {"error_title": spec.title, "error_message": f"请填 {'、'.join(spec.choices)} 之一，或留空。"}
                page.data_validation(1, column, last, column, {"validate": "list", "source": list(spec.choices), **told})

    def _bars(self, page: Any, sheet: Sheet, last: int) -> None:
        """Data bars on shares and counts."""
        for column, spec in enumerate(sheet.columns):
            if spec.bar and last:
                bar = {"type": "data_bar", "bar_color": "#9CC3E6"}
                page.conditional_format(1, column, last, column, bar)
