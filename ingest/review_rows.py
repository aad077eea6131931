"""The filled rows of a review sheet: which statement, which verdict, and what is wrong with a row by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pyarrow.compute as pc

from bulian.graph.errors import InputError
from bulian.graph.verdicts import CLAIMS_TO_REVIEW, RELATIONS_TO_REVIEW, Statement, statement_of_key

from .raw_sheet import RawSheet
from .readers import read_tables
from .report import REJECT_TABLE
from .values import parse_date

__all__ = ["COLUMNS", "KEY", "VERDICTS", "Bad", "Row", "is_review", "read_rows"]

KEY: Final = "审核编号"
"""Header of the column that says which statement a row is about."""
COLUMNS: Final = ("判定", "改为", "理由", "审核人", "日期")
"""Headers of the columns a person fills in."""
Word = Literal["确认", "否决", "改为", "撤销"]
VERDICTS: Final[tuple[Word, ...]] = ("确认", "否决", "改为", "撤销")
"""What may stand under 判定."""
_SOUGHT: Final = (KEY, *COLUMNS)


@dataclass(frozen=True, slots=True)
class Row:
    """One filled row; ``cells`` are all of them as written, by header."""

    sheet: str
    row: int
    statement: Statement
    verdict: Word
    target: str
    reason: str
    reviewer: str
    date: str | None
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that cannot be applied: a stable word, and why in words."""

    sheet: str
    row: int
    code: str
    message: str
    cells: Mapping[str, str]


def is_review(header: Sequence[str]) -> bool:
    """Whether these headers are those of a review sheet."""
    return KEY in header and COLUMNS[0] in header


def read_rows(path: Path) -> list[Row | Bad]:
    """Every row of the file, of all its review sheets, in which a person has written something.

    Raises:
        InputError: the file cannot be read, or none of its sheets is a review sheet.
    """
    sheets = [sheet for sheet in read_tables(path, lambda cells: float(is_review(cells))) if is_review(sheet.header)]
    if not sheets:
        hint = f"请用 bulian review export 写出审核表，填好再交；要有“{KEY}”和“{COLUMNS[0]}”两列。"
        raise InputError("这不是审核表", where=str(path), hint=hint, code="header_unknown")
    return [row for sheet in sheets for row in _rows(sheet)]


def _rows(sheet: RawSheet) -> Iterator[Row | Bad]:
    at = {name: place for place, name in reversed(list(enumerate(sheet.header))) if name in _SOUGHT}
    filled = pc.is_valid(sheet.columns[f"c{at[COLUMNS[0]]}"])
    if "改为" in at:
        filled = pc.or_(filled, pc.is_valid(sheet.columns[f"c{at['改为']}"]))
    wrong = {error.row: error.message for error in sheet.errors}
    for line in sheet.columns.filter(filled).to_pylist():
        named = {name: (line[f"c{place}"] or "").strip() for name, place in at.items()}
        cells = {
            name: line[f"c{place}"] or "" for place, name in enumerate(sheet.header)
            if name and not name.startswith("退回") and name != REJECT_TABLE
        }  # fmt: skip
        where = (sheet.sheet, line["row"])
        statement = statement_of_key(named[KEY])
        fault = ("cell_error", wrong[line["row"]]) if line["row"] in wrong else _fault(named, statement)
        if fault is not None or statement is None:
            yield Bad(*where, *(fault or ("unknown_id", "")), cells)
            continue
        date = parse_date(named["日期"]) if named.get("日期") else None
        word = next(word for word in VERDICTS if word == named["判定"])
        target, reason, reviewer = (named.get(name, "") for name in ("改为", "理由", "审核人"))
        yield Row(*where, statement, word, target, reason, reviewer, date, cells)


def _fault(named: Mapping[str, str], statement: Statement | None) -> tuple[str, str] | None:
    """What is wrong with a row by itself: code and message."""
    verdict, target = named["判定"], named.get("改为", "")
    if statement is None or not (statement.is_pair or statement.predicate in (*RELATIONS_TO_REVIEW, *CLAIMS_TO_REVIEW)):
        return "unknown_id", f"“{KEY}”不是审核表里的编号：{named[KEY] or '空'}"
    if verdict not in VERDICTS:
        return "unknown_verdict", f"“判定”只能是 {'、'.join(VERDICTS)}：{verdict or '空'}"
    if verdict == "改为" and not target:
        return "no_target", "判定是“改为”，却没有写改为什么"
    if verdict != "改为" and target:
        return "stray_target", f"写了“改为”的内容，判定却是“{verdict}”"
    if verdict == "改为" and statement.target is None:
        return "no_redirect", "这是一个数值，只能确认或否决；要改数值，请在指标表里另写一行"
    if named.get("日期"):
        try:
            parse_date(named["日期"])
        except ValueError as error:
            return "bad_date", f"日期不对：{error}"
    return None
