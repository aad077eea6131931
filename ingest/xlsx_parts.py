"""Look at the parts of an XLSX package before it is parsed, and for what the parser does not tell.

A package from a stranger may be a bomb: small on disk, huge in memory. And the workbook parser delivers an
error value such as #N/A as an empty cell, which would turn "could not be computed" into "not stated"; so the
cells of type error and the formulas saved without a value are found here.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from bulian.graph.errors import InputError

__all__ = ["MAX_CELLS", "MAX_RATIO", "MAX_UNPACKED", "check_package", "sheet_errors"]

MAX_UNPACKED = 2 << 30
"""Most bytes all parts may have together."""
MAX_RATIO = 200
"""How many times larger than the file the parts may be, once they exceed RATIO_FROM bytes."""
RATIO_FROM = 100 << 20
MAX_CELLS = 50_000_000
"""Most cells (rows × columns) of one sheet: the parser keeps the empty ones between two far cells too."""

_CHUNK = 1 << 20
_OVERLAP = 4096
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_NO_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^>]*/>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_SPACED = re.compile(rb" *= *")
_BLANK = bytes.maketrans(b"\t\r\n", b"   ")
_PLACE = re.compile(rb' r="([A-Z]{2,3}(?=[0-9])|[0-9]{5,}")')  # far columns and far rows; the near ones are no danger
_REL_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_REL_ID = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def check_package(path: Path) -> frozenset[str]:
    """Refuse a package that is a bomb, locked or broken; every part is read through once, whatever its name.

    Returns:
        Names of the parts that may hold error cells or formulas without a value.

    Raises:
        InputError: codes "bomb", "password", "corrupt".
    """
    odd: set[str] = set()
    try:
        with zipfile.ZipFile(path) as package:
            members = package.infolist()
            _check_sizes(path, members)
            for member in members:
                if _check_part(path, package, member):
                    odd.add(member.filename)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise _corrupt(path) from error
    except Exception as error:  # zlib.error and lzma errors share no base
        if isinstance(error, InputError):
            raise
        raise _corrupt(path) from error
    return frozenset(odd)


def _corrupt(path: Path) -> InputError:
    return InputError("工作簿已损坏，无法打开", where=str(path), hint="请用表格软件打开并另存后重试。", code="corrupt")


def _bomb(path: Path, why: str) -> InputError:
    return InputError(
        f"工作簿{why}，为安全起见拒绝读取", where=str(path), hint="请删去多余内容，或拆成几个文件。", code="bomb"
    )


def _check_sizes(path: Path, members: list[zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & 1 for member in members):
        raise InputError("工作簿有密码", where=str(path), hint="请去掉密码另存后重试。", code="password")
    unpacked = sum(member.file_size for member in members)
    packed = max(path.stat().st_size, 1)
    if unpacked > MAX_UNPACKED or (unpacked > RATIO_FROM and unpacked > MAX_RATIO * packed):
        raise _bomb(path, f"解压后有 {unpacked >> 20} MiB")


def _check_part(path: Path, package: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Read one part through, which also proves its size and checksum; True when it has odd cells."""
    odd, rows, columns, rest = False, 9999, 26, b""
    with package.open(member) as part:
        while block := part.read(_CHUNK):
            if not rest and _ENTITY.search(block[:_OVERLAP].replace(b"\0", b"")):
                raise _bomb(path, "含有 XML 实体声明")
            if not rest and member.filename.endswith(".xml") and b"\0" in block[:4]:
                raise _corrupt(path)  # UTF-16, which no spreadsheet writes and the looks below do not see through
            piece = _plain_attributes(rest + block)
            odd = odd or _may_be_odd(piece)
            for place in set(_PLACE.findall(piece)):
                rows = max(rows, int(place[:-1]) if place.endswith(b'"') else 0)
                columns = max(columns, 0 if place.endswith(b'"') else _column_number(place.decode()))
            rest = block[-_OVERLAP:]
    if rows * columns > MAX_CELLS:
        raise _bomb(path, f"有一张表跨 {rows} 行、{columns} 列")
    return odd


def _plain_attributes(xml: bytes) -> bytes:
    """Attributes as ``name="value"``, as all spreadsheets write them; only to look for, not to parse."""
    xml = xml.translate(_BLANK)
    if b"='" in xml or b"= '" in xml:
        xml = xml.replace(b"'", b'"')
    if b" =" in xml or b'= "' in xml:
        xml = _SPACED.sub(b"=", xml)
    return xml


def _may_be_odd(xml: bytes) -> bool:
    """Whether an error cell or a formula without value seems to be here; fast, and never no when it should be yes."""
    if b't="e"' in xml:
        return True
    return (b"<f" in xml or b":f" in xml) and _NO_VALUE.search(xml) is not None


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def sheet_errors(path: Path, odd: frozenset[str]) -> dict[str, dict[tuple[int, int], tuple[str, str]]]:
    """Cells of a workbook that hold an error value, or a formula saved without its value.

    Args:
        path: a package that :func:`check_package` let pass.
        odd: the parts it named.

    Returns:
        Sheet name → (row, column) 0-based → code and message.
    """
    if not odd:
        return {}
    with zipfile.ZipFile(path) as package:
        return {name: _part_errors(package, part) for name, part in _sheet_parts(package) if part in odd}


def _sheet_parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(sheet name, part) in workbook order, by the relations of the workbook part."""
    targets = {
        node.get("Id"): posixpath.normpath(posixpath.join("/xl", node.get("Target", ""))).lstrip("/")
        for node in ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    }
    for node in ElementTree.fromstring(package.read("xl/workbook.xml")).iter():
        if node.tag.rpartition("}")[2] == "sheet":
            part = targets.get(node.get(_REL_ID) or node.get(_STRICT_REL_ID))
            if part:
                yield node.get("name", ""), part


class _CellWatch:
    """Expat handlers that keep the place of every odd cell; cells without an address follow their neighbour."""

    def __init__(self) -> None:
        self.found: dict[tuple[int, int], tuple[str, str]] = {}
        self._row = self._column = -1
        self._kind = self._text = ""
        self._formula = self._value = self._reading = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1
        elif tag == "c":
            letters = attributes.get("r", "").rstrip("0123456789")
            self._column = _column_number(letters) - 1 if letters else self._column + 1
            self._kind, self._text = attributes.get("t", ""), ""
            self._formula = self._value = False
        elif tag == "f":
            self._formula = True
        elif tag in ("v", "is"):
            # An empty text is a value; an empty number is none.
            self._value = self._value or tag == "is" or self._kind == "str"
            self._reading = tag == "v"

    def text(self, data: str) -> None:
        if self._reading:
            self._text += data
            self._value = True

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "v":
            self._reading = False
        elif tag == "c" and self._kind == "e":
            self.found[self._row, self._column] = ("cell_error", f"单元格是错误值 {self._text}")
        elif tag == "c" and self._formula and not self._value:
            self.found[self._row, self._column] = (
                "formula_uncached",
                "公式没有保存计算结果；请用表格软件打开并保存后重试",
            )


def _part_errors(package: zipfile.ZipFile, part: str) -> dict[tuple[int, int], tuple[str, str]]:
    watch = _CellWatch()
    parser = expat.ParserCreate()
    parser.StartElementHandler = watch.start
    parser.CharacterDataHandler = watch.text
    parser.EndElementHandler = watch.end
    with package.open(part) as stream:
        parser.ParseFile(stream)
    return watch.found
