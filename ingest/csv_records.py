"""The two parsers of delimited text: records in Python, which see every quote, and pyarrow's columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from pyarrow import csv as pa_csv

from bulian.ingest.cell_text import holds
from bulian.ingest.text_source import ByteStream, TextSource

__all__ = ["Parsed", "Record", "parse_exactly", "parse_fast", "records"]

_BLOCK = 8 << 20  # bytes pyarrow parses at a time; a longer record goes the exact way
_BATCH = 1 << 16
_LONGEST_CELL = 2**31 - 1
_END = "\x1e\x1f\x1e"  # a last record of our own: if it does not come back as such, a quote was left open


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its number from 1 (blank lines count), its cells, and whether its quotes do not pair."""

    row: int
    cells: list[str]
    malformed: bool = False


@dataclass(slots=True)
class Parsed:
    """All records: those of the usual width as columns c0… and "row", the others one by one, ascending."""

    table: pa.Table
    ragged: list[Record] = field(default_factory=list)
    malformed: list[int] = field(default_factory=list)


class _Lines:
    """Physical lines, remembering those of the record being read so that they can be given back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.taken: list[str] = []
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines, None)
        if line is None:
            self.ended = True  # asked for more than there is: the record is not complete
            raise StopIteration
        self.taken.append(line)
        return line

    def give_back(self, lines: list[str]) -> None:
        """Read these lines again before the rest."""
        self._lines = chain(lines, self._lines)
        self.ended = False


def records(lines: Iterator[str], delimiter: str) -> Iterator[Record]:
    """Cut lines into records; a quote that does not pair spoils its own line only.

    A record over several lines whose quotes are not closed before a delimiter or at the end of the file holds
    a stray quote: its first line is delivered as malformed, cut at every delimiter, and reading goes on with
    the next line.

    Args:
        lines: physical lines with their line ends.
        delimiter: one character.
    """
    csv.field_size_limit(_LONGEST_CELL)  # Python's default refuses cells over 128 KiB
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=delimiter)
    for row, cells in enumerate(reader, 1):
        taken, source.taken = source.taken, []
        # On one line an odd quote is only untidy, unless the file ends inside it.
        bad = (len(taken) > 1 or source.ended) and _breaks_rules(taken, delimiter)
        if bad:
            source.give_back(taken[1:])
            cells = taken[0].rstrip("\r\n").split(delimiter)
        yield Record(row, cells, bad)


def _breaks_rules(taken: list[str], delimiter: str) -> bool:
    """Whether quotes are closed elsewhere than before a delimiter or a line end, or not at all."""
    try:
        list(csv.reader(taken, delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    return False


def parse_exactly(source: TextSource, delimiter: str, width: int) -> Parsed:
    """All records by :func:`records`.

    Args:
        source: the text.
        delimiter: one character.
        width: cells of a usual record.
    """
    fields: list[pa.Field[Any]] = [pa.field(f"c{i}", pa.string()) for i in range(width)]
    schema = pa.schema([*fields, pa.field("row", pa.int32())])
    parsed = Parsed(schema.empty_table())
    batches: list[pa.RecordBatch] = []
    rows: list[list[str]] = []
    numbers: list[int] = []
    for record in chain(records(source.lines(), delimiter), [None]):
        if record is not None and record.malformed:
            parsed.malformed.append(record.row)
        if record is not None and len(record.cells) == width:
            rows.append(record.cells)
            numbers.append(record.row)
        elif record is not None and record.cells:
            parsed.ragged.append(record)
        if rows and (record is None or len(rows) == _BATCH):
            columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
            batches.append(pa.record_batch([*columns, pa.array(numbers, pa.int32())], schema=schema))
            rows, numbers = [], []
    parsed.table = pa.Table.from_batches(batches, schema)
    return parsed


def parse_fast(source: TextSource, delimiter: str, width: int) -> Parsed | None:
    """All records by pyarrow, or None when only :func:`parse_exactly` can be trusted with the file.

    Args:
        source: the text.
        delimiter: one character.
        width: cells of a usual record.
    """
    end = delimiter * (width - 1) + _END
    tail = ("" if source.ends_line else "\n") + end + "\n"
    odd: list[pa_csv.InvalidRow] = []
    try:
        table = pa_csv.read_csv(
            io.BufferedReader(ByteStream(chain(source.chunks(), [tail.encode()]))),
            read_options=pa_csv.ReadOptions(
                column_names=[f"c{i}" for i in range(width)], use_threads=False, block_size=_BLOCK
            ),
            parse_options=_parse_options(source, delimiter, odd),
            convert_options=_convert_options(width),
        )
    except pa.ArrowInvalid:  # a record longer than a block
        return None
    if table.num_rows == 0 or table.column(width - 1)[table.num_rows - 1].as_py() != _END:
        return None
    table = table.slice(0, table.num_rows - 1)
    if source.quotes and (_spans_lines(table) or any("\n" in r.text or "\r" in r.text for r in odd)):
        return None
    return _numbered(table, odd, delimiter)


def _parse_options(source: TextSource, delimiter: str, odd: list[pa_csv.InvalidRow]) -> pa_csv.ParseOptions:
    def keep(row: pa_csv.InvalidRow) -> Literal["skip", "error"]:
        odd.append(row)
        return "skip"

    return pa_csv.ParseOptions(
        delimiter=delimiter,
        ignore_empty_lines=False,
        newlines_in_values=source.quotes,
        invalid_row_handler=keep,
    )


def _convert_options(width: int) -> pa_csv.ConvertOptions:
    return pa_csv.ConvertOptions(
        column_types={f"c{i}": pa.string() for i in range(width)},
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
        null_values=[""],
    )


def _spans_lines(table: pa.Table) -> bool:
    return any(holds(column, b"\r\n") for column in table.columns)


def _numbered(table: pa.Table, odd: list[pa_csv.InvalidRow], delimiter: str) -> Parsed:
    """Give every row its record number: pyarrow delivers the usual ones in order and the odd ones numbered."""
    ragged: list[Record] = []
    usual = np.ones(table.num_rows + len(odd), dtype=bool)
    for row in odd:
        if row.number is None:
            raise AssertionError("single-threaded parsing numbers its rows")
        usual[row.number - 1] = False
        ragged.append(Record(row.number, next(csv.reader([row.text], delimiter=delimiter))))
    numbers = (np.flatnonzero(usual) + 1).astype(np.int32)
    return Parsed(table.append_column("row", pa.chunked_array([pa.array(numbers)])), ragged)
