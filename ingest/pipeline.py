"""The way from paths to facts in the store: tables as columns, then documents, then resolution.

One file is one source and one transaction. A file that cannot be read stops itself only. Documents come last
because they are read with the names the graph knows; they are kept and read again whenever those change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

import bulian
from bulian.graph.errors import BulianError, InputError
from bulian.graph.facts import Source, facts_table
from bulian.graph.regions import Regions
from bulian.graph.store import Store, Writer

from . import document_facts
from .cleaning import Cleaned, clean_sheet
from .config import CONFIG_NAME, FolderConfig, SourceConfig, read_config
from .enrich import enrich
from .mapping import Place, map_facts
from .readers import RawSheet, read_tables
from .report import REJECT_TABLE, FileReport, IngestReport, RejectedRow, write_rejects
from .table_match import Match, header_score, match_table
from .tables import TABLES

__all__ = ["Progress", "forget", "ingest"]

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many files are done, and how many there are."""

_DOCUMENT_SUFFIXES: Final = {".txt", ".md", ".markdown", ".html", ".htm"}
_SUFFIXES: Final = {".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".et", *_DOCUMENT_SUFFIXES}


@dataclass(frozen=True, slots=True)
class _File:
    """A file to read: where it is, how it is called in the store, what the user says of it."""

    path: Path
    uri: str
    config: FolderConfig
    fingerprint: str
    sha256: str

    @property
    def said(self) -> SourceConfig:
        return self.config.source(self.path.name)

    def source(self, title: str | None = None) -> Source:
        name = self.said.title or title or self.path.name
        return Source(self.uri, name, self.said.publisher, self.said.date, self.sha256, self.fingerprint)


def ingest(
    store: Store,
    paths: Sequence[Path],
    *,
    chain: str | None = None,
    dry_run: bool = False,
    rejects: Path | None = None,
    progress: Progress = lambda doing, done, total: None,
) -> IngestReport:
    """Read files and folders into the store.

    Args:
        store: where the facts go; with ``dry_run`` give a store that may be thrown away.
        paths: files, or folders whose tables and documents are all read.
        chain: the chain of rows that name none.
        dry_run: report only; no rejects file is written.
        rejects: where rejected rows go; beside the working directory with a time in its name by default.
        progress: told what is going on.

    Raises:
        InputError: a path does not exist, or there is nothing readable under it.
    """
    report = IngestReport(dry_run=dry_run)
    kept_out: list[RejectedRow] = []
    known = {source.uri: source for source in store.sources()}
    files = list(_files(paths, chain))
    documents = []
    changed = False
    for done, file in enumerate(files):
        progress(file.path.name, done, len(files))
        old = known.get(file.uri)
        if old is not None and old.fingerprint == file.fingerprint:
            _report_unchanged(store, file, report)
        elif _is_document(file.path):
            documents.append(file)
        else:
            changed |= _ingest_tables(store, file, chain, report, kept_out)
    progress("解析名称、合并关系", len(files), len(files))
    if changed:
        _keep_settings(store, files)
        store.derive()
    document_facts.ingest_documents(store, [(file.path, file.source, file.fingerprint) for file in documents], report)
    if kept_out and not dry_run:
        target = rejects or Path(f"退回-{datetime.now():%Y%m%d-%H%M%S}.csv")
        report.rejects = str(write_rejects(kept_out, target))
    return report


def forget(store: Store, source: str) -> int:
    """Take back what only this source said, and read kept documents again with the names that are left.

    Returns:
        How many facts went.
    """
    gone = store.forget(source)
    store.derive()
    document_facts.reread_documents(store)
    return gone


def _files(paths: Sequence[Path], chain: str | None) -> Iterator[_File]:
    """Every file to read, tables in name order; a folder that holds none is an error."""
    for path in paths:
        if path.is_dir():
            found = sorted(item for item in path.rglob("*") if _is_data(item, path))
            if not found:
                raise InputError(
                    "文件夹里没有可读的表或文档", where=str(path), hint="可读：CSV、XLSX、XLS、TXT、MD、HTML。"
                )
            yield from (_file(item, path, chain) for item in found)
        elif path.exists():
            yield _file(path, path.parent, chain)
        else:
            raise InputError("没有这个文件或文件夹", where=str(path), hint="请检查路径。", code="missing_file")


def _is_data(path: Path, root: Path) -> bool:
    hidden = any(part.startswith((".", "~$")) for part in path.relative_to(root).parts)
    return path.is_file() and not hidden and path.suffix.lower() in _SUFFIXES and path.stem.upper() != "README"


def _file(path: Path, root: Path, chain: str | None) -> _File:
    folder = path.parent if (path.parent / CONFIG_NAME).is_file() else root
    config = read_config(folder)
    absolute = path.absolute()
    uri = absolute.as_posix()
    if config.uri:
        uri = f"{config.uri}/{absolute.relative_to(folder.absolute()).as_posix()}"
    with path.open("rb") as stream:
        sha = hashlib.file_digest(stream, "sha256").hexdigest()
    decisive = [sha, chain or config.chain, bulian.__version__, config.source(path.name), sorted(config.headers.items())]
    fingerprint = hashlib.sha256(json.dumps(decisive, default=str, ensure_ascii=False).encode()).hexdigest()
    return _File(path, uri, config, fingerprint, sha)


def _is_document(path: Path) -> bool:
    """Whether a file is text to read rather than a table; a page or text that holds a known table is a table."""
    suffix = path.suffix.lower()
    if suffix not in _DOCUMENT_SUFFIXES or suffix in (".md", ".markdown"):
        return suffix in _DOCUMENT_SUFFIXES
    try:
        return not any(sheet.header_row and _known(sheet) for sheet in read_tables(path, header_score))
    except InputError:
        return True


def _known(sheet: RawSheet) -> bool:
    match = match_table(sheet.header)
    return match is not None and match.complete


def _report_unchanged(store: Store, file: _File, report: IngestReport) -> None:
    facts = store.facts_of_file(file.uri)
    report.facts += type(report.facts)(0, facts, 0)
    entry = FileReport(str(file.path), unchanged=True, notes=["与上次导入时相同，未重读"])
    if _is_document(file.path):
        entry.document = file.path.name
    report.files.append(entry)


def _ingest_tables(
    store: Store, file: _File, chain: str | None, report: IngestReport, kept_out: list[RejectedRow]
) -> bool:
    """Read every sheet of a file into the store; True when something was written."""
    entries: list[FileReport] = []
    rejected: list[RejectedRow] = []
    try:
        with store.write(file.source()) as writer:
            for sheet in read_tables(file.path, header_score):
                for part, match in _parts(sheet, file):
                    entries.append(_ingest_sheet(writer, file, part, match, chain, store.regions(), rejected))
            if not any(entry.table for entry in entries):
                raise _unrecognised(file.path, entries)
            _add_coverage(writer, file, store.regions())
    except BulianError as error:
        report.files.append(FileReport(str(file.path), error=error))
        return False
    report.files += entries
    report.facts += writer.tally
    kept_out += rejected
    return True


def _parts(sheet: RawSheet, file: _File) -> Iterator[tuple[RawSheet, Match | None]]:
    """The sheet with the table it is; a rejects file of ours holds rows of several tables."""
    if REJECT_TABLE not in sheet.header:
        yield sheet, match_table(sheet.header, file.config.headers) if sheet.header_row else None
        return
    kinds = sheet.columns[f"c{sheet.header.index(REJECT_TABLE)}"]
    for table in TABLES:
        rows = sheet.columns.filter(pc.fill_null(pc.equal(kinds, table.name), False))
        if len(rows):
            filled = [bool(rows[f"c{at}"].null_count < len(rows)) for at in range(len(sheet.header))]
            header = tuple(
                cell if has and not cell.startswith("退回") else ""
                for cell, has in zip(sheet.header, filled, strict=True)
            )
            part = RawSheet(sheet.path, sheet.sheet, header, sheet.header_row, rows, sheet.notes, sheet.errors)
            yield part, match_table(header, file.config.headers)


def _ingest_sheet(
    writer: Writer,
    file: _File,
    sheet: RawSheet,
    match: Match | None,
    chain: str | None,
    regions: Regions,
    rejected: list[RejectedRow],
) -> FileReport:
    entry = FileReport(str(file.path), sheet=sheet.sheet or None, notes=list(sheet.notes))
    if match is None or not match.complete or _clashing(sheet, match):
        entry.unmapped = [cell for cell in sheet.header if cell]
        entry.notes.append(_why_not(sheet, match))
        return entry
    entry.table = match.table.name
    cleaned = clean_sheet(sheet, match)
    enrich(cleaned, match.table.name, regions, chain or file.config.chain)
    for facts in map_facts(cleaned, Place(file.uri, sheet.sheet or None, match.table.name)):
        writer.add(facts)
    _fill(entry, cleaned, match)
    rejected += _rejected_rows(file, sheet, match, cleaned)
    return entry


def _fill(entry: FileReport, cleaned: Cleaned, match: Match) -> None:
    entry.read, entry.accepted, entry.rejected = cleaned.read, len(cleaned.rows), len(cleaned.rejects)
    entry.reasons.update(cleaned.dropped)
    entry.reasons.update(reject.code for reject in cleaned.rejects)
    entry.unmapped = [cell for cell in match.unmapped if cell != REJECT_TABLE]
    entry.notes += cleaned.notes


def _clashing(sheet: RawSheet, match: Match) -> list[str]:
    """Headers that stand twice over columns with different content: which one is meant cannot be known."""
    clashing = []
    for name, position in match.duplicates:
        first, second = (sheet.columns[f"c{at}"] for at in (match.columns[name], position))
        both = pc.and_(pc.is_valid(first), pc.is_valid(second))
        if pc.any(pc.and_(both, pc.fill_null(pc.not_equal(first, second), False))).as_py():
            clashing.append(match.table.column(name).label)
    return clashing


def _why_not(sheet: RawSheet, match: Match | None) -> str:
    if match is None:
        return "表头认不出"
    if not match.complete:
        return f"最像“{match.table.name}”表，但缺少表头：{'、'.join(match.missing)}"
    return f"表头重复且内容不同：{'、'.join(_clashing(sheet, match))}；请只留一列"


def _unrecognised(path: Path, entries: Sequence[FileReport]) -> InputError:
    reasons = "；".join(dict.fromkeys(note for entry in entries for note in entry.notes[-1:])) or "没有内容"
    headers = "、".join(dict.fromkeys(cell for entry in entries for cell in entry.unmapped))
    code = "duplicate_header" if "重复" in reasons else "header_unknown"
    return InputError(
        f"不是认得的表：{reasons}", where=str(path), code=code,
        hint=f"读到的表头：{headers or '无'}。可用 bulian template 生成模板对照。",
    )  # fmt: skip


def _rejected_rows(file: _File, sheet: RawSheet, match: Match, cleaned: Cleaned) -> list[RejectedRow]:
    if not cleaned.rejects:
        return []
    messages = {reject.row: reject.message for reject in cleaned.rejects}
    rows = sheet.columns.filter(pc.is_in(sheet.columns["row"], value_set=pa.array(list(messages), pa.int32())))
    labels = {position: match.table.column(name).label for name, position in match.columns.items()}
    made = []
    for cells in rows.to_pylist():
        named = {
            labels.get(position, header): cells[f"c{position}"] or ""
            for position, header in enumerate(sheet.header)
            if header and not header.startswith("退回")
        }
        place = (str(file.path), sheet.sheet, cells["row"])
        made.append(RejectedRow(match.table.name, messages[cells["row"]], *place, named))
    return made


def _add_coverage(writer: Writer, file: _File, regions: Regions) -> None:
    """What ``bulian.toml`` says the file covers, as searches of a source of that title."""
    rows: list[dict[str, Any]] = []
    for region_name, product, rate, date in file.said.covers:
        region = regions.resolve(region_name)
        keys = {"object_kind": "Product", "object": product, "object_key": _key(product)} if product else {}
        rows.append({
            "subject_kind": "Region", "subject": region.full_name, "subject_key": region.code,
            "predicate": "SEARCHED", **keys, "searched_source": file.source().title, "detection_rate": rate,
            "date": date, "method": "toml:covers", "confidence": 0.9, "modality": "stated", "file": file.uri,
            "quote": f"{CONFIG_NAME}：{file.path.name} 覆盖 {region_name}{product or '所有产品'}，检出率 {rate}",
        })  # fmt: skip
    if rows:
        writer.add(facts_table(rows))


def _key(name: str) -> str:
    from bulian.graph.names import normal_form

    return normal_form(name)


def _keep_settings(store: Store, files: Sequence[_File]) -> None:
    settings: dict[str, Any] = json.loads(store.setting("settings") or "{}")
    for file in files:
        settings.update(file.config.settings)
    if settings:
        store.put_setting("settings", json.dumps(settings, ensure_ascii=False, sort_keys=True))
