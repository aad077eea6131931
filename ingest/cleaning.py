"""A read sheet into typed columns: which rows are good, which are rejected and why, which cells are dropped.

A bad value that would change a judgement (a role, a share, a year) rejects its row; a bad value that only
describes (a founding date, a credit code) is dropped with a reason and the row stays.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bulian.graph.names import credit_code_errors, normal_forms

from .cleaning_words import (
    BLANKS,
    DESCRIPTIVE,
    EXAMPLE_MARK,
    FOOTER,
    FOOTER_ROWS,
    NAMES,
    NOTHING,
    NOTHING_IN,
    OWN_NAMES,
    TOTAL,
)  # fmt: skip
from .raw_sheet import RawSheet
from .table_match import Match
from .tables import Column
from .units import header_unit, unit_of, with_unit
from .values import forms_of_repeated, parse_column, parser_for

__all__ = ["EXAMPLE_MARK", "Cleaned", "Reject", "clean_sheet"]


@dataclass(frozen=True, slots=True)
class Reject:
    """A row kept out: where it is, a code for counting, and a sentence for the person who mends it."""

    row: int
    code: str
    message: str


@dataclass
class Cleaned:
    """A sheet ready to become facts.

    ``rows`` has a column per matched column (typed), ``<name>_key`` for those that name something, and ``row``;
    only good rows.
    ``read`` counts data rows, ``dropped`` the cells left out by reason.
    """

    rows: pa.Table
    read: int
    rejects: list[Reject] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def reject_where(self, mask: Any, code: str, message: str) -> None:
        """Move the rows of ``rows`` where the mask is true to the rejects."""
        mask = pc.fill_null(mask, False)
        if pc.any(mask).as_py():
            self.rejects += [Reject(row, code, message) for row in self.rows["row"].filter(mask).to_pylist()]
            self.rejects.sort(key=lambda reject: reject.row)
            self.rows = self.rows.filter(pc.invert(mask))


class _Cleaner:
    """Works through the columns of one sheet, collecting reasons by row."""

    def __init__(self, sheet: RawSheet, match: Match) -> None:
        self.match = match
        self.table = _matched_columns(sheet, match)
        self.reasons: dict[int, tuple[str, str]] = {}
        self.left_out: list[tuple[str, list[int]]] = []
        self.notes: list[str] = []
        self.columns: dict[str, Any] = {}
        self.errors = _errors_by_row(sheet, match)
        self.totals = _totals(sheet)

    def skip(self) -> None:
        """Leave out example rows, and footers: a lone cell that reads like 数据来源：…."""
        texts = [name for name in self.table.column_names if name != "row"]
        filled: Any = np.zeros(len(self.table), dtype=np.int32)
        for name in texts:
            filled += pc.is_valid(self.table[name]).to_numpy().astype(np.int32)
        faulty = pa.array(list(self.errors), pa.int32())
        keep = (filled > 0) | pc.is_in(self.table["row"], value_set=faulty).to_numpy()
        if not keep.all():
            self.notes.append(f"{int((~keep).sum())} 行在认得的列里没有内容，已略过")
        if "note" in texts:
            example = pc.fill_null(pc.equal(self.table["note"], EXAMPLE_MARK), False).to_numpy()
            keep &= ~example
        footers: Any = np.zeros(len(self.table), dtype=bool)
        tail = self.table.slice(max(0, len(self.table) - FOOTER_ROWS))
        for name in texts:
            footers[-len(tail) :] |= pc.fill_null(pc.match_substring_regex(tail[name], FOOTER), False).to_numpy()
        footers &= filled == 1
        footers |= self.totals
        if footers.any():
            self.notes.append(f"略过表尾说明 {int(footers.sum())} 行")
        if not (keep & ~footers).all():
            self.table = self.table.filter(pa.array(keep & ~footers))

    def reject(self, mask: Any, code: str, message: str) -> None:
        """Reject the rows where the mask is true; the first reason of a row stands."""
        for row in self.table["row"].filter(mask).to_pylist():
            self.reasons.setdefault(row, (code, message))

    def parse(self, column: Column) -> None:
        """Parse one column by the type of its property."""
        cells = self.table[column.name]
        if column.required:
            self.reject(pc.is_null(cells), "missing_required", f"“{column.label}”为空")
        parser = parser_for(column.prop)
        if parser is None:
            self.columns[column.name] = cells
            return
        values, bad = parse_column(cells, *parser)
        self.columns[column.name] = values
        code = "bad_value" if column.prop.choices else f"bad_{column.prop.type}"
        wrong: Any = pc.and_(pc.is_null(values), pc.is_valid(cells))
        if (self.match.table.name, column.name) in DESCRIPTIVE or column.name == "source_date":
            self.left_out.append((code, self.table["row"].filter(wrong).to_pylist()))
            return
        for row, text in zip(self.table["row"].filter(wrong).to_pylist(), cells.filter(wrong).to_pylist(), strict=True):
            self.reasons.setdefault(row, (code, f"“{column.label}”的值“{text[:40]}”{bad[text]}"))

    def apply_units(self, sheet: RawSheet) -> None:
        """Give bare numbers the unit of their header: 金额(万元), 占比(%)."""
        for name, position in self.match.columns.items():
            unit = header_unit(sheet.header[position], self.match.table.column(name))
            if not unit:
                continue
            cells, unsure = with_unit(self.table[name], unit)
            at = self.table.column_names.index(name)
            self.table = self.table.set_column(at, name, cells)
            message = f"“{name}”的表头带 %，而数值都不大于 1，分不清是百分数还是小数；请把数值写成 35% 这样"
            self.reject(unsure, "bad_share", message.replace(name, self.match.table.column(name).label, 1))

    def fill_unit(self) -> None:
        """The unit of a capacity written in its own cell (1200台/年), where 单位 says none."""
        if "capacity" not in self.columns:
            return
        written, _ = parse_column(self.table["capacity"], unit_of, pa.string())
        given = self.columns.get("unit")
        self.columns["unit"] = written if given is None else pc.coalesce(given, written)

    def check_credit_code(self) -> None:
        """Drop credit codes whose form or check digit is wrong; the row stays."""
        if "credit_code" not in self.columns:
            return
        codes = pc.utf8_upper(pc.utf8_normalize(self.columns["credit_code"], form="NFKC"))
        codes = pc.replace_substring_regex(codes, r"\s", "")
        wrong = pc.fill_null(credit_code_errors(codes), False)
        self.left_out.append(("bad_credit_code", self.table["row"].filter(wrong).to_pylist()))
        self.columns["credit_code"] = pc.if_else(wrong, None, codes)

    def finish(self, read: int) -> Cleaned:
        """Good rows only, with normal forms beside every name."""
        rows = pa.table({**self.columns, "row": self.table["row"]})
        if self.reasons:
            rejected = pa.array(sorted(self.reasons), pa.int32())
            rows = rows.filter(pc.invert(pc.is_in(rows["row"], value_set=rejected)))
        for name in (name for name in self.columns if name in NAMES):
            forms = normal_forms if name in OWN_NAMES else forms_of_repeated
            rows = rows.append_column(f"{name}_key", forms(rows[name]))
        rejects = [Reject(row, *reason) for row, reason in sorted(self.reasons.items())]
        dropped = Counter(code for code, lines in self.left_out for row in lines if row not in self.reasons)
        return Cleaned(rows, read, rejects, dropped, self.notes)


def clean_sheet(sheet: RawSheet, match: Match) -> Cleaned:
    """Type, check and normalise the matched columns of a sheet."""
    cleaner = _Cleaner(sheet, match)
    cleaner.skip()
    read = len(cleaner.table)
    if cleaner.errors:
        present = cleaner.table["row"].to_pylist()
        cleaner.reasons |= {row: cleaner.errors[row] for row in present if row in cleaner.errors}
    cleaner.apply_units(sheet)
    for column in match.table.read_columns:
        if column.name in match.columns or column.name in match.aside:
            cleaner.parse(column)
    cleaner.fill_unit()
    if match.table.any_of:
        empty = [pc.is_null(cleaner.table[name]) for name in match.table.any_of if name in match.columns]
        together: Any = empty[0]
        for other in empty[1:]:
            together = pc.and_(together, other)
        labels = " 和 ".join(f"“{match.table.column(name).label}”" for name in match.table.any_of)
        cleaner.reject(together, "missing_required", f"{labels}不能都为空")
    cleaner.check_credit_code()
    return cleaner.finish(read)


def _errors_by_row(sheet: RawSheet, match: Match) -> dict[int, tuple[str, str]]:
    """What the reader found wrong in whole rows and in matched columns; the first of a row stands."""
    mapped = {sheet.header[position] for position in match.columns.values()}
    found: dict[int, tuple[str, str]] = {}
    for error in sheet.errors:
        if error.column in mapped:
            found.setdefault(error.row, (error.code, f"“{error.column}”：{error.message}"))
        elif error.code.startswith("row_"):
            found.setdefault(error.row, (error.code, error.message))
    return found


def _totals(sheet: RawSheet) -> Any:
    """Mask of the last rows in which some cell, known or not, is just 合计: else its count would be a name."""
    mask: Any = np.zeros(len(sheet.columns), dtype=bool)
    tail = sheet.columns.slice(max(0, len(sheet.columns) - FOOTER_ROWS))
    for name in tail.column_names:
        if name != "row" and len(tail):
            mask[-len(tail) :] |= pc.fill_null(pc.is_in(tail[name], value_set=TOTAL), False).to_numpy()
    return mask


def _matched_columns(sheet: RawSheet, match: Match) -> pa.Table:
    """The matched columns under our names; a dash or similar stands for an empty cell.

    Of a header that stands twice with the same content, one may be filled where the other is not.
    """
    columns: dict[str, Any] = {}
    for name, position in (*match.columns.items(), *match.aside.items(), *match.duplicates):
        cells = sheet.columns[f"c{position}"]
        cells = _without(cells, BLANKS)
        if name in NOTHING_IN:
            cells = _without(cells, NOTHING)
        columns[name] = pc.coalesce(columns[name], cells) if name in columns else cells
    columns["row"] = sheet.columns["row"]
    return pa.table(columns)


def _without(cells: Any, unwanted: pa.Array[Any]) -> Any:
    """Cells that say nothing as null; the column itself, not a copy, where there are none."""
    found = pc.is_in(cells, value_set=unwanted)
    return pc.if_else(found, None, cells) if pc.any(found).as_py() else cells
