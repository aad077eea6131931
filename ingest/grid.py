"""Rows of typed cells with merged ranges (a workbook's sheet, an HTML table) into one raw sheet.

Merged cells: below the header the value is repeated over the range, because a firm named once for three rows
is meant in all three. Not repeated: a range over the whole width (a section title or a footer is one text,
not a value of every column), and ranges that begin at or above the header. In the search for the header only
the vertical part of a merge is repeated, so that a two-storey header is found in its lower storey.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa

from bulian.ingest.cell_text import EXACT_LIMIT, clean_cells, text_of
from bulian.ingest.raw_sheet import HEADER_ROWS, Fault, RawSheet, Score, choose_header, finish_sheet

__all__ = ["Grid", "Merge", "read_grid"]

Merge = tuple[int, int, int, int]
"""A merged range: first row, first column, last row, last column; 0-based, inclusive."""

_BATCH = 1 << 14
_SCAN = 1000  # rows looked through for HEADER_ROWS rows that are not empty


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as its file gives it.

    Attributes:
        name: name of the sheet.
        width: number of columns, at least 1.
        rows: rows from the top, each ``width`` cells, "" for an empty one; may be read once only.
        merges: merged ranges; may reach beyond the cells.
        errors: (row, column) 0-based → what is wrong there: code and message.
        titles: texts that stand before the sheet in its document.
    """

    name: str
    width: int
    rows: Iterator[list[object]]
    merges: Sequence[Merge]
    errors: dict[tuple[int, int], tuple[str, str]]
    titles: tuple[str, ...] = ()


def read_grid(path: Path, grid: Grid, score: Score, notes: Sequence[str]) -> RawSheet | None:
    """Find the header, expand merged cells below it, and turn cells into text; None for an empty sheet."""
    head: list[list[object]] = []
    seen = 0
    for row in grid.rows:
        head.append(row)
        seen += any(cell != "" for cell in row)
        if seen == HEADER_ROWS or len(head) == _SCAN:
            break
    chosen = choose_header(_candidates(head, grid.merges), score)
    if chosen is None and not (head := _skip_blank(grid.rows, head)):
        return None
    if chosen is None:
        chosen = choose_header([(len(head), clean_cells([text_of(c) for c in head[-1]]))], score)
    if chosen is None:
        return None
    header = chosen[0]._replace(titles=(*grid.titles, *chosen[0].titles))
    merges = [m for m in grid.merges if m[0] >= header.at and not _is_full_width(m, grid.width)]
    faults = _cell_errors(grid, merges)
    batches = _batches(_expand(chain(head, grid.rows), merges, grid.width), grid.width, faults)
    table = pa.Table.from_batches(batches)
    said = [*notes, "合并单元格已展开"] if merges else list(notes)
    return finish_sheet(path, grid.name, table, header, said, faults)


def _skip_blank(rows: Iterator[list[object]], head: list[list[object]]) -> list[list[object]]:
    """Read on to the first row with a cell; [] when there is none. Row numbers stay right."""
    for row in rows:
        head.append(row)
        if any(text_of(cell).strip() for cell in row):
            return head
    return []


def _candidates(head: list[list[object]], merges: Sequence[Merge]) -> Iterator[tuple[int, list[str]]]:
    """The rows at the top that are not empty, vertical merges repeated."""
    hanging: dict[tuple[int, int], object] = {}
    for first, column, last, _ in merges:
        if first < len(head) and column < len(head[first]):
            for row in range(first + 1, min(last + 1, len(head))):
                hanging[row, column] = head[first][column]
    for number, line in enumerate(head):
        cells = clean_cells([text_of(hanging.get((number, i), c) if c == "" else c) for i, c in enumerate(line)])
        if any(text_of(cell).strip() for cell in line) and any(cells):
            yield number + 1, cells


def _is_full_width(merge: Merge, width: int) -> bool:
    return width > 1 and merge[1] == 0 and merge[3] >= width - 1


def _expand(rows: Iterator[list[object]], merges: Sequence[Merge], width: int) -> Iterator[list[object]]:
    """Repeat the value of the top left cell over the empty cells of its range."""
    starts: dict[int, list[Merge]] = defaultdict(list)
    for merge in merges:
        starts[merge[0]].append(merge)
    active: list[tuple[Merge, object]] = []
    for number, row in enumerate(rows):
        for merge in starts.get(number, ()):
            if merge[1] < len(row):
                active.append((merge, row[merge[1]]))
        for (_, left, _, right), value in active:
            for column in range(left, min(right + 1, width)):
                if row[column] == "":
                    row[column] = value
        if active:
            active = [entry for entry in active if entry[0][2] > number]
        yield row


def _cell_errors(grid: Grid, merges: Sequence[Merge]) -> list[Fault]:
    """Errors of single cells; one in a merged range holds for all its rows."""
    last = {(m[0], m[1]): m[2] for m in merges}
    return [
        Fault(below + 1, column, code, message)
        for (row, column), (code, message) in grid.errors.items()
        for below in range(row, last.get((row, column), row) + 1)
    ]


def _batches(rows: Iterator[list[object]], width: int, faults: list[Fault]) -> Iterator[pa.RecordBatch]:
    """Rows as batches of text columns; numbers that lost digits are added to the faults."""
    names = [*(f"c{i}" for i in range(width)), "row"]
    done = 0
    block: list[list[object]] = []
    for row in chain(rows, [None]):
        if row is not None:
            block.append(row)
        if row is not None and len(block) < _BATCH:
            continue
        columns = list(zip(*block, strict=True)) if block else [()] * width
        texts = [_text_column(cells, done, i, faults) for i, cells in enumerate(columns)]
        numbers = pa.array(range(done + 1, done + len(block) + 1), pa.int32())
        yield pa.record_batch([*texts, numbers], names=names)
        done += len(block)
        block = []


def _text_column(cells: Sequence[object], done: int, column: int, faults: list[Fault]) -> pa.Array[Any]:
    kinds = set(map(type, cells))
    if kinds <= {str}:
        return pa.array(cells, pa.string())
    if kinds & {float, int}:
        for offset, cell in enumerate(cells):
            if isinstance(cell, (float, int)) and abs(cell) >= EXACT_LIMIT:
                message = f"数字 {text_of(cell)} 超出表格能保存的精度，末尾数字已丢失；请把该列设为文本后重新填写"
                faults.append(Fault(done + offset + 1, column, "number_precision", message))
    return pa.array([cell if type(cell) is str else text_of(cell) for cell in cells], pa.string())
