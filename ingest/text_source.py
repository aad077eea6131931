"""A text file of unknown encoding as a stream of UTF-8, whatever its size.

Order of belief: byte order mark; UTF-16 without one (zero bytes on one side only); strict UTF-8 over the
whole file; UTF-8 with a few damaged bytes; strict GB18030 that reads like Chinese; GB18030 with a few damaged
bytes; at last the guess of charset-normalizer. Almost any bytes are *valid* GB18030, so a damaged UTF-8 file or
a Big5 file would pass as GB18030 and be nonsense: therefore the looks at damage and at plausibility.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import charset_normalizer

from bulian.graph.errors import InputError

__all__ = ["ByteStream", "TextSource", "open_bytes", "open_text"]

MAX_UNPACKED = 8 << 30
"""Most bytes a text may have."""
_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20
_DAMAGE_RATIO = 5  # good wide characters per damaged one: below, it is another encoding, not damage
_ENOUGH = 100_000  # wide characters after which the ratio is settled
_PLAUSIBLE = 0.6  # share of the non-ASCII characters that GB 2312 knows, in Chinese text well above 0.9
_WIDE = re.compile("[\u0800-\ufffc]+")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class TextSource:
    """A text file and how to decode it.

    Attributes:
        path: the file.
        encoding: Python name of the encoding.
        skip: bytes of the byte order mark.
        damaged: some bytes do not decode; they become U+FFFD.
        quotes: a double quote occurs.
        nul: a zero character occurs.
        ends_line: the last character is a line end.
        note: the encoding in words, "" for plain UTF-8.
    """

    path: Path
    encoding: str
    skip: int
    damaged: bool
    quotes: bool
    nul: bool
    ends_line: bool
    note: str

    def chunks(self) -> Iterator[bytes]:
        """The text as UTF-8 pieces without byte order mark; pieces end anywhere."""
        if self.encoding == "utf-8" and not self.damaged:  # it has been decoded once, to see that it can be
            yield from _blocks(self.path, self.skip)
            return
        errors = "replace" if self.damaged else "strict"
        for text in _decoded(self.path, self.encoding, self.skip, errors):
            yield text.encode()

    def lines(self) -> Iterator[str]:
        r"""Physical lines with their line end (``\n``, ``\r`` or ``\r\n``) as it is in the file."""
        stream = io.BufferedReader(ByteStream(self.chunks()))
        return iter(io.TextIOWrapper(stream, encoding="utf-8", newline=""))


class ByteStream(io.RawIOBase):
    """A readable file over pieces of bytes."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """True: this is for reading."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer with what is there next; 0 at the end."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def open_bytes(path: Path) -> BinaryIO:
    """A file for reading; a packed one (gzip, by its first bytes) is unpacked on the way.

    Raises:
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    return cast(BinaryIO, gzip.open(path)) if packed else path.open("rb")


def open_text(path: Path) -> TextSource:
    """Find out how a text file is encoded, looking at the whole of it once or twice.

    Raises:
        InputError: code "empty_file" when there is nothing but blanks, "encoding" when nothing fits.
    """
    with open_bytes(path) as file:
        head = file.read(_CHUNK)
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            found = _profile(path, encoding, len(bom), _encoding_note(encoding, "带 BOM"))
            if found is None and _is_damaged(path, encoding, len(bom)):
                found = _profile(path, encoding, len(bom), _encoding_note(encoding, "有损坏的字节"), damaged=True)
            return found or _refuse(path)
    wide = _utf16_side(head)
    if wide and _reads_like_chinese(head.decode(wide, "replace")):
        if found := _profile(path, wide, 0, _encoding_note(wide, "无 BOM")):
            return found
    return _utf8(path) or _chinese(path, head) or _guess(path, head) or _refuse(path)


def _utf8(path: Path) -> TextSource | None:
    if found := _profile(path, "utf-8", 0, ""):
        return found
    if _is_damaged(path, "utf-8", 0):
        return _profile(path, "utf-8", 0, _encoding_note("utf-8", "有损坏的字节"), damaged=True)
    return None


def _chinese(path: Path, head: bytes) -> TextSource | None:
    if not _reads_like_chinese(head.decode("gb18030", "replace")):
        return None
    if found := _profile(path, "gb18030", 0, _encoding_note("gb18030")):
        return found
    if _is_damaged(path, "gb18030", 0):
        return _profile(path, "gb18030", 0, _encoding_note("gb18030", "有损坏的字节"), damaged=True)
    return None


def _reads_like_chinese(text: str) -> bool:
    """Whether most of the wide characters are everyday Chinese, not the rare ones of a wrong decoding."""
    wide = "".join(c for c in text if c > "\x7f")
    return len(wide.encode("gb2312", "ignore")) >= 2 * _PLAUSIBLE * len(wide)


def _guess(path: Path, head: bytes) -> TextSource | None:
    """The last resort; said to be a guess."""
    best = charset_normalizer.from_bytes(head).best()
    names = [best.encoding] if best else []
    for name in [*names, "gb18030"]:
        if found := _profile(path, name, 0, _encoding_note(name, "推测")):
            return found
    return None


def _refuse(path: Path) -> TextSource:
    raise InputError(
        "文件的文字编码认不出",
        where=str(path),
        hint="请用表格软件另存为“CSV UTF-8”后重试。",
        code="encoding",
    )


def _encoding_note(encoding: str, remark: str = "") -> str:
    if encoding == "utf-8" and remark == "带 BOM":
        return ""
    return f"编码 {encoding.upper()}" + (f"（{remark}）" if remark else "")


def _decoded(path: Path, encoding: str, skip: int, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    for block in _blocks(path, skip):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _blocks(path: Path, skip: int) -> Iterator[bytes]:
    with open_bytes(path) as file:
        file.seek(skip)
        while block := file.read(_CHUNK):
            if file.tell() > MAX_UNPACKED:
                hint = "请拆成几个文件。"
                raise InputError("解压后太大，为安全起见拒绝读取", where=str(path), hint=hint, code="bomb")
            yield block


def _profile(path: Path, encoding: str, skip: int, note: str, *, damaged: bool = False) -> TextSource | None:
    """Decode the whole file once: None when it does not decode."""
    quotes = nul = filled = False
    last = ""
    try:
        for text in _decoded(path, encoding, skip, "replace" if damaged else "strict"):
            quotes = quotes or '"' in text
            nul = nul or "\0" in text
            filled = filled or bool(text.strip("\ufeff \t\r\n\0"))
            last = text[-1:] or last
    except (UnicodeDecodeError, LookupError):
        return None
    if not filled:
        raise InputError("文件是空的", where=str(path), hint="请检查导出是否成功。", code="empty_file")
    return TextSource(path, encoding, skip, damaged, quotes, nul, last in ("\n", "\r"), note)


def _is_damaged(path: Path, encoding: str, skip: int) -> bool:
    """Whether the file is in this encoding but for a few broken bytes."""
    bad = wide = 0
    for text in _decoded(path, encoding, skip, "replace"):
        bad += text.count("\ufffd")
        # From U+0800 on: two-byte sequences of UTF-8 turn up by chance in GB18030 text, three-byte ones hardly.
        wide += sum(map(len, _WIDE.findall(text)))
        if bad + wide > _ENOUGH:
            break
    return wide > _DAMAGE_RATIO * bad


def _utf16_side(head: bytes) -> str:
    """UTF-16 without a mark: zero bytes stand on one side of the pairs only. "" when it is none."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if even + odd < len(head) * 0.01 or min(even, odd) > 0.02 * max(even, odd):
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"
