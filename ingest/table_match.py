"""Which table a header row belongs to: the one with most of its required headers present wins."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from .headers import fold_header
from .registers import CONTACT_HEADERS
from .tables import RECOGNISED, Table, table_named

__all__ = ["Match", "header_gloss", "header_score", "is_known_header", "match_table"]


# One pair of brackets at the end: a whole line that was not cut into cells is no glossed header.
_GLOSSED = re.compile(r"([^()]+)\(([^()]*)\)\Z")
_ASIDE: Final = frozenset({"place_text", "nominator"})


@dataclass(frozen=True, slots=True)
class Match:
    """How a header row fits a table: column name to position, what is missing, what is not understood.

    ``aside`` are columns looked at only to find the region of a row; they are not stored, so they stay unmapped too.
    """

    table: Table
    columns: Mapping[str, int]
    missing: tuple[str, ...]
    unmapped: tuple[str, ...]
    duplicates: tuple[tuple[str, int], ...] = ()
    aside: Mapping[str, int] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every required column is there."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class _Spelling:
    """What a header stands for: the column, and whether it is the contract's own header or another word for it."""

    column: str
    own: bool


@cache
def _spellings(table_name: str, contacts: bool = True) -> dict[str, _Spelling]:
    known: dict[str, _Spelling] = {}
    for column in table_named(table_name).read_columns:
        if column.name in CONTACT_HEADERS and not contacts:
            continue
        for spelling in (column.label, column.name, *column.also):
            own = spelling in (column.label, column.name)
            known.setdefault(fold_header(spelling), _Spelling(column.name, own))
    return known


def is_known_header(header: str) -> bool:
    """Whether some table has a column of that Chinese or English header."""
    return any(fold_header(header) in _spellings(table.name) for table in RECOGNISED)


def match_table(
    header: Sequence[str],
    overrides: Mapping[str, str] | None = None,
    table: Table | None = None,
    *,
    contacts: bool = False,
) -> Match | None:
    """The table a header row belongs to, None when nothing in it is known.

    Args:
        header: the cells as written.
        overrides: header as written → Chinese or English header of ours, from the user's settings; "" for a column
            that is not to be read.
        table: match against this table only, where it is known which one it is.
        contacts: whether columns that say how to reach a firm are to be kept.
    """
    renamed = {fold_header(written): meant for written, meant in (overrides or {}).items()}
    meant = [renamed.get(fold_header(cell), cell) for cell in header]
    matches = [_match(candidate, header, meant, contacts) for candidate in ((table,) if table else RECOGNISED)]
    best = max(matches, key=lambda match: (match.complete, *_fit(match)))
    if best.complete:
        rival = max(matches, key=_fit)
        best = rival if _says_more(rival, best) else best
    return best if best.columns else None


def _fit(match: Match) -> tuple[int, int]:
    return _required_present(match), len(match.columns)


def _says_more(rival: Match, complete: Match) -> bool:
    """Whether an incomplete table is meant all the same: 产品名称, 流向, 伙伴 is 贸易 without its 金额, not 产品."""
    needed = sum(column.required for column in rival.table.columns) + bool(rival.table.any_of)
    more = _required_present(rival) > _required_present(complete) and len(rival.columns) > len(complete.columns)
    return more and 2 * _required_present(rival) > needed


def _required_present(match: Match) -> int:
    present = sum(column.required and column.name in match.columns for column in match.table.columns)
    return present + any(name in match.columns for name in match.table.any_of)


def _match(table: Table, header: Sequence[str], meant: Sequence[str], contacts: bool) -> Match:
    columns, duplicates = _positions(table, meant, contacts)
    aside = {name: columns.pop(name) for name in _ASIDE & columns.keys()}
    if contacts and "place_text" in aside:
        columns["address"] = aside["place_text"]
    taken = {*columns.values(), *(position for _, position in duplicates)}
    unmapped = tuple(cell for position, cell in enumerate(header) if cell and position not in taken)
    missing = [column.label for column in table.columns if column.required and column.name not in columns]
    if table.any_of and not any(name in columns for name in table.any_of):
        missing.append(" 或 ".join(table.column(name).label for name in table.any_of))
    return Match(table, columns, tuple(missing), unmapped, tuple(d for d in duplicates if d[0] not in _ASIDE), aside)


def _positions(table: Table, meant: Sequence[str], contacts: bool) -> tuple[dict[str, int], list[tuple[str, int]]]:
    """Where each column stands, and where it stands again.

    A header of the contract goes before another word for the same column (企业规模 before 人员规模): the other
    word is then not understood. The same header twice is a duplicate.
    """
    known = _spellings(table.name, contacts)
    columns: dict[str, int] = {}
    chosen: dict[str, tuple[bool, str]] = {}
    duplicates: list[tuple[str, int]] = []
    for position, cell in enumerate(meant):
        form = next((form for form in _forms(cell) if form in known), None)
        if form is None:
            continue
        name, own = known[form].column, known[form].own
        if name not in columns or (own and not chosen[name][0]):
            columns[name], chosen[name] = position, (own, form)
            duplicates = [entry for entry in duplicates if entry[0] != name]
        elif (own and chosen[name][0]) or chosen[name][1] == form:
            duplicates.append((name, position))
    columns |= _weak_positions(table, meant, columns)
    return columns, duplicates


def _weak_positions(table: Table, meant: Sequence[str], columns: Mapping[str, int]) -> dict[str, int]:
    """Columns that only a header of many meanings names, where the rest of the row makes the table plain."""
    if sum(column.name in columns for column in table.columns) < 2:
        return {}
    folded = [fold_header(cell) for cell in meant]
    return {
        column.name: folded.index(form)
        for column in table.columns
        for form in map(fold_header, column.weak)
        if column.name not in columns and form in folded
    }


def _forms(cell: str) -> tuple[str, ...]:
    """A header as a whole, and without a gloss in brackets: 产品名称(product_name), 注册资本(万元)."""
    folded = fold_header(cell)
    glossed = _GLOSSED.match(folded)
    return (folded, glossed[1]) if glossed else (folded,)


def header_gloss(cell: str) -> str:
    """What stands in brackets behind a header, "" when nothing does: 万元 of 注册资本（万元）."""
    glossed = _GLOSSED.match(fold_header(cell))
    return glossed[2] if glossed else ""


def header_score(cells: Sequence[str], overrides: Mapping[str, str] | None = None, table: Table | None = None) -> float:
    """How much a row looks like the header of one of our tables, 0–1; used to find it below title rows."""
    match = match_table([cell or "" for cell in cells], overrides, table)
    if match is None:
        return 0.0
    filled = sum(bool(cell) for cell in cells)
    share = len(match.columns) / max(filled, 1)
    return share if match.complete else share / 4
