"""Tables and text of a Word document (DOCX), by the standard library: the package is a ZIP of XML parts.

Published lists come as tables below a title. A table that only goes on over a page break repeats its header or has
none; each is read as it stands.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from bulian.graph.errors import InputError
from bulian.ingest.grid import Grid, Merge, read_grid
from bulian.ingest.raw_sheet import RawSheet, Score
from bulian.ingest.xlsx_parts import check_package

__all__ = ["docx_text", "read_docx"]

_NAMESPACE: Final = re.compile(r"\{[^}]*\}")
_BODY: Final = "word/document.xml"
_TITLES: Final = 3  # the last paragraphs before a table say what it is
_MAX_BODY: Final = 256 << 20


def read_docx(path: Path, score: Score, notes: Sequence[str]) -> Iterator[RawSheet]:
    """Every table of a document, called 表1, 表2, … in its order.

    Raises:
        InputError: "corrupt" when the package cannot be read or has no table, "bomb" when it unpacks to too much.
    """
    some = False
    above: list[str] = []
    number = 0
    for block in _blocks(path):
        if block.tag == "p":
            text = _text(block)
            above = [*above, text][-_TITLES:] if text else above
        elif block.tag == "tbl":
            number += 1
            rows, merges = _cells(block)
            width = max((len(row) for row in rows), default=1)
            filled = iter([[*row, *[""] * (width - len(row))] for row in rows])
            found = read_grid(path, Grid(f"表{number}", width, filled, merges, {}, tuple(above)), score, notes)
            if found is not None:
                some = True
                yield found
    if not some:
        raise InputError("文档里没有表格", where=str(path), hint="请另存为 XLSX 或 CSV。", code="corrupt")


def docx_text(path: Path) -> str:
    """The text of a document: a line per paragraph, the cells of a table row with tabs between."""
    lines: list[str] = []
    for block in _blocks(path):
        if block.tag == "p":
            lines.append(_text(block))
        elif block.tag == "tbl":
            lines += ["\t".join(str(cell).replace("\n", " ") for cell in row) for row in _cells(block)[0]]
    return "\n".join(lines)


def _blocks(path: Path) -> Iterator[ElementTree.Element]:
    """Paragraphs and tables in their order, tags without a name space."""
    check_package(path)
    try:
        with zipfile.ZipFile(path) as package:
            if package.getinfo(_BODY).file_size > _MAX_BODY:
                raise InputError("文档太大，为安全起见拒绝读取", where=str(path), hint="请拆成几个文件。", code="bomb")
            root = ElementTree.fromstring(package.read(_BODY))
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, OSError, EOFError, NotImplementedError) as error:
        hint = "请用文字处理软件打开并另存后重试。"
        raise InputError("Word 文档已损坏，无法打开", where=str(path), hint=hint, code="corrupt") from error
    for element in root.iter():
        element.tag = _NAMESPACE.sub("", str(element.tag))
        element.attrib = {_NAMESPACE.sub("", name): value for name, value in element.attrib.items()}
    yield from _outermost(root)


def _outermost(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for child in element:
        if child.tag in ("p", "tbl"):
            yield child
        elif child.tag != "del":
            yield from _outermost(child)


def _text(block: ElementTree.Element) -> str:
    """The visible text of a paragraph; deleted text of tracked changes and field codes are none."""
    parts: list[str] = []
    for node in block.iter():
        if node.tag == "t":
            parts.append(node.text or "")
        elif node.tag in ("tab", "br", "cr"):
            parts.append("\t" if node.tag == "tab" else "\n")
    return "".join(parts).strip()


def _cells(table: ElementTree.Element) -> tuple[list[list[object]], list[Merge]]:
    """Rows of cell texts, and the merged ranges: gridSpan to the right, vMerge downwards."""
    rows: list[list[object]] = []
    merges: list[Merge] = []
    open_merges: dict[int, tuple[int, int]] = {}  # column → (first row, last column)
    for row in (child for child in _outermost_rows(table)):
        at = len(rows)
        line: list[object] = []
        for cell in (child for child in row.iter("tc")):
            span = _number(cell.find("tcPr/gridSpan"))
            column, last = len(line), len(line) + span - 1
            merge = cell.find("tcPr/vMerge")
            goes_on = merge is not None and merge.get("val", "continue") != "restart"
            if column in open_merges and not goes_on:
                merges.append(_closed(open_merges.pop(column), column, at - 1))
            if merge is not None and not goes_on:
                open_merges[column] = (at, last)
            elif span > 1 and merge is None:
                merges.append((at, column, at, last))
            text = "" if goes_on else "\n".join(filter(None, map(_text, _outermost(cell))))
            line += [text, *[""] * (span - 1)]
        rows.append(line)
    merges += [_closed(opened, column, len(rows) - 1) for column, opened in open_merges.items()]
    return rows, merges


def _outermost_rows(table: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _outermost_rows(child)


def _closed(opened: tuple[int, int], column: int, last_row: int) -> Merge:
    return opened[0], column, last_row, opened[1]


def _number(node: ElementTree.Element | None) -> int:
    text = (node.get("val") or "1") if node is not None else "1"
    return min(max(int(text), 1), 1000) if text.isdigit() else 1
