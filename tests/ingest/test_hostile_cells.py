"""Sheets of anything: no row may be lost between the store and the rejects file, whatever stands in its cells."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bulian.graph.duckdb_store import DuckDBStore, open_duckdb
from bulian.ingest.pipeline import ingest
from bulian.ingest.report import IngestReport
from bulian.ingest.tables import TABLES, Table


@pytest.fixture
def store() -> Iterator[DuckDBStore]:
    opened = open_duckdb(":memory:", write=True)
    yield opened
    opened.close()


@pytest.fixture
def run(store: DuckDBStore, tmp_path: Path) -> Callable[..., IngestReport]:
    return lambda *paths: ingest(store, paths, rejects=tmp_path / "退回" / "退回.csv")


Run = Callable[..., IngestReport]

HOSTILE: list[Any] = [
    None, "", " ", "-", "无", "甲", "乙公司", "生产", "供货", "需要", "必需", "上游", "研究", "35%", "0.5", "35", "1.2.3",
    "2024", "2024-02-30", "=1+1", "=HYPERLINK(\"http://x\")", "@甲", "'甲", "+86", "\"", "a\nb", "x" * 5000, "\t", "\x07",
    "\ufeff", "；", "；；;", "温岭市", "鼓楼区", "火星", "进口", "913310811234567895", "9.1E+17", "是", "可能", "示例",
    "合计", "注：见附件", "<script>", "NULL", "#N/A", "１２", "𠮷野", "e\u0301", "退回表", "产品名称",
]  # fmt: skip
TYPED: list[Any] = [*HOSTILE, 0, -1, 12, 0.35, 1e300, 913310811234567895, True, False]


def _sheet(rng: random.Random, table: Table, rows: int, cells: list[Any]) -> list[list[Any]]:
    """A header in disorder (duplicates, unknown and unnamed columns) over rows of anything, blank ones too."""
    likely = {c.name: list(c.prop.choices) for c in table.all_columns}
    columns = [c for c in table.all_columns if c.required or c.name in table.any_of or rng.random() < 0.6]
    columns = [c for c in columns if c.name != "note"]
    plan = [(rng.choice([c.label, c.name, f"{c.label}（{c.name}）"]), c.name) for c in columns]
    plan += [("备注", "note"), ("序号", ""), ("联系电话", ""), (None, "")]
    rng.shuffle(plan)
    lines: list[list[Any]] = [[header for header, _ in plan]]
    for number in range(rows):
        if rng.random() < 0.03:
            lines.append([None] * len(plan))
            continue
        line = []
        for _, name in plan:
            good = likely.get(name) or [table.example.get(name, "0.5")]
            line.append(
                f"第{number}行" if name == "note" else rng.choice(good) if rng.random() < 0.8 else rng.choice(cells)
            )
        lines.append(line)
    return lines


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_of_100000_hostile_cells_in_two_kinds_of_file_every_row_is_in_the_store_or_in_the_rejects_file(
    store: DuckDBStore, run: Run, tmp_path: Path, kind: str
) -> None:
    """The row numbers of facts and of the rejects file together are the rows that hold anything; none is in both."""
    rng = random.Random(20220517)
    expected: dict[str, set[int]] = {}
    written = 0
    for table in TABLES:
        lines = _sheet(rng, table, 400, HOSTILE if kind == "csv" else TYPED)
        written += sum(map(len, lines))
        expected[table.name] = {n for n, line in enumerate(lines, 1) if n > 1 and any(c is not None for c in line)}
        path = tmp_path / "数据" / f"{table.name}.{kind}"
        path.parent.mkdir(exist_ok=True)
        if kind == "csv":
            with path.open("w", encoding="utf-8", newline="") as out:
                csv.writer(out).writerows([["" if c is None else c for c in line] for line in lines])
        else:
            _save(path, lines)
    assert written > 50_000
    report = run(tmp_path / "数据")
    assert [entry.error for entry in report.files] == [None] * len(TABLES)
    assert {entry.table for entry in report.files} == set(expected)
    assert all(entry.read == entry.accepted + entry.rejected > 0 for entry in report.files)
    kept: dict[str, set[int]] = {name: set() for name in expected}
    for fact in store.facts():
        kept[fact.locator.split(".")[0]].add(int(fact.locator.rsplit("第", 1)[1].removesuffix("行")))
    refused: dict[str, set[int]] = {name: set() for name in expected}
    with (tmp_path / "退回" / "退回.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            assert row["退回原因"]
            refused[row["退回表"]].add(int(row["退回行号"]))
    for entry in report.files:
        name = str(entry.table)
        assert (len(kept[name]), len(refused[name])) == (entry.accepted, entry.rejected)
        assert not kept[name] & refused[name]
        skipped = expected[name] - kept[name] - refused[name]
        assert skipped <= set(sorted(expected[name])[-10:])  # only totals at the foot of a sheet may be left out


def _save(path: Path, lines: list[list[Any]]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in lines:
        sheet.append([openpyxl.utils.escape.escape(c) if isinstance(c, str) and "\x07" in c else c for c in line])
    book.save(path)
