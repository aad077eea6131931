"""Verdicts of a review sheet into the store: good rows are applied, bad ones come back with a reason.

A sheet adds to what is decided: a row that is missing or empty takes nothing back. 撤销 does, wherever the verdict
stands; so does forgetting the sheet. A verdict that contradicts one of another sheet is refused, so the order in which
sheets are applied never decides anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from bulian.graph.facts import FACT_SCHEMA, Tally, facts_table
from bulian.graph.store import Store
from bulian.graph.verdicts import digest, judged_by

from .document_facts import reread_documents
from .linking_columns import link_registers
from .report import FileReport, RejectedRow, write_rejects
from .review_judge import Accepted, judge
from .review_rows import Bad, Row, read_rows
from .sources import DataFile, Unreadable, data_files

__all__ = ["ReviewReport", "apply_review"]

_TABLE = "审核"


@dataclass
class ReviewReport:
    """What applying a sheet did: per sheet of the file what was read, accepted and rejected; verdicts by word."""

    files: list[FileReport] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)
    facts: Tally = field(default_factory=Tally)
    rejects: str | None = None

    @property
    def exit_code(self) -> int:
        """0 all applied, 4 some rows were rejected."""
        return 4 if any(report.rejected for report in self.files) else 0

    def as_json(self) -> dict[str, Any]:
        """The document scripts read."""
        tally = {"new": self.facts.new, "known": self.facts.known, "gone": self.facts.gone}
        return {
            "files": [report.as_json() for report in self.files], "rejects": self.rejects,
            "verdicts": dict(sorted(self.verdicts.items())), "facts": tally,
        }  # fmt: skip


def apply_review(store: Store, path: Path, *, rejects: Path | None = None) -> ReviewReport:
    """Apply a filled review sheet.

    Args:
        store: where the statements are.
        path: the workbook, or one of its sheets as CSV.
        rejects: where rejected rows go; beside the working directory with a time in its name by default.

    Raises:
        InputError: the file cannot be read or is no review sheet.
        StoreError: the store refuses; then nothing is applied.
    """
    (file,) = data_files([path], None)
    if isinstance(file, Unreadable):
        raise file.error
    rows = read_rows(path)
    accepted, bad = judge(store, file.uri, [row for row in rows if isinstance(row, Row)])
    bad = sorted([*bad, *(row for row in rows if isinstance(row, Bad))], key=lambda row: (row.sheet, row.row))
    report = ReviewReport(_entries(path, rows, bad), Counter(one.row.verdict for one in accepted))
    if accepted:
        report.facts = _write(store, file, accepted)
        store.derive()
        if link_registers(store) is not None:
            store.derive()
        reread_documents(store)
    if bad:
        target = rejects or Path(f"退回-{datetime.now():%Y%m%d-%H%M%S}.csv")
        lines = [RejectedRow(_TABLE, row.message, str(path), row.sheet, row.row, row.cells) for row in bad]
        report.rejects = str(write_rejects(lines, target))
    return report


def _entries(path: Path, rows: Sequence[Row | Bad], bad: Iterable[Bad]) -> list[FileReport]:
    entries: dict[str, FileReport] = {}
    for row in rows:
        entry = entries.setdefault(row.sheet, FileReport(str(path), _TABLE, sheet=row.sheet or None))
        entry.read += 1
    for one in bad:
        entries[one.sheet].rejected += 1
        entries[one.sheet].reasons[one.code] += 1
    for entry in entries.values():
        entry.accepted = entry.read - entry.rejected
    return list(entries.values()) or [FileReport(str(path), _TABLE, notes=["没有填了判定的行"])]


def _write(store: Store, file: DataFile, accepted: Sequence[Accepted]) -> Tally:
    """This sheet's verdicts beside those it gave before; what is taken back goes from every sheet."""
    undone: dict[str, set[str]] = {}
    for uri, row in (pair for one in accepted for pair in one.undone):
        undone.setdefault(uri, set()).add(row)
    tally = Tally()
    others = [source for source in store.files() if source.uri in undone and source.uri != file.uri]
    for source in others:
        left = _left(store, source.uri, undone[source.uri])
        with store.write(source) as writer:
            writer.add(left)
        tally += writer.tally
    made = facts_table({**fact, "file": file.uri} for one in accepted for fact in one.facts)
    replaced = {digest(one.row.statement.key) for one in accepted if one.facts and not one.repeats}
    kept = _left(store, file.uri, replaced | undone.get(file.uri, set()), set(made["method"].to_pylist()))
    if others and not len(made) + len(kept):
        return tally  # a sheet that only takes back what others say is no source of anything
    with store.write(file.source()) as writer:
        writer.add(pa.concat_tables([made, kept]))
    return tally + writer.tally


def _left(store: Store, uri: str, gone: set[str], said_again: Container[str] = ()) -> pa.Table:
    """What a sheet said, without the verdicts of these rows and without what it now says again."""
    table = pa.concat_tables([FACT_SCHEMA.empty_table(), *store.raw_facts([uri])])
    judged = [(method, judged_by(method)) for method in table["method"].to_pylist()]
    stays = [by is not None and by.row not in gone and method not in said_again for method, by in judged]
    return table.filter(pa.array(stays, pa.bool_()))
