"""Files as offices hold them, made for tests: Word tables and list PDFs, without any library that writes them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from bulian.graph.facts import Fact
from bulian.graph.store import Store
from bulian.ingest.report import IngestReport

Run = Callable[..., IngestReport]
"""Reads files into the store of the test."""

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def put(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def facts(store: Store, *predicates: str) -> list[Fact]:
    return sorted(store.facts(predicates=list(predicates)), key=lambda fact: (fact.subject, str(fact.value)))


def one(store: Store, predicate: str) -> Fact:
    (fact,) = facts(store, predicate)
    return fact


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def word_table(rows: Sequence[Sequence[str]]) -> str:
    """A table; a cell text that begins with ^ goes on the cell above, one that begins with >n spans n columns."""
    lines = []
    for row in rows:
        cells = []
        for text in row:
            how = ""
            if text.startswith("^"):
                how, text = '<w:tcPr><w:vMerge w:val="continue"/></w:tcPr>', ""
            elif text.startswith("v"):
                how, text = '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>', text[1:]
            elif text.startswith(">"):
                how, text = f'<w:tcPr><w:gridSpan w:val="{text[1]}"/></w:tcPr>', text[2:]
            cells.append(f"<w:tc>{how}{paragraph(text)}</w:tc>")
        lines.append(f"<w:tr>{''.join(cells)}</w:tr>")
    return f"<w:tbl>{''.join(lines)}</w:tbl>"


def write_docx(path: Path, *blocks: str) -> Path:
    body = f"<w:document {_W}><w:body>{''.join(blocks)}</w:body></w:document>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", f'<?xml version="1.0" encoding="UTF-8"?>{body}')
    return path


def write_pdf(path: Path, pages: Sequence[Sequence[str]]) -> Path:
    """Lines of any text on pages, with a font that says which characters its codes are."""
    letters = sorted({letter for page in pages for line in page for letter in line})
    code = {letter: at + 1 for at, letter in enumerate(letters)}
    pairs = "\n".join(f"<{at:04x}> <{letter.encode('utf-16-be').hex()}>" for letter, at in code.items())
    to_unicode = f"""/CIDInit /ProcSet findresource begin begincmap
1 begincodespacerange <0000> <ffff> endcodespacerange
{len(code)} beginbfchar
{pairs}
endbfchar endcmap end"""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    font = (
        "<< /Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H /ToUnicode 5 0 R /DescendantFonts [4 0 R] >>"
    )
    descendant = (
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /F /DW 1000"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
    )
    objects += [font, descendant, f"<< /Length {len(to_unicode)} >>\nstream\n{to_unicode}\nendstream"]
    kids = []
    for page in pages:
        shown = "".join(f"<{''.join(f'{code[c]:04x}' for c in line)}> Tj T* " for line in page)
        stream = f"BT /F1 10 Tf 14 TL 50 800 Td {shown} ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Contents {len(objects)} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    start = out.rindex(b"xref\n0")
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    path.write_bytes(out)
    return path
