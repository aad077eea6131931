"""One sheet into facts: recognised, cleaned, enriched, mapped; and its rejected rows as they were written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from bulian.graph.errors import InputError
from bulian.graph.regions import Regions
from bulian.graph.store import Writer

from .cleaning import Cleaned, clean_sheet
from .enrich import CHAIN_TABLES
from .mapping import Place, map_facts
from .mapping_config import FileMapping
from .personal import is_personal, personal_headers
from .progress import Steps
from .quality import sheet_problems
from .readers import RawSheet
from .report import REJECT_COLUMNS, REJECT_TABLE, REVIEW_SHEET, FileReport, RejectedRow
from .review_rows import is_review
from .sheet_rows import Found, prepared
from .sources import DataFile
from .table_match import Match, header_score, match_table
from .tables import RECOGNISED, Table
from .units import header_unit, with_unit

__all__ = ["SheetScore", "ingest_sheet", "parts_of", "unrecognised"]

_TAKEN: Final = {
    "honour": "荣誉“{value}”取自{where}：{quote}",
    "region": "行里没有地区，取自{where}：{value}（{quote}）",
}


@dataclass(frozen=True, slots=True)
class SheetScore:
    """How much a row looks like a header, 0–1, by what the user says of the file; a rejects file of ours is certain."""

    said: FileMapping

    @property
    def header_row(self) -> int | None:
        """The row the user says is the header."""
        return self.said.header_row

    def __call__(self, cells: Sequence[str]) -> float:
        """Score one row of trimmed cells."""
        ours = sum(cell in REJECT_COLUMNS for cell in cells)
        return 1.0 if REJECT_TABLE in cells and ours > 1 else header_score(cells, self.said.columns, self.said.table)


def parts_of(sheet: RawSheet, file: DataFile) -> Iterator[tuple[RawSheet, Match | None]]:
    """The sheet with the table it is; a rejects file of ours holds rows of several tables."""
    said, contacts = file.reading, file.config.keep_contacts
    if REJECT_TABLE not in sheet.header:
        known = sheet.header_row > 0
        yield sheet, match_table(sheet.header, said.columns, said.table, contacts=contacts) if known else None
        return
    kinds = sheet.columns[f"c{sheet.header.index(REJECT_TABLE)}"]
    for table in RECOGNISED:
        rows = sheet.columns.filter(pc.fill_null(pc.equal(kinds, table.name), False))
        if len(rows):
            header = _part_header(sheet, rows, table)
            errors = tuple(error for error in sheet.errors if error.row in set(rows["row"].to_pylist()))
            part = RawSheet(sheet.path, sheet.sheet, header, sheet.header_row, rows, sheet.notes, errors)
            yield part, match_table(header, said.columns, table, contacts=contacts)
    known = pc.is_in(kinds, value_set=pa.array([table.name for table in RECOGNISED]))
    if lost := len(kinds) - (pc.sum(known).as_py() or 0):
        raise InputError(
            f"{lost} 行的“{REJECT_TABLE}”不是任何表的名称", where=str(sheet.path), code="reject_table",
            hint=f"请写 {'、'.join(table.name for table in RECOGNISED)} 之一。",
        )  # fmt: skip


def _part_header(sheet: RawSheet, rows: pa.Table, table: Table) -> tuple[str, ...]:
    """The headers of one table's rows: the columns filled there, and those it requires."""
    required = {column.label for column in table.columns if column.required}
    return tuple(
        cell if not cell.startswith("退回") and (cell in required or rows[f"c{at}"].null_count < len(rows)) else ""
        for at, cell in enumerate(sheet.header)
    )


