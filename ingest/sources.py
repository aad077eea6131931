"""Which files an ingest reads, what identifies each, and whether it is a table or a document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import bulian
from bulian.graph.errors import BulianError, InputError
from bulian.graph.facts import Source

from .config import CONFIG_NAME, FolderConfig, SourceConfig, read_config
from .mapping_config import FileMapping
from .readers import RawSheet, read_tables
from .table_match import header_score, match_table

__all__ = ["DataFile", "Unreadable", "data_files", "is_document", "passed_over"]

_DOCUMENT_SUFFIXES: Final = {".txt", ".md", ".markdown", ".html", ".htm", ".docx"}
_SUFFIXES: Final = {".csv", ".tsv", ".gz", ".xlsx", ".xlsm", ".xls", ".et", ".pdf", *_DOCUMENT_SUFFIXES}
_OFFICE_SUFFIXES: Final = {".doc", ".wps", ".pptx", ".ppt", ".ods", ".xlsb"}
_BOM: Final = b"\xef\xbb\xbf"
_EXPORT_HEADS: Final = (_BOM + b"id,kind,name,", _BOM + b"id,relation,source,", _BOM + b"id,subject")


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file to read: where it is, how it is called in the store, what the user says of it."""

    path: Path
    uri: str
    config: FolderConfig
    fingerprint: str
    sha256: str

    @property
    def shown(self) -> str:
        """How reports and messages call it."""
        return str(self.path)

    @property
    def name(self) -> str:
        """Its short name."""
        return self.path.name

    @property
    def is_graph(self) -> bool:
        """Whether it is a graph on a server, not a file."""
        return False

    @property
    def reading(self) -> FileMapping:
        """How ``bulian.toml`` says it is to be read."""
        return self.config.mapping(self.path.name)

    @property
    def said(self) -> SourceConfig:
        """What ``bulian.toml`` says of it."""
        return self.config.source(self.path.name)

    def source(self, title: str | None = None) -> Source:
        """The source it is in the store; ``title`` is its own where the user gives none."""
        name = self.said.title or title or self.path.name
        return Source(self.uri, name, self.said.publisher, self.said.date, self.sha256, self.fingerprint)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file or server that cannot even be opened, and why."""

    path: Path | str
    error: BulianError


def data_files(paths: Sequence[Path], chain: str | None) -> Iterator[DataFile | Unreadable]:
    """Every file to read, each once, those of a folder in name order.

    Raises:
        InputError: the settings beside a file are wrong; then nothing is read, for they concern every file.
    """
    seen: set[Path] = set()
    for path in paths:
        for item, root in _listed(path):
            if isinstance(item, Unreadable):
                yield item
            elif (absolute := item.absolute()) not in seen:
                seen.add(absolute)
                yield _opened(item, root, chain)


def _listed(path: Path) -> Iterator[tuple[Path | Unreadable, Path]]:
    """The files a path stands for, with the folder whose settings hold for them."""
    if path.is_dir():
        found = sorted(item for item in path.rglob("*") if _is_data(item, path))
        if not found:
            hint = "可读：CSV、XLSX、XLS、DOCX、PDF 名单、TXT、MD、HTML。"
            error = InputError("文件夹里没有可读的表或文档", where=str(path), hint=hint, code="empty_folder")
            yield Unreadable(path, error), path
        yield from ((item, path) for item in found)
    elif path.exists():
        yield path, path.parent
    else:
        error = InputError("没有这个文件或文件夹", where=str(path), hint="请检查路径。", code="missing_file")
        yield Unreadable(path, error), path.parent


def _opened(path: Path, root: Path, chain: str | None) -> DataFile | Unreadable:
    try:
        return _file(path, root, chain)
    except OSError:
        hint = "请检查读取权限，以及文件是否被别的程序占用。"
        return Unreadable(path, InputError("文件打不开", where=str(path), hint=hint, code="missing_file"))


def _is_data(path: Path, root: Path) -> bool:
    """Whether a file of a folder is one to read; what it passes over is named in :func:`passed_over`."""
    hidden = any(part.startswith((".", "~$")) for part in path.relative_to(root).parts)
    named = path.is_file() and not hidden and path.suffix.lower() in _SUFFIXES and path.stem.upper() != "README"
    return named and not _is_ours(path)


def _is_ours(path: Path) -> bool:
    """Whether bulian itself wrote the file: an export, a page, rejected rows not yet asked for by name."""
    if path.name.startswith("退回-"):
        return True
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".html"):
        return False
    with path.open("rb") as stream:
        head = stream.read(4096)
    return (suffix == ".csv" and head.startswith(_EXPORT_HEADS)) or b'name="generator" content="bulian' in head


def passed_over(paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Files of the folders that are not read although someone might expect it, and why."""
    for folder in (path for path in paths if path.is_dir()):
        for item in sorted(folder.rglob("*")):
            if item.suffix.lower() in _OFFICE_SUFFIXES and not item.name.startswith(("~$", ".")):
                yield item, "还不能读这种文件，已略过；请另存为 TXT、HTML，表格另存为 XLSX"
            elif item.is_file() and item.suffix.lower() in _SUFFIXES and _is_ours(item):
                yield item, "是补链自己写的文件，已略过；改好的退回文件请单独指明"


def _file(path: Path, root: Path, chain: str | None) -> DataFile:
    folder = path.parent if (path.parent / CONFIG_NAME).is_file() else root
    config = read_config(folder)
    absolute = path.absolute()
    uri = absolute.as_posix()
    if config.uri:
        uri = f"{config.uri}/{absolute.relative_to(folder.absolute()).as_posix()}"
    with path.open("rb") as stream:
        sha = hashlib.file_digest(stream, "sha256").hexdigest()
    decisive = [
        sha, chain or config.chain, bulian.__version__, config.source(path.name), sorted(config.headers.items()),
        str(config.mapping(path.name)), config.keep_contacts, absolute.parent.name,
    ]  # fmt: skip
    fingerprint = hashlib.sha256(json.dumps(decisive, default=str, ensure_ascii=False).encode()).hexdigest()
    return DataFile(path, uri, config, fingerprint, sha)


def is_document(path: Path, headers: Mapping[str, str] | None = None) -> bool:
    """Whether a file is text to read rather than a table; a page or text that holds a known table is a table."""
    suffix = path.suffix.lower()
    if suffix not in _DOCUMENT_SUFFIXES or suffix in (".md", ".markdown"):
        return suffix in _DOCUMENT_SUFFIXES
    try:
        sheets = read_tables(path, lambda cells: header_score(cells, headers))
        return not any(sheet.header_row and _known(sheet, headers) for sheet in sheets)
    except InputError:
        return True


def _known(sheet: RawSheet, headers: Mapping[str, str] | None) -> bool:
    match = match_table(sheet.header, headers)
    return match is not None and match.complete
