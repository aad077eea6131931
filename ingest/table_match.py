"""Which table a header row belongs to: the one with most of its required headers present wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from .headers import fold_header
from .tables import TABLES, Table, table_named

__all__ = ["Match", "header_score", "match_table"]


@dataclass(frozen=True, slots=True)
class Match:
    """How a header row fits a table: column name to position, what is missing, what is not understood."""

    table: Table
    columns: Mapping[str, int]
    missing: tuple[str, ...]
    unmapped: tuple[str, ...]
    duplicates: tuple[tuple[str, int], ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every required column is there."""
        return not self.missing


@cache
def _spellings(table_name: str) -> dict[str, str]:
    known: dict[str, str] = {}
    for column in table_named(table_name).all_columns:
        for spelling in (column.label, column.name, *column.also):
            known.setdefault(fold_header(spelling), column.name)
    return known


def match_table(header: Sequence[str], overrides: Mapping[str, str] | None = None) -> Match | None:
    """The table a header row belongs to, None when nothing in it is known.

    Args:
        header: the cells as written.
        overrides: header as written → Chinese or English header of ours, from the user's settings.
    """
    ranked = sorted(
        (_match(table, header, overrides or {}) for table in TABLES),
        key=lambda match: (match.complete, _required_present(match), len(match.columns)),
        reverse=True,
    )
    return ranked[0] if ranked[0].columns else None


def _required_present(match: Match) -> int:
    present = sum(column.required and column.name in match.columns for column in match.table.columns)
    return present + any(name in match.columns for name in match.table.any_of)


def _match(table: Table, header: Sequence[str], overrides: Mapping[str, str]) -> Match:
    known = _spellings(table.name)
    columns: dict[str, int] = {}
    unmapped: list[str] = []
    duplicates: list[tuple[str, int]] = []
    for position, cell in enumerate(header):
        name = next((known[form] for form in _forms(overrides.get(cell, cell)) if form in known), None)
        if name is None:
            unmapped.extend([cell] if cell else [])
        elif name in columns:
            duplicates.append((name, position))
        else:
            columns[name] = position
    missing = [column.label for column in table.columns if column.required and column.name not in columns]
    if table.any_of and not any(name in columns for name in table.any_of):
        missing.append(" 或 ".join(table.column(name).label for name in table.any_of))
    return Match(table, columns, tuple(missing), tuple(unmapped), tuple(duplicates))


def _forms(cell: str) -> tuple[str, ...]:
    """A header as a whole, and without a gloss in brackets: 产品名称(product_name), 注册资本(万元)."""
    folded = fold_header(cell)
    bare = folded.split("(", 1)[0]
    return (folded, bare) if bare else (folded,)


def header_score(cells: Sequence[str]) -> float:
    """How much a row looks like the header of one of our tables, 0–1; used to find it below title rows."""
    match = match_table([cell or "" for cell in cells])
    if match is None:
        return 0.0
    filled = sum(bool(cell) for cell in cells)
    share = len(match.columns) / max(filled, 1)
    return share if match.complete else share / 4
