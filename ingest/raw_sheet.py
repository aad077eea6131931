"""What every table reader delivers: one sheet as columns of text, its header, and what was wrong with it.

The readers only read. Which header means what is another module's knowledge: it comes in as a function that
says how much a row looks like a known header (0..1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bulian.ingest.cell_text import ERROR_VALUES, clean_column

__all__ = [
    "HEADER_ROWS",
    "Fault",
    "Header",
    "RawSheet",
    "RowError",
    "Score",
    "choose_header",
    "finish_sheet",
    "rows_where",
]

Score = Callable[[Sequence[str]], float]
"""How much a row of cells looks like a known header, 0..1.

An attribute ``header_row`` (1-based) names the row where the user knows it."""

_TITLE_CHARS = 300
HEADER_ROWS = 30
"""So many non-empty rows at the top of a sheet are looked at to find the header."""


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row must not be used as it stands.

    ``row`` is the row number of :class:`RawSheet`, ``column`` the header of the cell concerned ("" when the
    whole row is), ``code`` one of cell_error, number_precision, formula_uncached, row_malformed,
    row_too_long, ``message`` a Chinese sentence.
    """

    row: int
    column: str
    code: str
    message: str


@dataclass(frozen=True)
class RawSheet:
    """One sheet, read but not understood.

    Attributes:
        path: the file.
        sheet: name of the sheet; "" for CSV, 表1, 表2, … for tables of an HTML page.
        header: header cells as written, trimmed, in file order; "" for an unnamed column.
        header_row: 1-based row of the header; 0 when no row looked like one, then ``header`` is the first
            row that is not empty.
        columns: string columns "c0", "c1", … in header order (null = empty cell) and int32 column "row":
            the 1-based row number of the sheet, for CSV the record number counting titles and blank lines,
            which is the row number a spreadsheet shows. Ascending, without the header and empty rows.
        notes: what the reader did that the user should know, in Chinese.
        errors: rows to reject, ascending. They are still in ``columns`` so that they can be written out.
        titles: the texts above the header, top down: in a published list they say what the rows have in common.
    """

    path: Path
    sheet: str
    header: tuple[str, ...]
    header_row: int
    columns: pa.Table
    notes: tuple[str, ...]
    errors: tuple[RowError, ...]
    titles: tuple[str, ...] = ()


class Header(NamedTuple):
    """The header row found: cells, the row it stands in, whether it was recognised, and the texts above it."""

    at: int
    cells: tuple[str, ...]
    known: bool
    titles: tuple[str, ...] = ()


class Fault(NamedTuple):
    """An error before the header is known: ``column`` is a 0-based position, -1 for the whole row."""

    row: int
    column: int
    code: str
    message: str


def choose_header(candidates: Iterable[tuple[int, Sequence[str]]], score: Score) -> tuple[Header, float] | None:
    """The best-scoring of the given rows, the earliest on ties; the first one, unknown, if none scores.

    Args:
        candidates: (1-based row number, trimmed cells) of rows that are not empty, top down.
        score: the judge.

    Returns:
        The header and its score, or None when there is no candidate.
    """
    best: Header | None = None
    best_score = 0.0
    above: list[str] = []
    told = getattr(score, "header_row", None)
    for at, cells in candidates:
        if at == told:  # the user says so, whatever it looks like
            return Header(at, tuple(cells), True, tuple(above)), 1.0
        points = score(cells)
        if best is None or points > best_score:
            best, best_score = Header(at, tuple(cells), points > 0, tuple(above)), max(points, 0.0)
        above.append(" ".join(dict.fromkeys(cell for cell in cells if cell))[:_TITLE_CHARS])
    return None if best is None else (best, best_score)


