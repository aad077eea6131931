"""Error cells of an old XLS workbook, which the parser delivers as empty ones.

An XLS file is a compound file ([MS-CFB]: sectors chained by an allocation table) whose stream "Workbook" or
"Book" is a sequence of records ([MS-XLS] 2.1.4: id, length, data). Errors stand in BOOLERR records and in the
cached result of FORMULA records.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path

__all__ = ["OLE_MAGIC", "xls_errors"]

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_BOOLERR, _FORMULA, _BOUNDSHEET, _BOF = 0x0205, 0x0006, 0x0085, 0x0809
_FREE = 0xFFFFFFFA  # sector numbers from here on mean: no sector
# A record that may be an error; most files have none and need no walk through their records.
_MAYBE = re.compile(rb"\x05\x02\x08\x00.{7}\x01|\x06\x00..{7}\x02.{5}\xff\xff", re.DOTALL)


def xls_errors(path: Path) -> dict[int, dict[tuple[int, int], tuple[str, str]]]:
    """Error cells: sheet position in the workbook → (row, column) 0-based → code and message.

    Raises:
        ValueError: the file is no compound file or has no workbook stream.
    """
    stream = _workbook_stream(path.read_bytes())
    if not _MAYBE.search(stream):
        return {}
    found: dict[int, dict[tuple[int, int], tuple[str, str]]] = {}
    starts: list[int] = []
    sheet = -1
    for offset, kind, data in _records(stream):
        if kind == _BOUNDSHEET:
            starts.append(int.from_bytes(data[:4], "little"))
        elif kind == _BOF and offset in starts:
            sheet = starts.index(offset)
        elif kind in (_BOOLERR, _FORMULA) and (code := _error_code(kind, data)) is not None:
            row, column = struct.unpack_from("<HH", data)
            message = f"单元格是错误值 {_ERRORS.get(code, hex(code))}"
            found.setdefault(sheet, {})[row, column] = ("cell_error", message)
    return found


def _error_code(kind: int, data: bytes) -> int | None:
    """The error of a cell record, None when its value is none."""
    if kind == _BOOLERR and len(data) >= 8 and data[7] == 1:
        return data[6]
    if kind == _FORMULA and len(data) >= 14 and data[6] == 2 and data[12:14] == b"\xff\xff":
        return data[8]
    return None


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(offset, id, data) of every record."""
    offset = 0
    while offset + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, offset)
        yield offset, kind, stream[offset + 4 : offset + 4 + size]
        offset += 4 + size


def _workbook_stream(data: bytes) -> bytes:
    if not data.startswith(OLE_MAGIC) or len(data) < 512:
        raise ValueError("no compound file")
    sector = 1 << struct.unpack_from("<H", data, 30)[0]
    table = _allocation_table(data, sector)
    directory = _chain(data, sector, table, struct.unpack_from("<I", data, 48)[0])
    entries = [directory[i : i + 128] for i in range(0, len(directory) - 127, 128)]
    for name in ("Workbook", "Book"):
        for entry in entries:
            length = struct.unpack_from("<H", entry, 64)[0]
            if entry[: max(length - 2, 0)].decode("utf-16-le", "replace").lower() == name.lower():
                return _stream(data, sector, table, entries[0], entry)
    raise ValueError("no workbook stream")


def _stream(data: bytes, sector: int, table: list[int], root: bytes, entry: bytes) -> bytes:
    """The bytes of a directory entry; short streams lie in the mini stream of the root entry."""
    start, size = struct.unpack_from("<II", entry, 116)
    if size >= struct.unpack_from("<I", data, 56)[0]:
        return _chain(data, sector, table, start)[:size]
    mini = _chain(data, sector, table, struct.unpack_from("<I", root, 116)[0])
    raw = _chain(data, sector, table, struct.unpack_from("<I", data, 60)[0])
    mini_table = list(struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4]))
    # _chain skips one sector of header; the mini stream has none.
    return _chain(bytes(64) + mini, 64, mini_table, start)[:size]


def _allocation_table(data: bytes, sector: int) -> list[int]:
    """The next sector of every sector."""
    places = list(struct.unpack_from("<109I", data, 76))
    extra = struct.unpack_from("<I", data, 68)[0]
    seen: set[int] = set()
    while extra < _FREE and extra not in seen:
        seen.add(extra)
        block = data[(extra + 1) * sector : (extra + 2) * sector]
        if len(block) < sector:
            break
        *more, extra = struct.unpack(f"<{sector // 4}I", block)
        places += more
    table: list[int] = []
    for place in places:
        block = data[(place + 1) * sector : (place + 2) * sector] if place < _FREE else b""
        table += struct.unpack(f"<{len(block) // 4}I", block[: len(block) // 4 * 4])
    return table


def _chain(data: bytes, sector: int, table: list[int], start: int) -> bytes:
    """The sectors of one stream; a chain that bites its tail ends there."""
    pieces: list[bytes] = []
    seen: set[int] = set()
    while start < len(table) and start not in seen:
        seen.add(start)
        pieces.append(data[(start + 1) * sector : (start + 2) * sector])
        start = table[start]
    return b"".join(pieces)
