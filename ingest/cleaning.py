"""A read sheet into typed columns: which rows are good, which are rejected and why, which cells are dropped.

A bad value that would change a judgement (a role, a share, a year) rejects its row; a bad value that only
describes (a founding date, a credit code) is dropped with a reason and the row stays.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bulian.graph.names import credit_code_errors, normal_forms

from .raw_sheet import RawSheet
from .table_match import Match
from .tables import Column
from .values import parse_column, parser_for

__all__ = ["Cleaned", "Reject", "clean_sheet"]

_DESCRIPTIVE: Final = {"founded_on", "insured", "source_date", "institute_type"}
_BLANKS: Final = pa.array(["-", "--", "—", "——", "－", "/", "／", "\\N", "NULL", "null", "nan", "NaN"])
_FOOTER: Final = r"^(数据来源|资料来源|来源|注|备注|说明|制表|填表|合计|总计|小计|导出时间|统计时间|打印时间|共\s*\d+)"
_FOOTER_ROWS: Final = 10
EXAMPLE_MARK: Final = "示例"


@dataclass(frozen=True, slots=True)
class Reject:
    """A row kept out: where it is, a code for counting, and a sentence for the person who mends it."""

    row: int
    code: str
    message: str


@dataclass
class Cleaned:
    """A sheet ready to become facts.

    ``rows`` has a column per matched column (typed), ``<name>_key`` for names, and ``row``; only good rows.
    ``read`` counts data rows, ``dropped`` the cells left out by reason.
    """

    rows: pa.Table
    read: int
    rejects: list[Reject] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


class _Cleaner:
    """Works through the columns of one sheet, collecting reasons by row."""

    def __init__(self, sheet: RawSheet, match: Match) -> None:
        self.match = match
        self.table = _matched_columns(sheet, match)
        self.reasons: dict[int, tuple[str, str]] = {}
        self.dropped: Counter[str] = Counter()
        self.notes: list[str] = []
        self.columns: dict[str, Any] = {}

    def skip(self) -> None:
        """Leave out example rows, and footers: a lone cell that reads like 数据来源：…."""
        texts = [name for name in self.table.column_names if name != "row"]
        filled: Any = np.zeros(len(self.table), dtype=np.int32)
        for name in texts:
            filled += pc.is_valid(self.table[name]).to_numpy().astype(np.int32)
        keep = filled > 0
        if "note" in texts:
            keep &= ~pc.fill_null(pc.equal(self.table["note"], EXAMPLE_MARK), False).to_numpy()
        footers: Any = np.zeros(len(self.table), dtype=bool)
        tail = self.table.slice(max(0, len(self.table) - _FOOTER_ROWS))
        for name in texts:
            footers[-len(tail) :] |= pc.fill_null(pc.match_substring_regex(tail[name], _FOOTER), False).to_numpy()
        footers &= filled == 1
        if footers.any():
            self.notes.append(f"略过表尾说明 {int(footers.sum())} 行")
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
        for text, reason in bad.items():
            mask = pc.fill_null(pc.equal(cells, text), False)
            if column.name in _DESCRIPTIVE:
                self.dropped[code] += pc.sum(mask).as_py() or 0
            else:
                self.reject(mask, code, f"“{column.label}”的值“{text[:40]}”{reason}")

    def check_credit_code(self) -> None:
        """Drop credit codes whose form or check digit is wrong; the row stays."""
        if "credit_code" not in self.columns:
            return
        codes = pc.utf8_upper(pc.utf8_normalize(self.columns["credit_code"], form="NFKC"))
        codes = pc.replace_substring_regex(codes, r"\s", "")
        wrong = pc.fill_null(credit_code_errors(codes), False)
        self.dropped["bad_credit_code"] += pc.sum(wrong).as_py() or 0
        self.columns["credit_code"] = pc.if_else(wrong, None, codes)

    def finish(self, read: int) -> Cleaned:
        """Good rows only, with normal forms beside every name."""
        rows = pa.table({**self.columns, "row": self.table["row"]})
        if self.reasons:
            rejected = pa.array(sorted(self.reasons), pa.int32())
            rows = rows.filter(pc.invert(pc.is_in(rows["row"], value_set=rejected)))
        for column in self.match.table.all_columns:
            if column.name in rows.column_names and rows[column.name].type == pa.string():
                rows = rows.append_column(f"{column.name}_key", normal_forms(rows[column.name]))
        rejects = [Reject(row, *reason) for row, reason in sorted(self.reasons.items())]
        return Cleaned(rows, read, rejects, +self.dropped, self.notes)


def clean_sheet(sheet: RawSheet, match: Match) -> Cleaned:
    """Type, check and normalise the matched columns of a sheet."""
    cleaner = _Cleaner(sheet, match)
    cleaner.skip()
    read = len(cleaner.table)
    present = set(cleaner.table["row"].to_pylist()) if sheet.errors else set()
    mapped = {"", *(sheet.header[position] for position in match.columns.values())}
    for error in sheet.errors:
        if error.row in present and error.column in mapped:
            cleaner.reasons.setdefault(error.row, (error.code, error.message))
    for column in match.table.all_columns:
        if column.name in match.columns:
            cleaner.parse(column)
    if match.table.any_of:
        empty = [pc.is_null(cleaner.table[name]) for name in match.table.any_of if name in match.columns]
        together: Any = empty[0]
        for other in empty[1:]:
            together = pc.and_(together, other)
        labels = " 和 ".join(f"“{match.table.column(name).label}”" for name in match.table.any_of)
        cleaner.reject(together, "missing_required", f"{labels}不能都为空")
    cleaner.check_credit_code()
    return cleaner.finish(read)


def _matched_columns(sheet: RawSheet, match: Match) -> pa.Table:
    """The matched columns under our names; a dash or similar stands for an empty cell."""
    columns: dict[str, Any] = {}
    for name, position in match.columns.items():
        cells = sheet.columns[f"c{position}"]
        columns[name] = pc.if_else(pc.is_in(cells, value_set=_BLANKS), None, cells)
    columns["row"] = sheet.columns["row"]
    return pa.table(columns)
