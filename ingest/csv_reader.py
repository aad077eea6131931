r"""Delimited text into columns: pyarrow where it reads exactly, Python's csv where quotes need care.

Both ways give the same sheet. pyarrow parses a file whose records are one line each; as soon as a cell holds
a line end or a quote stays open, the exact way is taken, because there a stray quote can swallow good rows and
only a reader that sees every record can give them back.

Records follow RFC 4180 as spreadsheets write it: quotes doubled inside quotes, ``\n``, ``\r\n`` or ``\r``
at the end, one of ``, ; TAB |`` between cells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from bulian.graph.guard import GUARDED
from bulian.ingest.cell_text import clean_cells, clean_column
from bulian.ingest.csv_records import Parsed, Record, parse_exactly, parse_fast, records
from bulian.ingest.raw_sheet import HEADER_ROWS, Fault, Header, RawSheet, Score, choose_header, finish_sheet, rows_where
from bulian.ingest.text_source import TextSource

__all__ = ["read_csv"]

_DELIMITERS = (",", "\t", ";", "|")
_HEAD_LINES = 2000  # physical lines looked at for delimiter, header and width
_SEP_LINE = re.compile(r"^\"?sep=(.)\"?$", re.IGNORECASE)  # the line by which Excel is told the delimiter


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the records of a file are cut: delimiter, header, cells per record as most records have."""

    delimiter: str
    header: Header
    width: int


def read_csv(source: TextSource, score: Score, notes: Sequence[str] = (), *, exact: bool = False) -> RawSheet:
    """Read a delimited text file.

    Args:
        source: the file, its encoding known.
        score: how much a row looks like a header, 0..1.
        notes: notes to put first.
        exact: parse with Python's csv even where pyarrow would do (slower, same result).
    """
    layout = _layout(source, score)
    parsed = None if exact else parse_fast(source, layout.delimiter, layout.width)
    if parsed is None:
        parsed = parse_exactly(source, layout.delimiter, layout.width)
    table, faults = _assemble(parsed, layout)
    faults += _unreadable(table, source)
    said = [*notes, *([source.note] if source.note else [])]
    return finish_sheet(source.path, "", table, layout.header, said, faults)


def _layout(source: TextSource, score: Score) -> _Layout:
    """Try every delimiter on the first lines; the one under which a row looks most like a header wins.

    Ties go to the delimiter that gives more cells in the header, then, without any known header, to the one
    that cuts most records alike.
    """
    lines = list(islice(source.lines(), _HEAD_LINES))
    told = _SEP_LINE.match(lines[0].strip("\r\n\ufeff")) if lines else None
    best: tuple[tuple[float, int, int], _Layout] | None = None
    for delimiter in (told[1],) if told else _DELIMITERS:
        head = list(records(iter(lines), delimiter))
        chosen = choose_header(_candidates(head), score)
        if chosen is None:
            continue
        header, points = chosen
        widths = Counter(len(r.cells) for r in head if r.row > header.at and r.cells)
        width, alike = widths.most_common(1)[0] if widths else (len(header.cells), 1)
        cells = len(header.cells)
        rank = (points, cells, alike) if header.known else (points, alike if width > 1 else 0, cells)
        if best is None or rank > best[0]:
            best = (rank, _Layout(delimiter, header, width))
    if best is None:  # only blanks in the first lines: there is no header to judge by
        return _Layout(",", Header(0, ("",), False), 1)
    return best[1]


def _candidates(head: list[Record]) -> list[tuple[int, list[str]]]:
    found: list[tuple[int, list[str]]] = []
    for record in head:
        cells = clean_cells([re.sub(GUARDED, r"\1", cell) for cell in record.cells])
        if any(cells):
            found.append((record.row, cells))
        if len(found) == HEADER_ROWS:
            break
    return found


def _assemble(parsed: Parsed, layout: _Layout) -> tuple[pa.Table, list[Fault]]:
    """One table as wide as the header: ragged records put in their place, cells beyond the header reported."""
    width = max(len(layout.header.cells), 1)
    faults = [Fault(row, -1, "row_malformed", "引号没有成对，这一行无法可靠拆分") for row in parsed.malformed]
    table = _fit(_unguard(parsed.table), width, faults)
    after = [
        Record(r.row, [re.sub(GUARDED, r"\1", cell) for cell in r.cells])
        for r in parsed.ragged
        if r.row > layout.header.at and any(r.cells)
    ]
    for record in after:
        if any(clean_cells(record.cells[width:])):
            faults.append(_too_long(record.row, len(record.cells), width))
    if after:
        table = _insert(table, after, width)
    return table, faults


def _too_long(row: int, cells: int, width: int) -> Fault:
    return Fault(row, -1, "row_too_long", f"这一行有 {cells} 格，表头只有 {width} 格")


def _fit(table: pa.Table, width: int, faults: list[Fault]) -> pa.Table:
    """Cut or pad a table to the header's width; rows with something beyond it become faults."""
    had = table.num_columns - 1
    for name in (f"c{i}" for i in range(width, had)):
        column, _ = clean_column(table[name])
        rows = rows_where(table, pc.is_valid(column))
        faults += [_too_long(row, had, width) for row in rows]
    columns = [table[f"c{i}"] for i in range(min(width, had))]
    columns += [pa.chunked_array([pa.nulls(table.num_rows, pa.string())])] * (width - had)
    return pa.table([*columns, table["row"]], names=[*(f"c{i}" for i in range(width)), "row"])


def _insert(table: pa.Table, ragged: list[Record], width: int) -> pa.Table:
    """Put records of another length where they belong, batch by batch so that no column outgrows 2 GB."""
    merged: list[pa.Table] = []
    done = 0
    for batch in table.combine_chunks().to_batches(max_chunksize=1 << 17):
        last = batch.column("row")[-1].as_py()
        upto = done
        while upto < len(ragged) and ragged[upto].row < last:
            upto += 1
        merged.append(_merge(pa.Table.from_batches([batch]), ragged[done:upto], width))
        done = upto
    merged.append(_merge(table.schema.empty_table(), ragged[done:], width))
    return pa.concat_tables(merged)


def _merge(table: pa.Table, ragged: list[Record], width: int) -> pa.Table:
    if not ragged:
        return table
    rows = [(*r.cells[:width], *[""] * (width - len(r.cells))) for r in ragged]
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    extra = pa.table([*columns, pa.array([r.row for r in ragged], pa.int32())], schema=table.schema)
    both = pa.concat_tables([table, extra]).combine_chunks()
    return both.take(pc.sort_indices(both["row"]))


def _unreadable(table: pa.Table, source: TextSource) -> list[Fault]:
    """Rows with zero bytes, and in a damaged file rows with bytes that do not decode."""
    faults: list[Fault] = []
    signs = [("\0", "含空字节，内容可能不完整")] if source.nul else []
    signs += [("\ufffd", "有无法解码的字节")] if source.damaged else []
    for sign, message in signs:
        for position, name in enumerate(table.column_names[:-1]):
            rows = rows_where(table, pc.match_substring(table[name], sign))
            faults += [Fault(r, position, "row_malformed", message) for r in rows]
    return faults


def _unguard(table: pa.Table) -> pa.Table:
    """Take off the ' that our own export puts before a formula-like cell."""
    for position, name in enumerate(table.column_names[:-1]):
        if pc.any(pc.starts_with(table[name], "'")).as_py():
            bare = pc.replace_substring_regex(table[name], pattern=GUARDED, replacement=r"\1", max_replacements=1)
            table = table.set_column(position, name, bare)
    return table