def ingest_sheet(
    writer: Writer,
    file: DataFile,
    sheet: RawSheet,
    match: Match | None,
    chain: str | None,
    regions: Regions,
    rejected: list[RejectedRow],
    steps: Steps,
    codes: Mapping[str, Sequence[str]] | None = None,
) -> FileReport:
    """Write the facts of one sheet; its report, and its rejected rows appended to ``rejected``.

    Raises:
        CodesNeeded: it is a customs table and ``codes``, the HS codes of the products, are not given.
    """
    entry = FileReport(str(file.path), sheet=sheet.sheet or None, notes=list(sheet.notes))
    entry.personal = personal_headers(sheet.header)
    if match is None or not match.complete or _clashing(sheet, match):
        entry.unmapped = [cell for cell in sheet.header if cell]
        entry.notes.append(_why_not(sheet, match))
        return entry
    entry.table = match.table.name
    cleaned = clean_sheet(sheet, match)
    entry.problems = sheet_problems(sheet, match, cleaned)
    cleaned, entry.found = prepared(cleaned, sheet, match, file, regions, chain or file.config.chain, codes)
    facts = map_facts(cleaned, Place(file.uri, sheet.sheet or None, match.table.name))
    writer.add_each(steps.through(facts, len(cleaned.rows)))
    _fill(entry, cleaned, match)
    rejected += _rejected_rows(file, sheet, match, cleaned, chain or file.config.chain, entry.found)
    return entry


def _fill(entry: FileReport, cleaned: Cleaned, match: Match) -> None:
    entry.read, entry.rejected = cleaned.read, len(cleaned.rejects)
    entry.accepted = entry.read - entry.rejected
    entry.reasons.update({code: times for code, times in cleaned.dropped.items() if times})
    entry.reasons.update(reject.code for reject in cleaned.rejects)
    entry.unmapped = [cell for cell in match.unmapped if cell != REJECT_TABLE]
    entry.notes += cleaned.notes
    entry.notes += [_TAKEN[what].format(**how) for what, how in entry.found.items()]
    if entry.personal:
        entry.notes.append(f"个人信息的列不保存：{'、'.join(entry.personal)}")


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


def unrecognised(path: Path, entries: Sequence[FileReport]) -> InputError:
    """The error for a file none of whose sheets is a table of ours, with what was read instead."""
    if any(is_review(entry.unmapped) for entry in entries):
        hint = "请用 bulian review apply 交回判定；它不是数据。"
        return InputError("这是审核表", where=str(path), hint=hint, code=REVIEW_SHEET)
    reasons = "；".join(dict.fromkeys(note for entry in entries for note in entry.notes[-1:])) or "没有内容"
    headers = "、".join(dict.fromkeys(cell for entry in entries for cell in entry.unmapped))
    code = "duplicate_header" if "重复" in reasons else "header_unknown"
    return InputError(
        f"不是认得的表：{reasons}", where=str(path), code=code,
        hint=f"读到的表头：{headers or '无'}。可用 bulian template 生成模板对照。",
    )  # fmt: skip


def _written_out(sheet: RawSheet, match: Match) -> tuple[pa.Table, dict[int, str]]:
    """The cells with the unit of their header, and our header per position; both stand alone in another file."""
    columns = sheet.columns
    labels: dict[int, str] = {}
    for name, position in (*match.columns.items(), *match.duplicates):
        column = match.table.column(name)
        labels[position] = column.label
        if unit := header_unit(sheet.header[position], column):
            cells, unsure = with_unit(columns[f"c{position}"], unit)
            columns = columns.set_column(columns.column_names.index(f"c{position}"), f"c{position}", cells)
            labels[position] += f"({unit})" if pc.any(unsure).as_py() else ""
    return columns, labels


def _rejected_rows(
    file: DataFile, sheet: RawSheet, match: Match, cleaned: Cleaned, chain: str | None, found: Found
) -> list[RejectedRow]:
    if not cleaned.rejects:
        return []
    messages = {reject.row: reject.message for reject in cleaned.rejects}
    columns, labels = _written_out(sheet, match)
    rows = columns.filter(pc.is_in(columns["row"], value_set=pa.array(list(messages), pa.int32())))
    made = []
    for cells in rows.to_pylist():
        named: dict[str, str] = {}
        for position, header in enumerate(sheet.header):
            if position in labels or (header and not header.startswith("退回") and not is_personal(header)):
                label = labels.get(position, header)
                named[label] = named.get(label) or cells[f"c{position}"] or ""
        if chain and match.table.name in CHAIN_TABLES:
            named["产业链"] = named.get("产业链") or chain
        if "honour" in found:  # the title is not there any more when the row comes back
            named["荣誉"] = named.get("荣誉") or found["honour"]["value"]
        place = (str(file.path), sheet.sheet, cells["row"])
        made.append(RejectedRow(match.table.name, messages[cells["row"]], *place, named))
    return made
