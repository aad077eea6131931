"""From a cell to its text: the same cleaning for every kind of table, and the text of typed spreadsheet cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["ERROR_VALUES", "EXACT_LIMIT", "clean_cells", "clean_column", "holds", "text_of"]

ERROR_VALUES = pa.array(
    [
        *["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!"],
        *["#GETTING_DATA", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#PYTHON!"],
    ]
)
"""Texts a spreadsheet shows in place of a value it could not compute."""

EXACT_LIMIT = 2**53
"""From here on a float no longer holds every whole number: a long code stored as a number has lost digits."""

# Space, NBSP, full-width and the other Unicode spaces, and the invisible marks that pasted cells carry.
_SPACES = " \t\n\r\v\f\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff\u200b" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_CONTROL = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_CONTROL_PATTERN = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_NO_TEXT = pa.scalar(None, pa.string())


def holds(column: pa.ChunkedArray[Any], unwanted: bytes) -> bool:
    """Whether one of the given bytes may be in the column; looks at the bytes at once, so it costs little.

    Args:
        column: strings.
        unwanted: single-byte characters.

    Returns:
        False when none of them is in any cell; cells outside a slice count too.
    """
    for chunk in column.chunks:
        data = chunk.buffers()[2]
        if data is not None and len(memoryview(data)) != len(data.to_pybytes().translate(None, unwanted)):
            return True
    return False


def clean_column(column: pa.ChunkedArray[Any]) -> tuple[pa.ChunkedArray[Any], bool]:
    r"""Remove control characters, make line ends ``\n``, trim, and make empty cells null.

    Args:
        column: strings.

    Returns:
        The cleaned strings, and whether control characters (other than line end and TAB) were removed.
    """
    removed = False
    if holds(column, _CONTROL):
        removed = bool(pc.any(pc.match_substring_regex(column, _CONTROL_PATTERN)).as_py())
        column = pc.replace_substring_regex(column, pattern=_CONTROL_PATTERN, replacement="")
    if holds(column, b"\r"):
        column = pc.replace_substring_regex(column, pattern=r"\r\n?", replacement="\n")
    column = pc.utf8_trim(column, characters=_SPACES)
    empty = pc.equal(pc.binary_length(column), pa.scalar(0, pa.int32()))
    if pc.any(empty).as_py():
        column = pc.if_else(empty, _NO_TEXT, column)
    return column, removed


def clean_cells(cells: Sequence[str]) -> list[str]:
    """One row cleaned as :func:`clean_column` cleans a column, "" for an empty cell."""
    column, _ = clean_column(pa.chunked_array([pa.array(cells, pa.string())]))
    return [text or "" for text in column.to_pylist()]


def text_of(value: object) -> str:
    """The text of a typed spreadsheet cell.

    Whole numbers lose their ``.0``, other numbers are written in the shortest way that names exactly this
    float and without an exponent; dates are ISO, times ``HH:MM:SS``, durations ``H:MM:SS``, truth values 是/否.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dt.datetime):
        return (value + dt.timedelta(milliseconds=500)).isoformat(" ", "seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.isoformat("seconds")
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
        return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return "" if value is None else str(value)


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < EXACT_LIMIT:
        return str(int(value))
    return (
        format(Decimal(repr(value)).normalize(), "f") if value - value == 0 else str(value)
    )  # inf and nan have no digits
