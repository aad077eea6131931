"""Tables of an HTML page into raw sheets: many systems "export Excel" as an HTML page named .xls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from bulian.graph.errors import InputError
from bulian.ingest.grid import Grid, Merge, read_grid
from bulian.ingest.raw_sheet import RawSheet, Score
from bulian.ingest.text_source import TextSource

__all__ = ["read_html"]

_MAX_SPAN = 1000  # as browsers limit it
_SILENT = ("script", "style", "head")
_HEADINGS = ("title", "h1", "h2", "h3", "h4", "caption")
_TITLES = 3  # the last headings before a table say what it is


@dataclass(slots=True)
class _Table:
    """A table being read: cells by place, and the merged ranges."""

    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    covered: set[tuple[int, int]] = field(default_factory=set)
    merges: list[Merge] = field(default_factory=list)
    row: int = -1
    column: int = 0
    text: list[str] | None = None
    spans: tuple[int, int] = (1, 1)
    titles: tuple[str, ...] = ()

    def begin_row(self) -> None:
        """Go to the next row."""
        self.end_cell()
        self.row += 1
        self.column = 0

    def begin_cell(self, rows: int, columns: int) -> None:
        """Open a cell at the next free place."""
        self.end_cell()
        self.row = max(self.row, 0)
        while (self.row, self.column) in self.covered:
            self.column += 1
        self.text, self.spans = [], (rows, columns)

    def end_cell(self) -> None:
        """Close the open cell, if any."""
        if self.text is None:
            return
        rows, columns = self.spans
        self.cells[self.row, self.column] = "".join(self.text)
        if rows * columns > 1:
            self.merges.append((self.row, self.column, self.row + rows - 1, self.column + columns - 1))
            self.covered |= {(self.row + r, self.column + c) for r in range(rows) for c in range(columns)}
        self.column += columns
        self.text = None

    def rows(self, width: int) -> Iterator[list[object]]:
        """All rows from the top, each ``width`` cells."""
        height = 1 + max((row for row, _ in self.cells), default=-1)
        for row in range(height):
            yield [self.cells.get((row, column), "") for column in range(width)]


class _Parser(HTMLParser):
    """Collects tables; a table inside a cell is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self._open: list[_Table] = []
        self._silent = 0
        self._heading: list[str] | None = None
        self._headings: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open what the tag opens."""
        if tag in _HEADINGS:
            self._heading = []
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            self.tables.append(_Table(titles=tuple(self._headings[-_TITLES:])))
            self._open.append(self.tables[-1])
        elif self._open and tag == "tr":
            self._open[-1].begin_row()
        elif self._open and tag in ("td", "th"):
            given = dict(attrs)
            self._open[-1].begin_cell(_span(given.get("rowspan")), _span(given.get("colspan")))
        elif tag in ("br", "p", "div"):
            self._add("\n")

    def handle_endtag(self, tag: str) -> None:
        """Close what the tag closes."""
        if tag in _HEADINGS and self._heading is not None:
            text = " ".join("".join(self._heading).split())
            self._headings += [text] if text else []
            if tag == "caption" and self._open:
                self._open[-1].titles += (text,)
            self._heading = None
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif self._open and tag in ("td", "th", "tr"):
            self._open[-1].end_cell()
        elif self._open and tag == "table":
            self._open.pop().end_cell()

    def handle_data(self, data: str) -> None:
        """Text belongs to the innermost open cell; white space of the source is one space."""
        if self._heading is not None:
            self._heading.append(data)
        if not self._silent:
            self._add(data if data.strip() else " ")

    def _add(self, text: str) -> None:
        if self._open and (cell := self._open[-1].text) is not None:
            cell.append(" ".join(text.split()) if text.strip() else text)


def _span(text: str | None) -> int:
    digits = (text or "").strip()
    return min(max(int(digits), 1), _MAX_SPAN) if digits.isascii() and digits.isdigit() else 1


def read_html(source: TextSource, score: Score, notes: Sequence[str]) -> Iterator[RawSheet]:
    """Read every table of an HTML page; they are called 表1, 表2, … in page order.

    Args:
        source: the page, its encoding known.
        score: how much a row looks like a header, 0..1.
        notes: notes to put first.

    Raises:
        InputError: "corrupt" when the page has no table.
    """
    path = source.path
    parser = _Parser()
    for piece in source.lines():
        parser.feed(piece)
    parser.close()
    said = [*notes, *([source.note] if source.note else [])]
    some = False
    for number, table in enumerate(parser.tables, 1):
        table.end_cell()
        width = 1 + max((column for _, column in table.cells), default=0)
        found = read_grid(
            path, Grid(f"表{number}", width, table.rows(width), table.merges, {}, table.titles), score, said
        )
        if found is not None:
            some = True
            yield found
    if not some:
        raise InputError("网页里没有表格", where=str(path), hint="请导出为 XLSX 或 CSV。", code="corrupt")
