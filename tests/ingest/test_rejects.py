"""Rejected rows mended in their one CSV file and handed in again as they are."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from bulian.graph.duckdb_store import DuckDBStore, open_duckdb
from bulian.ingest.pipeline import ingest
from bulian.ingest.report import IngestReport

Write = Callable[..., Path]


@pytest.fixture
def store() -> Iterator[DuckDBStore]:
    opened = open_duckdb(":memory:", write=True)
    yield opened
    opened.close()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def writer(name: str, text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(encoding))
        return path

    return writer


@pytest.fixture
def read(store: DuckDBStore, tmp_path: Path) -> Callable[..., IngestReport]:
    def run(*paths: Path, rejects: str = "退回.csv", chain: str | None = None) -> IngestReport:
        return ingest(store, paths, rejects=tmp_path / "out" / rejects, chain=chain)

    return run


Read = Callable[..., IngestReport]


def rejected(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def rewrite(path: Path, rows: Sequence[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_rejected_rows_of_several_tables_are_mended_and_handed_in_again(
    store: DuckDBStore, write: Write, read: Read, tmp_path: Path
) -> None:
    files = [
        write("a.csv", "供应商,公司名称,产品名称,角色,营收占比(%)\n x,甲,车床,供货,35\nx,乙,铣床,生产,20\n"),
        write("b.csv", "年份,产品名称,流向,伙伴,金额(万元)\n2024,丝杠,转口,=日本,12\n"),
        write("c.csv", "产品,关系,对象,必要性\n车床,需要,丝杠,重要\n,需要,主轴,必需\n"),
        write("d.csv", "院所名称,技术名称\n甲大学,\n"),
    ]
    report = read(*files, chain="机床")
    assert (report.exit_code, report.rejects) == (4, str(tmp_path / "out" / "退回.csv"))
    rows = rejected(tmp_path / "out" / "退回.csv")
    assert [(row["退回表"], row["退回文件"], row["退回行号"]) for row in rows] == [
        ("企业产品", str(files[0]), "2"), ("贸易", str(files[1]), "2"), ("产业链关系", str(files[2]), "2"),
        ("产业链关系", str(files[2]), "3"), ("院所技术", str(files[3]), "2"),
    ]  # fmt: skip
    assert all(row["退回原因"] for row in rows)
    for row in rows:
        row["角色"] = row["角色"].replace("供货", "生产")
        row["流向"] = row["流向"].replace("转口", "进口")
        row["必要性"] = row["必要性"].replace("重要", "必需")
    rows[3]["产品"] = "车床"
    rows[4]["技术名称"] = "主轴技术"
    rewrite(tmp_path / "改好.csv", rows)
    mended = read(tmp_path / "改好.csv")
    assert (mended.exit_code, [(e.table, e.accepted) for e in mended.files]) == (
        0, [("产业链关系", 2), ("企业产品", 1), ("院所技术", 1), ("贸易", 1)],
    )  # fmt: skip
    assert [entry.unmapped for entry in mended.files if entry.table == "企业产品"] == [["供应商"]]
    facts = {f.predicate: f for f in store.facts() if f.locator.startswith("改好.csv")}
    assert facts["PRODUCES"].qualifiers == {"share": 0.35}
    assert (facts["import_value"].number, facts["import_value"].qualifiers["partner"]) == (120_000.0, "=日本")
    assert {(e.source, e.target) for e in store.edges("REQUIRES")} == {
        (e.source, e.target) for e in store.edges("REQUIRES") if e.qualifiers["essentiality"] == "必需"
    }
    assert set(store.chain("机床")) == {"车床", "丝杠", "主轴"}


def test_units_of_a_header_go_with_the_cells(store: DuckDBStore, write: Write, read: Read, tmp_path: Path) -> None:
    """Alone in the rejects file 0.5 under a % would be doubtful; beside 35 it was not."""
    read(write("a.csv", "企业名称,产品名称,角色,营收占比(%)\n甲,车床,生产,35\n乙,车床,供货,0.5\n"))
    rows = rejected(tmp_path / "out" / "退回.csv")
    assert rows[0]["营收占比"] == "0.5%"
    rewrite(tmp_path / "改好.csv", [{**rows[0], "角色": "生产"}])
    assert read(tmp_path / "改好.csv").exit_code == 0
    assert {f.subject: f.qualifiers["share"] for f in store.facts()} == {"甲": 0.35, "乙": 0.005}


def test_unmended_rows_come_back_with_the_same_reasons(write: Write, read: Read, tmp_path: Path) -> None:
    read(write("a.csv", "企业名称,产品名称,角色\n,车床,生产\n"), write("b.csv", "产品名称,环节\n刀塔,中上游\n"))
    again = read(tmp_path / "out" / "退回.csv", rejects="再退回.csv")
    assert [(e.table, e.read, e.rejected, dict(e.reasons)) for e in again.files] == [
        ("产品", 1, 1, {"bad_value": 1}), ("企业产品", 1, 1, {"missing_required": 1}),
    ]  # fmt: skip
    first, second = (rejected(tmp_path / "out" / name) for name in ("退回.csv", "再退回.csv"))
    same = [{"退回表", "退回原因", "企业名称", "产品名称", "角色", "环节"} & set(rows[0]) for rows in (first, second)]
    key = sorted(same[0])
    assert same[0] == same[1]
    assert sorted([row[k] for k in key] for row in first) == sorted([row[k] for k in key] for row in second)


def test_a_rejects_file_whose_table_name_was_changed_is_refused(write: Write, read: Read, store: DuckDBStore) -> None:
    path = write("退回.csv", "退回表,产品名称\n产品,甲\n产品表,乙\n")
    report = read(path)
    assert report.files[0].error is not None
    assert (report.exit_code, report.files[0].error.code) == (1, "reject_table")
    assert store.facts() == []
