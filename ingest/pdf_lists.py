"""Lists of firms in PDF files: lines of a number and a name (1 某某有限公司), read with pypdf where it is installed.

A PDF holds no table, only text at places. What can be read surely is a list whose lines start with a running number;
anything else is refused with what to do about it. Scans hold no text at all.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from bulian.graph.errors import InputError
from bulian.ingest.grid import Grid, read_grid
from bulian.ingest.raw_sheet import RawSheet, Score

__all__ = ["list_of_lines", "read_pdf"]

_NUMBERED: Final = re.compile(r"\s*(\d{1,6})\s*[.、．]?\s*(\S.*?)\s*\Z")
_NAME_END: Final = re.compile(r"(?:公司|集团|厂|研究院|研究所|合作社|中心|\))\Z")
_HEADER: Final = re.compile(r"序\s*号")
_NAME_HEADERS: Final = ("企业名称", "公司名称", "单位名称", "名称")
_MOST_PAGES: Final = 2000
_FEWEST: Final = 0.8  # so many of the numbers from 1 to the last must be there, else the lines were not understood


def read_pdf(path: Path, score: Score, notes: Sequence[str]) -> Iterator[RawSheet]:
    """The list of a PDF as one sheet with the columns 序号, 企业名称 and what follows the name.

    Raises:
        InputError: "pdf_unavailable" without pypdf, "password", "corrupt", "pdf_no_text" for a scan, "pdf_no_list".
    """
    lines = _lines(path)
    titles, rows = list_of_lines(lines)
    if not rows:
        hint = "能读的是每行以序号开头的名单；请把表格复制或另存为 XLSX、CSV 后导入。"
        raise InputError("PDF 里没有认得的名单", where=str(path), hint=hint, code="pdf_no_list")
    width = max(len(row) for row in rows)
    body: Iterator[list[object]] = iter([[*row, *[""] * (width - len(row))] for row in rows])
    said = [*notes, f"从 PDF 的文字里按序号读出 {len(rows) - 1} 行，请核对有没有漏行"]
    found = read_grid(path, Grid("名单", width, body, (), {}, tuple(titles)), score, said)
    if found is not None:
        yield found


def list_of_lines(lines: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Titles, and header and rows of a numbered list; no rows where the numbers do not run.

    Args:
        lines: the lines of the pages in order.
    """
    titles: list[str] = []
    header: list[str] = []
    rows: list[list[str]] = []
    expected = 1
    for line in lines:
        text = unicodedata.normalize("NFKC", line).strip()
        if not text:
            continue
        numbered = _NUMBERED.match(text)
        if numbered and int(numbered[1]) == expected:
            rows.append([numbered[1], *_parts(numbered[2])])
            expected += 1
        elif _HEADER.match(text):
            header = header or text.split()
        elif not rows:
            titles.append(text[:300])
        elif not _NAME_END.search(rows[-1][1]) and len(rows[-1]) == 2 and not text.isdigit():
            rows[-1][1] += text  # a long name goes on in the next line
    if len(rows) < 2 or sum(bool(_NAME_END.search(row[1])) for row in rows) < _FEWEST * len(rows):
        return titles, []
    return titles[-3:], [_headers(header, max(map(len, rows))), *rows]


def _parts(rest: str) -> list[str]:
    """The name, and what stands behind it with a gap between."""
    return re.split(r"\s{2,}|\t|(?<=公司)\s+|(?<=\u5382)\s+", rest)


def _headers(header: list[str], width: int) -> list[str]:
    named = len(header) == width and any(name in header for name in _NAME_HEADERS)
    return header if named else ["序号", "企业名称", *[""] * (width - 2)]


def _lines(path: Path) -> list[str]:
    try:
        import pypdf
    except ImportError:
        hint = "请安装：pip install 'bulian[pdf]'；或把名单复制、另存为 XLSX、CSV 后导入。"
        raise InputError("读 PDF 要另装 pypdf", where=str(path), hint=hint, code="pdf_unavailable") from None
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it mends in a broken file is no news for the user
    try:
        reader: Any = pypdf.PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            hint = "请去掉密码另存后重试。"
            raise InputError("PDF 有密码", where=str(path), hint=hint, code="password")
        pages = [page.extract_text() or "" for page in reader.pages[:_MOST_PAGES]]
    except InputError:
        raise
    except Exception as error:  # pypdf raises whatever a broken file leads to
        hint = "请用阅读器打开并另存后重试，或把名单复制到 XLSX。"
        raise InputError("PDF 已损坏，无法打开", where=str(path), hint=hint, code="corrupt") from error
    lines = [line for page in pages for line in page.splitlines()]
    if not any(line.strip() for line in lines):
        hint = "这多半是扫描件：请先做文字识别，或向发布单位要 Word、Excel 版。"
        raise InputError("PDF 里没有文字", where=str(path), hint=hint, code="pdf_no_text")
    return lines
