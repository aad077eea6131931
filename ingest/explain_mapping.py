"""What would be read as what, and why, without reading it in: ``bulian ingest --explain-mapping``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bulian.graph.errors import BulianError
from bulian.graph.regions import Regions

from .headers import fold_header
from .list_titles import read_titles, region_of_titles, title_texts
from .personal import is_contact, is_personal
from .raw_sheet import RawSheet
from .readers import read_tables
from .sheets import SheetScore, parts_of
from .sources import DataFile, Unreadable, data_files, is_document
from .table_match import Match, header_gloss
from .tables import Column

__all__ = ["ColumnRead", "SheetRead", "explain_files"]

Why = Literal[
    "own", "synonym", "gloss", "user", "weak", "duplicate", "place", "personal", "contact", "unknown", "ignored"
]
"""own: our own header; synonym: another word we know; gloss: without what stands in brackets; user: bulian.toml says so;
weak: a word of many meanings, clear from its neighbours; duplicate: the same column again; place: only to find the
region; personal, contact: not stored; ignored: bulian.toml says it is not to be read; unknown: not understood."""


@dataclass(frozen=True, slots=True)
class ColumnRead:
    """One header as written, the column it is read as (None for none), its unit, and why."""

    header: str
    column: str | None
    label: str | None
    unit: str | None
    why: Why


@dataclass(frozen=True, slots=True)
class SheetRead:
    """One sheet: the table it is taken for (None for none), its header row, what is missing and where titles help.

    ``honour`` and ``region`` are what the title, sheet, file or folder says of all rows, as "value（where：text）";
    they count only for rows that say nothing themselves. ``error`` is why the file cannot be read.
    """

    path: str
    sheet: str | None
    table: str | None
    header_row: int | None
    titles: tuple[str, ...]
    missing: tuple[str, ...]
    columns: tuple[ColumnRead, ...]
    honour: str | None
    region: str | None
    kind: Literal["table", "document", "unknown", "unreadable"]
    error: str | None = None


def explain_files(paths: Sequence[Path], regions: Regions) -> list[SheetRead]:
    """Every sheet of the files and folders, in their order; nothing is written anywhere.

    Raises:
        InputError: the settings beside the files are wrong.
    """
    found: list[SheetRead] = []
    for file in data_files(paths, None):
        if isinstance(file, Unreadable):
            found.append(_unreadable(str(file.path), file.error))
            continue
        try:
            if is_document(file.path, file.reading.columns):
                found.append(SheetRead(str(file.path), None, None, None, (), (), (), None, None, "document"))
                continue
            for sheet in read_tables(file.path, SheetScore(file.reading)):
                found += [_sheet(file, part, match, regions) for part, match in parts_of(sheet, file)]
        except BulianError as error:
            found.append(_unreadable(str(file.path), error))
    return found


def _unreadable(path: str, error: BulianError) -> SheetRead:
    return SheetRead(path, None, None, None, (), (), (), None, None, "unreadable", f"{error.message} {error.hint or ''}")


def _sheet(file: DataFile, sheet: RawSheet, match: Match | None, regions: Regions) -> SheetRead:
    whole = match is not None and match.complete
    texts = title_texts(sheet.titles, sheet.sheet, sheet.path)
    firms = match is not None and match.table.name == "企业"
    title = read_titles(texts) if firms else None
    place = region_of_titles(texts, regions) if firms else None
    return SheetRead(
        str(file.path), sheet.sheet or None, match.table.name if match else None, sheet.header_row or None, sheet.titles,
        match.missing if match else (), tuple(_columns(file, sheet, match)),
        f"{title.honour}（{title.where}：{title.quote}）" if title else None,
        f"{regions.get(place[0]).full_name}（{place[1]}：{place[2]}）" if place else None,
        "table" if whole else "unknown",
    )  # fmt: skip


def _columns(file: DataFile, sheet: RawSheet, match: Match | None) -> list[ColumnRead]:
    by_place: dict[int, tuple[str, bool]] = {}
    if match is not None:
        by_place = {at: (name, False) for name, at in match.aside.items()}
        by_place |= {at: (name, False) for name, at in match.columns.items()}
        by_place |= {at: (name, True) for name, at in match.duplicates}
    renamed = {fold_header(written): meant for written, meant in file.reading.columns.items()}
    read = []
    for at, header in enumerate(sheet.header):
        meant = renamed.get(fold_header(header))
        if match is not None and at in by_place:
            name, again = by_place[at]
            read.append(_known(match.table.column(name), header, meant, again=again, aside=name in match.aside))
        elif header:
            why: Why = "ignored" if meant == "" else "personal" if is_personal(header) else "unknown"
            if why == "unknown" and is_contact(header):
                why = "contact"
            read.append(ColumnRead(header, None, None, None, why))
    return read


def _known(column: Column, header: str, meant: str | None, *, again: bool, aside: bool) -> ColumnRead:
    folded = fold_header(header)
    own = folded in (fold_header(column.label), fold_header(column.name))
    why: Why = "synonym"
    if aside:
        why = "place"
    elif again:
        why = "duplicate"
    elif meant is not None:
        why = "user"
    elif own:
        why = "own"
    elif folded in map(fold_header, column.weak):
        why = "weak"
    elif folded not in map(fold_header, column.also):
        why = "gloss"
    return ColumnRead(header, column.name, column.label, header_gloss(header) or None, why)
