"""Documents into plain text: txt, Markdown and HTML, with the title and what was noticed on the way.

Offsets of everything extracted later count characters of ``Document.text``. Plain text is kept as it is, byte order
mark aside; from Markdown and HTML the markup is taken out and nothing is added but line ends and tabs between cells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from bulian.graph.errors import InputError
from bulian.ingest.docx_tables import docx_text
from bulian.ingest.text_source import open_text

__all__ = ["DOCUMENT_SUFFIXES", "Document", "read_document"]

_PLAIN = frozenset({".txt", ".text"})
_MARKDOWN = frozenset({".md", ".markdown"})
_HTML = frozenset({".html", ".htm"})
_WORD = frozenset({".docx"})
DOCUMENT_SUFFIXES = _PLAIN | _MARKDOWN | _HTML | _WORD
_TITLE_CHARS = 60  # a longer first line is a paragraph, not a title


@dataclass(frozen=True, slots=True)
class Document:
    """A document as text.

    Attributes:
        text: the text; offsets refer to it.
        title: HTML title or first heading, of plain text the first line if it looks like one, else the file's stem.
        notes: what a reader should know, in Chinese (encoding, unclosed elements).
    """

    text: str
    title: str
    notes: tuple[str, ...]


def read_document(path: Path) -> Document:
    """Read one text document.

    Args:
        path: a .txt, .text, .md, .markdown, .html, .htm or .docx file; text in UTF-8 (with or without BOM),
            UTF-16 or GB18030.

    Raises:
        InputError: code missing_file (no such file), unsupported (another suffix), empty_file (nothing but blanks,
            markup included), encoding (no encoding fits).
    """
    suffix = path.suffix.lower()
    if not path.is_file():
        raise InputError("文件不存在", where=str(path), hint="请检查路径", code="missing_file")
    if suffix not in DOCUMENT_SUFFIXES:
        kinds = "、".join(sorted(DOCUMENT_SUFFIXES))
        raise InputError("不认识的文档类型", where=str(path), hint=f"可读：{kinds}", code="unsupported")
    if not path.read_bytes().strip():
        raise InputError("文件里没有文字", where=str(path), hint="请换一个有正文的文件", code="empty_file")
    raw, notes = (docx_text(path), []) if suffix in _WORD else _raw_text(path)
    if suffix in _PLAIN | _WORD:
        text, title = raw, _first_line(raw)
    elif suffix in _MARKDOWN:
        text, title = _from_markdown(raw)
    else:
        text, title, more = _from_html(raw)
        notes += more
    if not text.strip():
        raise InputError("文件里没有文字", where=str(path), hint="请换一个有正文的文件", code="empty_file")
    return Document(text, title or path.stem, tuple(notes))


def _raw_text(path: Path) -> tuple[str, list[str]]:
    source = open_text(path)
    if source.nul:
        raise InputError("文件不是文本", where=str(path), hint="请另存为 UTF-8 文本", code="encoding")
    return "".join(source.lines()), [source.note] if source.note else []


def _first_line(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return "" if len(line) > _TITLE_CHARS or line.endswith(("。", "；", "，")) else line


_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(?P<head>.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.S)
_FENCE = re.compile(r"^[ \t]*(?:```|~~~).*(?:\r?\n|\Z)", re.M)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_TABLE_RULE = re.compile(r"^[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?)?[ \t]*(?:\r?\n|\Z)", re.M)
_TABLE_ROW = re.compile(r"^[ \t]*\|(?P<cells>.*)\|[ \t]*$", re.M)
_LINE_MARK = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+(?:\[[ xX]\][ \t]+)?)+", re.M)
_HEADING = re.compile(r"^#{1,6}[ \t]+(?P<title>.+?)[ \t]*#*[ \t]*$", re.M)
_LINK = re.compile(r"!?\[(?P<text>[^\[\]\n]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:[ \t]+\"[^\"\n]*\")?\)")
_EMPHASIS = re.compile(r"(?P<mark>\*{1,3}|_{2,3}|~~|`+)(?P<text>[^\s*`~](?:[^*`~\n]*[^\s*`~])?)(?P=mark)")


def _from_markdown(raw: str) -> tuple[str, str]:
    """Text and title; only markup that is certain is removed, a lone * or _ stays."""
    front = _FRONT_MATTER.match(raw)
    body = _COMMENT.sub("", raw[front.end() :] if front else raw)
    heading = _HEADING.search(body)
    named = re.search(r"^title:[ \t]*[\"']?(?P<title>[^\"'\n]+)", front["head"], re.M) if front else None
    text = _TABLE_RULE.sub("", _FENCE.sub("", body))
    text = _TABLE_ROW.sub(lambda m: "\t".join(cell.strip() for cell in m["cells"].split("|")), text)
    text = _inline(_LINE_MARK.sub("", text))
    title = heading["title"] if heading else (named["title"] if named else _first_line(text))
    return text, _inline(title).strip()


def _inline(text: str) -> str:
    text = _LINK.sub(lambda m: m["text"], text)
    return _EMPHASIS.sub(lambda m: m["text"], text)


_DROPPED = frozenset({"script", "style", "noscript", "template", "iframe", "svg", "button", "select", "textarea"})
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 head header hr html legend li main nav ol p pre section summary table tbody tfoot thead tr ul "
    "br option title".split()
)
_CELLS = frozenset({"td", "th"})


class _Reader(HTMLParser):
    """Collects the visible text; white space folds as a browser folds it."""

    def __init__(self, dropped: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.title: list[str] = []
        self.hidden: list[str] = []
        self._dropped = dropped
        self._in_title = False
        self._verbatim = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        if tag in self._dropped:
            self.hidden.append(tag)
        elif not self.hidden:
            self._in_title = tag == "title" or self._in_title
            self._verbatim += tag == "pre"
            self._break(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without content, such as <br/>."""
        if not self.hidden and tag not in self._dropped:
            self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close an element; a stray end tag of a hidden one is ignored."""
        if tag in self.hidden:
            while self.hidden.pop() != tag:
                pass
        elif not self.hidden:
            self._in_title = self._in_title and tag != "title"
            self._verbatim = max(0, self._verbatim - (tag == "pre"))
            if tag not in _CELLS:
                self._break(tag)

    def handle_data(self, data: str) -> None:
        """Keep visible text; the title goes apart."""
        if self.hidden:
            return
        kept = data if self._verbatim else re.sub(r"[ \t\r\n\f]+", " ", data)
        (self.title if self._in_title else self.parts).append(kept)

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in _CELLS:
            self.parts.append("\t")


def _from_html(raw: str) -> tuple[str, str, list[str]]:
    """Text, title and notes; an unclosed nav would hide the page, so it is then read with the navigation."""
    reader = _parse(raw, _DROPPED | {"nav"})
    notes = []
    if reader.hidden:
        notes.append(f"网页元素 {reader.hidden[0]} 没有结束标记，已连同其后的文字一并读入")
        reader = _parse(raw, _DROPPED - set(reader.hidden) - {"nav"})
    text = re.sub(r" *\n[ \n]*", "\n", "".join(reader.parts))
    text = re.sub(r"\n\t+", "\n", text).strip(" \n")
    return text, re.sub(r"\s+", " ", "".join(reader.title)).strip(), notes


def _parse(raw: str, dropped: frozenset[str]) -> _Reader:
    reader = _Reader(dropped)
    reader.feed(raw)
    reader.close()
    return reader