def finish_sheet(
    path: Path, sheet: str, table: pa.Table, header: Header, notes: Sequence[str], faults: Iterable[Fault]
) -> RawSheet:
    """Clean the cells below the header and drop what is no row: empty rows and repeated headers.

    Args:
        path: the file.
        sheet: the sheet's name.
        table: string columns c0… and int32 "row", ascending by row, titles and header included or not.
        header: the header found; padded with "" to the table's width.
        notes: what the reader already has to say.
        faults: what the reader already found wrong; faults at or above the header are forgotten.
    """
    width = table.num_columns - 1
    cells = (*header.cells, *[""] * (width - len(header.cells)))[:width]
    body = table.slice(int(np.searchsorted(table["row"].to_numpy(), header.at, side="right")))
    said, wrong = list(notes), list(faults)
    body, removed = _clean(body)
    if removed:
        said.append(f"{removed} 列的单元格含控制字符，已去除")
    body, found = _take_error_values(body)
    body, repeats = _drop_non_rows(body, cells, {f.row for f in (*wrong, *found)})
    if repeats:
        said.append(f"第 {'、'.join(map(str, repeats[:5]))}{' 等' if len(repeats) > 5 else ''} 行重复表头，已略过")
    cells, body = _drop_blank_tail(cells, body)
    errors = _errors([*wrong, *found], cells, header.at, set(repeats))
    at, titles = (header.at, header.titles) if header.known else (0, ())
    return RawSheet(path, sheet, cells, at, body, tuple(said), errors, titles)


def rows_where(table: pa.Table, hit: Any) -> list[int]:
    """Row numbers of the rows where the mask is true; null is not."""
    return [int(row) for row in table["row"].filter(hit).to_numpy()]


def _clean(table: pa.Table) -> tuple[pa.Table, int]:
    """Clean every text column; also the number of columns that held control characters."""
    removed = 0
    columns: list[pa.ChunkedArray[Any]] = []
    for name in table.column_names[:-1]:
        column, touched = clean_column(table[name])
        columns.append(column)
        removed += touched
    return pa.table([*columns, table["row"]], names=table.column_names), removed


def _take_error_values(table: pa.Table) -> tuple[pa.Table, list[Fault]]:
    """Empty the cells whose text is an Excel error value and report them."""
    faults: list[Fault] = []
    for position, name in enumerate(table.column_names[:-1]):
        column = table[name]
        if not pc.any(pc.starts_with(column, "#")).as_py():
            continue
        hit = pc.is_in(column, value_set=ERROR_VALUES)
        rows, texts = rows_where(table, hit), column.filter(hit).to_pylist()
        faults += [Fault(r, position, "cell_error", f"单元格是错误值 {t}") for r, t in zip(rows, texts, strict=True)]
        column = pc.if_else(hit, pa.scalar(None, pa.string()), column)
        table = table.set_column(position, name, column)
    return table, faults


def _drop_non_rows(table: pa.Table, header: Sequence[str], faulty: set[int]) -> tuple[pa.Table, list[int]]:
    """Drop rows without any cell, unless something is wrong in them, and rows equal to the header.

    Returns:
        The rest, and the row numbers of the repeated headers.
    """
    texts = [table[name] for name in table.column_names[:-1]]
    if all(column.null_count for column in texts):
        filled = pc.is_valid(texts[0])
        for column in texts[1:]:
            filled = pc.or_(filled, pc.is_valid(column))
        if not pc.all(filled).as_py():
            filled = pc.or_(filled, pc.is_in(table["row"], value_set=pa.array(sorted(faulty), pa.int32())))
            table = table.filter(filled)
            texts = [table[name] for name in table.column_names[:-1]]
    named = [(column, text) for column, text in zip(texts, header, strict=True) if text]
    same: Any = None
    for column, text in named:
        equal: Any = pc.fill_null(pc.equal(column, pa.scalar(text)), pa.scalar(False))
        same = equal if same is None else pc.and_(same, equal)
        if not pc.any(same).as_py():
            return table, []
    if same is None:
        return table, []
    return table.filter(pc.invert(same)), rows_where(table, same)


def _drop_blank_tail(header: tuple[str, ...], table: pa.Table) -> tuple[tuple[str, ...], pa.Table]:
    """Drop unnamed columns without a cell at the right edge: a trailing delimiter, a formatted column."""
    width = len(header)
    while width > 1 and not header[width - 1] and table[f"c{width - 1}"].null_count == table.num_rows:
        width -= 1
    return header[:width], table.select([*[f"c{i}" for i in range(width)], "row"])


def _errors(faults: Iterable[Fault], header: Sequence[str], header_at: int, dropped: set[int]) -> tuple[RowError, ...]:
    """Faults below the header as row errors, by row and column, each one once."""
    kept = sorted({f for f in faults if f.row > header_at and f.row not in dropped})
    return tuple(
        RowError(f.row, header[f.column] if 0 <= f.column < len(header) else "", f.code, f.message) for f in kept
    )
