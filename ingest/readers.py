"""Table files into raw sheets: the one door. What a file is, its content decides, never its name.

``read_tables`` delivers text and says what is wrong with it; what a column means is decided by the mapping,
which passes in how much a row looks like a header.
"""

from __future__ import annotations

import csv
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

from bulian.graph.errors import InputError
from bulian.ingest.csv_reader import read_csv
from bulian.ingest.docx_tables import read_docx
from bulian.ingest.html_tables import read_html
from bulian.ingest.pdf_lists import read_pdf
from bulian.ingest.raw_sheet import RawSheet, RowError, Score
from bulian.ingest.text_source import TextSource, open_bytes, open_text
from bulian.ingest.xls_parts import OLE_MAGIC
from bulian.ingest.xlsx_reader import read_workbook

__all__ = ["Kind", "RawSheet", "RowError", "Score", "read_tables", "sniff"]

Kind = Literal["csv", "text", "html", "xml", "xlsx", "xls", "encrypted", "docx", "pdf", "zip", "ole", "binary", "empty"]
"""What a file is by its content; "text" is text without columns, "encrypted" a workbook with a password."""

_HEAD = 1 << 16
_TEXT_SUFFIXES = (".csv", ".tsv", ".tab", ".txt")
_USUAL = {
    "csv": (*_TEXT_SUFFIXES, ""),
    "text": (*_TEXT_SUFFIXES, ""),
    "html": (".html", ".htm"),
    "xlsx": (".xlsx", ".xlsm", ".xltx", ".xltm"),
    "xls": (".xls", ".xlt", ".et"),
    "docx": (".docx", ".docm"),
    "pdf": (".pdf",),
}
_NAMES = {
    "csv": "CSV 文本", "text": "文本", "html": "网页", "xml": "XML", "xlsx": "XLSX 工作簿", "xls": "XLS 工作簿",
    "docx": "Word 文档", "pdf": "PDF", "zip": "压缩包", "ole": "旧版 Office 文档", "binary": "二进制数据",
}  # fmt: skip
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_BINARY = 0.05  # share of control characters that no text has
_HTML = re.compile(r"<(?:!doctype\s+html|html|table|meta|head|body)\b", re.IGNORECASE)


def sniff(path: Path) -> Kind:
    """What a file is, by its content.

    Raises:
        InputError: "missing_file" when there is no such file or it cannot be opened.
    """
    return _look(path)[0]


def _look(path: Path) -> tuple[Kind, TextSource | None]:
    """What a file is, and for text how it is encoded, so that a large file is not decoded for that twice."""
    head = _head(path)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        return "empty", None
    if head.startswith(b"%PDF-"):
        return "pdf", None
    if head.startswith(b"PK\x03\x04"):
        return _package(path), None
    if head.startswith(OLE_MAGIC):
        return _compound(path), None
    try:
        source = open_text(path)
    except InputError as error:
        return ("empty" if error.code == "empty_file" else "binary"), None
    return _text(source), source


def read_tables(path: Path, score: Score) -> Iterator[RawSheet]:
    """Read a table file: CSV, XLSX, XLS, an HTML page or a Word document with tables, or a numbered list in a PDF.

    Args:
        path: the file.
        score: how much a row of cells looks like a known header, 0..1; asked for the first 30 rows of every
            sheet that are not empty, the highest wins, the earliest on ties.

    Returns:
        One raw sheet per sheet that holds a cell, in the file's order. Sheets are read one by one.

    Raises:
        InputError: code "missing_file", "empty_file", "encoding", "password", "corrupt" or "bomb"; what can
            be known without parsing is raised at once, the rest at the sheet concerned.
    """
    (kind, source), suffix = _look(path), _suffix(path)
    _refuse(path, kind, suffix)
    notes: list[str] = []
    if suffix not in _USUAL[kind]:
        notes.append(f"扩展名是 {suffix or '空'}，内容是{_NAMES[kind]}，按内容读取")
    if kind == "docx":
        return read_docx(path, score, notes)
    if kind == "pdf":
        return read_pdf(path, score, notes)
    if source is None:
        return read_workbook(path, score, notes, old=kind == "xls")
    if kind == "html":
        return read_html(source, score, notes)
    return iter([read_csv(source, score, notes)])


def _suffix(path: Path) -> str:
    """The extension in small letters; that of what is packed for a packed file (名录.csv.gz → .csv)."""
    suffix = path.suffix.lower()
    return path.with_suffix("").suffix.lower() if suffix == ".gz" else suffix


def _refuse(path: Path, kind: Kind, suffix: str) -> None:
    """Raise for what is no table."""
    where = str(path)
    if kind == "empty":
        raise InputError("文件是空的", where=where, hint="请检查导出是否成功。", code="empty_file")
    if kind == "encrypted":
        raise InputError("工作簿有密码", where=where, hint="请去掉密码另存后重试。", code="password")
    if kind == "binary" and suffix in _TEXT_SUFFIXES:
        hint = "请用表格软件另存为“CSV UTF-8”后重试。"
        raise InputError("文件的文字编码认不出", where=where, hint=hint, code="encoding")
    workbook = suffix in (*_USUAL["xlsx"], *_USUAL["xls"])
    if kind not in _USUAL or (kind == "text" and workbook):
        message = "工作簿已损坏，无法打开" if workbook else f"这是{_NAMES[kind]}，不是表格"
        hint = "请用表格软件打开并另存为 XLSX 后重试。"
        raise InputError(message, where=where, hint=hint, code="corrupt")


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise InputError("这是文件夹，不是文件", where=str(path), hint="请给出文件的路径。", code="missing_file")
    try:
        with open_bytes(path) as file:
            return file.read(_HEAD)
    except (OSError, EOFError, zlib.error) as error:
        hint = "请检查路径和读取权限。"
        raise InputError("文件不存在或打不开", where=str(path), hint=hint, code="missing_file") from error


def _package(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as package:
            names = {name.lower().lstrip("/") for name in package.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "zip"
    if "xl/workbook.xml" in names:
        return "xlsx"
    return "docx" if "word/document.xml" in names else "zip"


def _compound(path: Path) -> Kind:
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "encrypted"
    streams = ("Workbook".encode("utf-16-le"), b"\0" + "Book\0".encode("utf-16-le"))
    return "xls" if any(name in data for name in streams) else "ole"


def _text(source: TextSource) -> Kind:
    """Tell the kinds of text apart by the first lines; columns are what cuts most lines alike."""
    lines = list(islice(source.lines(), 60))
    text = "".join(lines).lstrip("\ufeff \t\r\n")
    if len(_CONTROL.findall(text)) > _BINARY * len(text):
        return "binary"
    if text.startswith("<"):
        if _HTML.search(text[:4096]):
            return "html"
        if text.startswith("<?xml"):
            return "xml"
    if set(map(str.lower, source.path.suffixes)) & {".csv", ".tsv", ".tab"}:
        return "csv"
    for delimiter in (",", "\t", ";", "|"):
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        if widths:
            width, alike = widths.most_common(1)[0]
            if width > 1 and alike * 2 > sum(widths.values()) and sum(widths.values()) > 1:
                return "csv"
    return "text"
