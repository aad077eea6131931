"""Columns of made-up rows, and CSV files written from them piece by piece so that no file has to fit into memory."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as pa_csv

from bulian.graph.errors import UsageError
from bulian.graph.synthetic import SYNTHETIC_MARK
from bulian.graph.writing import whole_file

__all__ = [
    "Columns", "Ints", "Reals", "chances", "choose", "joined", "log_spread", "one_of", "refuse_foreign", "sometimes",
    "write_rows",
]  # fmt: skip

Ints: TypeAlias = "npt.NDArray[np.int64]"
Reals: TypeAlias = "npt.NDArray[np.float64]"
Columns: TypeAlias = Mapping[str, Any]
"""Header → column, all of one length."""

_SOURCE: Final = "来源"
_BOM: Final = "\ufeff"
_TAIL: Final = 4096


def chances(seed: int, *what: int) -> np.random.Generator:
    """A stream of chances of its own for each part of a population, so that no part shifts another."""
    return np.random.default_rng([seed, *what])


def choose(weights: Sequence[float] | npt.NDArray[np.floating[Any]], uniform: Reals) -> Ints:
    """Positions drawn with these weights, one for each uniform number from [0, 1)."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    found = np.searchsorted(edges, uniform * edges[-1], side="right")
    kept: Ints = np.minimum(found, len(edges) - 1).astype(np.int64)
    return kept


def one_of(words: Sequence[str | None], positions: Ints) -> Any:
    """The words at these positions as a column; None stays an empty cell."""
    return pa.array(words, pa.string()).take(pa.array(positions))


def sometimes(column: Any, shown: npt.NDArray[np.bool_]) -> Any:
    """The column with empty cells where it is not shown."""
    return pc.if_else(pa.array(shown), column, pa.scalar(None, pa.string()))


def joined(*parts: Any) -> Any:
    """Texts put together cell by cell; numbers are written in digits, plain texts stand in every cell."""
    cells = [part if isinstance(part, str) else pa.array(part).cast(pa.string()) for part in parts]
    return pc.binary_join_element_wise(*cells, "")


def log_spread(uniform: Reals, low: float, high: float) -> Ints:
    """Whole numbers between two bounds, small ones far more often: uniform in their logarithm."""
    found: Ints = np.floor(low * (high / low) ** uniform).astype(np.int64)
    return found


def write_rows(path: Path, headers: Sequence[str], pieces: Iterable[Columns], source: str) -> int:
    """Write one table, whole or not at all: UTF-8 with BOM (what spreadsheets open), every row with its source.

    Args:
        path: where to.
        headers: of the table, without 来源.
        pieces: its rows in order; a header a piece lacks stays empty.
        source: the 来源 of every row.

    Returns:
        How many rows.

    Raises:
        RenderError: the folder cannot be written to, or the disk is full.
    """
    rows = 0
    schema = pa.schema([(header, pa.string()) for header in (*headers, _SOURCE)])
    # No cell holds a comma, a quote or a line end, so nothing needs quotes; a cell that did would be an error.
    options = pa_csv.WriteOptions(include_header=False, quoting_style="none")
    with whole_file(path) as temporary, temporary.open("wb") as out:
        out.write((_BOM + _head(headers)).encode())
        writer = pa_csv.CSVWriter(out, schema, write_options=options)
        for piece in pieces:
            count = len(next(iter(piece.values())))
            cells = [
                pa.array(piece[header]).cast(pa.string()) if header in piece else _empty(count) for header in headers
            ]
            writer.write_table(pa.table([*cells, _always(source, count)], schema=schema))
            rows += count
        writer.close()
    return rows


def _head(headers: Sequence[str]) -> str:
    return ",".join((*headers, _SOURCE)) + "\n"


def _empty(count: int) -> Any:
    return pa.nulls(count, pa.string())


def _always(text: str, count: int) -> Any:
    return pa.repeat(pa.scalar(text, pa.string()), count)


def refuse_foreign(path: Path, headers: Sequence[str]) -> None:
    """Refuse to write over a file that is not of an earlier run.

    Raises:
        UsageError: it is there, and its header, its first or its last row is not synthetic.
    """
    if path.is_dir() or (path.is_file() and not _is_synthetic(path, headers)):
        hint = "请换一个文件夹，或先把它移走。"
        raise UsageError("已有同名文件，不是以前生成的合成数据，没有覆盖", where=str(path), hint=hint, code="exists")


def _is_synthetic(path: Path, headers: Sequence[str]) -> bool:
    """Whether header, first and last row are ours: rows an office added stand at either end."""
    with path.open("rb") as stream:
        first = stream.read(_TAIL).decode(errors="replace")
        stream.seek(max(0, path.stat().st_size - _TAIL))
        last = stream.read().decode(errors="replace")
    head = _BOM + _head(headers)
    if not first or first == head:
        return True
    rows = [*first[len(head) :].splitlines()[:1], *last.splitlines()[-1:]]
    return first.startswith(head) and all(_last_cell(row).startswith(SYNTHETIC_MARK) for row in rows)


def _last_cell(row: str) -> str:
    return next(csv.reader([row]), [""])[-1]
