"""The report: the JSON scripts read, exit codes, and the rejects file."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulian.graph.duckdb_store import DuckDBStore, open_duckdb
from bulian.graph.errors import InputError, RenderError
from bulian.graph.facts import Tally
from bulian.ingest.pipeline import ingest
from bulian.ingest.report import REJECT_TABLE, FileReport, IngestReport, RejectedRow, write_rejects

FILE_KEYS = {"path", "read", "accepted", "rejected", "reasons", "unmapped"}


@pytest.fixture
def store() -> Iterator[DuckDBStore]:
    opened = open_duckdb(":memory:", write=True)
    yield opened
    opened.close()


def test_json_has_the_shape_of_the_contract(store: DuckDBStore, tmp_path: Path) -> None:
    table, text = tmp_path / "a.csv", tmp_path / "报道.md"
    table.write_text("企业名称,产品名称,角色,电话\n甲公司,车床,生产,1\n甲公司,车床,供货,2\n乙,丙,,3\n", encoding="utf-8")
    text.write_text("甲公司年产车床一千台。\n", encoding="utf-8")
    report = ingest(store, [tmp_path], rejects=tmp_path / "退回.csv")
    data = json.loads(json.dumps(report.as_json(), ensure_ascii=False))
    assert set(data) >= {"files", "rejects", "facts"}
    assert set(data["facts"]) == {"new", "known", "gone"}
    assert data["rejects"] == str(tmp_path / "退回.csv")
    first, second = data["files"]
    assert set(first) >= FILE_KEYS | {"table"}
    assert "document" not in first
    assert {key: first[key] for key in FILE_KEYS | {"table"}} == {
        "path": str(table), "table": "企业产品", "read": 3, "accepted": 2, "rejected": 1,
        "reasons": {"bad_value": 1}, "unmapped": ["电话"],
    }  # fmt: skip
    assert set(second) >= FILE_KEYS | {"document"}
    assert "table" not in second
    assert second["path"] == str(text)
    assert data["facts"]["new"] == len(store.facts())


def test_an_error_stands_with_its_file(tmp_path: Path) -> None:
    error = InputError("坏了", where="a.csv", hint="修", code="corrupt")
    data = FileReport("a.csv", error=error).as_json()
    assert data["error"] == {"code": "corrupt", "message": "坏了", "where": "a.csv", "hint": "修"}
    assert FileReport("a.csv", table="产品").as_json()["error"] is None


def entry(path: str, *, rejected: int = 0, error: bool = False) -> FileReport:
    return FileReport(path, rejected=rejected, error=InputError("坏了") if error else None)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([], 0),
        ([entry("a")], 0),
        ([entry("a", rejected=1)], 4),
        ([entry("a", error=True)], 1),
        ([entry("a"), entry("b", error=True)], 4),
        ([entry("a", error=True), entry("b", error=True)], 4),
        ([entry("a"), entry("b", rejected=2)], 4),
        ([entry("a"), entry("a")], 0),
    ],
)
def test_exit_codes(files: list[FileReport], code: int) -> None:
    assert IngestReport(files).exit_code == code


def test_a_table_without_rows_is_no_error(store: DuckDBStore, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("企业名称,产品名称\n", encoding="utf-8")
    report = ingest(store, [path], rejects=tmp_path / "退回.csv")
    assert [(e.table, e.read, e.accepted, e.rejected, e.error) for e in report.files] == [("企业产品", 0, 0, 0, None)]
    assert (report.exit_code, report.rejects, (tmp_path / "退回.csv").exists()) == (0, None, False)


CELL = st.text(st.sampled_from(list("甲=+-@'\"\n,;；ａ ＝\t")), max_size=6)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=5))
def test_no_cell_of_a_rejects_file_runs_in_a_spreadsheet_and_none_is_lost(
    tmp_path: Path, cells: list[tuple[str, str]]
) -> None:
    rows = [
        RejectedRow("产品", f"理由{n}", "a.csv", "", n, {"产品名称": a, "备注": b}) for n, (a, b) in enumerate(cells, 2)
    ]
    with write_rejects(rows, tmp_path / "退回.csv").open(encoding="utf-8-sig", newline="") as file:
        back = list(csv.reader(file))
    assert back[0] == [REJECT_TABLE, "退回原因", "退回文件", "退回工作表", "退回行号", "产品名称", "备注"]
    for row, (name, note) in zip(back[1:], cells, strict=True):
        for cell, given_cell in ((row[5], name), (row[6], note)):
            assert cell.lstrip(" \n")[:1] not in {*"=+-@＝\t"} or not cell.strip()
            assert given_cell == (cell if cell == given_cell else cell.removeprefix("'"))


def test_headers_of_several_tables_stand_side_by_side(tmp_path: Path) -> None:
    rows = [
        RejectedRow("产品", "一", "a.xlsx", "表1", 3, {"产品名称": "甲", "环节": "中上游"}),
        RejectedRow("技术", "二", "b.csv", "", 2, {"技术名称": "", "支撑产品": "甲"}),
    ]
    with write_rejects(rows, tmp_path / "退回.csv").open(encoding="utf-8-sig", newline="") as file:
        back = list(csv.DictReader(file))
    assert [list(row.values()) for row in back] == [
        ["产品", "一", "a.xlsx", "表1", "3", "甲", "中上游", "", ""], ["技术", "二", "b.csv", "", "2", "", "", "", "甲"],
    ]  # fmt: skip


def test_a_rejects_file_that_cannot_be_written_is_a_render_error(tmp_path: Path) -> None:
    (tmp_path / "文件").write_text("x", encoding="utf-8")
    with pytest.raises(RenderError):
        write_rejects([RejectedRow("产品", "一", "a", "", 2, {})], tmp_path / "文件" / "退回.csv")


@given(st.lists(st.tuples(*[st.integers(0, 9)] * 3)))
def test_tallies_add_up(parts: list[tuple[int, int, int]]) -> None:
    total = sum((Tally(*part) for part in parts), Tally())
    assert (total.new, total.known, total.gone) == tuple(sum(part[at] for part in parts) for at in range(3))


def test_reasons_are_in_a_stable_order() -> None:
    reasons = Counter({"b": 1, "a": 2})
    assert list(FileReport("x", table="产品", reasons=reasons).as_json()["reasons"]) == ["a", "b"]
