"""What an ingest did: per file and sheet what was read, accepted, rejected and why; and the rejects file."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from bulian.graph.errors import BulianError
from bulian.graph.facts import Tally
from bulian.graph.guard import guard_csv
from bulian.graph.writing import whole_file

from .quality import Problem

__all__ = ["REJECT_COLUMNS", "REJECT_TABLE", "REVIEW_SHEET", "FileReport", "IngestReport", "RejectedRow", "write_rejects"]

REJECT_TABLE: Final = "退回表"
REVIEW_SHEET: Final = "review_sheet"
"""Code of the error for a file that is a review sheet, no data."""
REJECT_COLUMNS: Final = (REJECT_TABLE, "退回原因", "退回文件", "退回工作表", "退回行号")


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row kept out, with its cells as written, so that it can be mended and handed in again."""

    table: str
    reason: str
    file: str
    sheet: str
    row: int
    cells: Mapping[str, str]


@dataclass
class FileReport:
    """One file or sheet. ``reasons`` counts rejected rows and dropped cells by code; ``error`` stopped the file.

    ``personal`` are headers about persons, not stored; ``found`` what a title or name said of all rows; ``problems``
    what is dirty in the rows though they were taken.
    """

    path: str
    table: str | None = None
    document: str | None = None
    sheet: str | None = None
    read: int = 0
    accepted: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    unmapped: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unchanged: bool = False
    error: BulianError | None = None
    personal: list[str] = field(default_factory=list)
    found: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The object scripts read."""
        what = {"document": self.document} if self.document is not None else {"table": self.table}
        return {
            "path": self.path,
            "sheet": self.sheet,
            **what,
            "read": self.read,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "reasons": dict(sorted(self.reasons.items())),
            "unmapped": self.unmapped,
            "personal": self.personal,
            "from_title": self.found,
            "notes": self.notes,
            "unchanged": self.unchanged,
            "error": self.error.as_json() if self.error else None,
        }


@dataclass
class IngestReport:
    """A whole ingest.

    ``rejects`` is the path of the rejects file, None when nothing was rejected; ``passed_over`` names files of the
    folders that were not read, and why.
    """

    files: list[FileReport] = field(default_factory=list)
    facts: Tally = field(default_factory=Tally)
    rejects: str | None = None
    dry_run: bool = False
    passed_over: list[tuple[str, str]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 all in; 4 rows rejected or a file among several unreadable; 1 the only file unreadable."""
        failed = [report for report in self.files if report.error]
        if failed and len({report.path for report in self.files}) == 1:
            return failed[0].error.exit_code if failed[0].error else 1
        return 4 if failed or any(report.rejected for report in self.files) else 0

    def pass_over_papers(self, named: Sequence[Path]) -> None:
        """Of a folder, a PDF without a list and a review sheet are passed over; one asked for by name is an error."""
        asked = {path.absolute() for path in named}
        for entry in list(self.files):
            path = Path(entry.path)
            paper = path.suffix.lower() == ".pdf" or (entry.error is not None and entry.error.code == REVIEW_SHEET)
            if entry.error and paper and path.absolute() not in asked and len(self.files) > 1:
                self.files.remove(entry)
                self.passed_over.append((entry.path, f"{entry.error.message}，已略过；{entry.error.hint or ''}"))

    def as_json(self) -> dict[str, Any]:
        """The document scripts read."""
        tally = {"new": self.facts.new, "known": self.facts.known, "gone": self.facts.gone}
        files = [report.as_json() for report in self.files]
        skipped = [{"path": path, "note": note} for path, note in self.passed_over]
        return {
            "files": files, "rejects": self.rejects, "facts": tally, "dry_run": self.dry_run, "passed_over": skipped,
            "quality": self.quality(),
        }  # fmt: skip

    def quality(self) -> dict[str, Any]:
        """The data-quality report: rows by reason over all files, and what is dirty where."""
        reasons: Counter[str] = Counter()
        for report in self.files:
            reasons.update(report.reasons)
        problems = [
            {"path": report.path, "sheet": report.sheet, **asdict(problem)}
            for report in self.files
            for problem in report.problems
        ]
        read = sum(report.read for report in self.files)
        return {"rows": read, "reasons": dict(sorted(reasons.items())), "problems": problems}


def write_rejects(rows: Sequence[RejectedRow], path: Path) -> Path:
    """Write rejected rows as one CSV with reason and place; mended, it can be ingested as it is.

    Raises:
        RenderError: the file cannot be written.
    """
    headers = list(dict.fromkeys(header for row in rows for header in row.cells))
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([*REJECT_COLUMNS, *headers])
        writer.writerows(_lines(rows, headers))
    return path


def _lines(rows: Iterable[RejectedRow], headers: Sequence[str]) -> Iterable[list[str]]:
    for row in rows:
        place = [row.table, row.reason, row.file, row.sheet, str(row.row)]
        yield [str(guard_csv(cell)) for cell in (*place, *(row.cells.get(header, "") for header in headers))]
