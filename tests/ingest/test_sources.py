"""Which files of a folder are read, which are passed over, and that it is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulian.graph.duckdb_store import DuckDBStore, open_duckdb
from bulian.graph.export import write_export
from bulian.ingest.pipeline import ingest
from bulian.queries.targets import find_targets
from bulian.queries.weak_links import find_weak_links
from bulian.viz.papers import write_papers


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = tmp_path / "数据"
    data.mkdir()
    (data / "产品.csv").write_text("产品名称,产业链\n机床,链\n丝杠,链\n", encoding="utf-8")
    return data


def _read(store: DuckDBStore, folder: Path) -> tuple[list[str], dict[str, str]]:
    report = ingest(store, [folder], rejects=folder.parent / "退.csv")
    return [Path(file.path).name for file in report.files], {Path(p).name: note for p, note in report.passed_over}


def test_what_bulian_wrote_is_not_read_as_data(folder: Path, tmp_path: Path) -> None:
    with open_duckdb(str(tmp_path / "s.duckdb"), write=True) as store:
        assert _read(store, folder)[0] == ["产品.csv"]
        write_export(store, "csv", folder / "导出")
        report = find_weak_links(store, "温岭市", "链")
        write_papers(store, report, find_targets(store, "温岭市", "链", report=report), folder)
        (folder / "退回-20260101-000000.csv").write_text("退回表,产品名称\n产品,x\n", encoding="utf-8")
        read, over = _read(store, folder)
        nodes = [node.name for node in store.nodes("Product")]
    ours = {"nodes.csv", "edges.csv", "facts.csv", "退回-20260101-000000.csv"}
    assert ours <= set(over)
    assert any(name.endswith(".html") for name in over)
    assert not set(read) & set(over)
    assert nodes == ["丝杠", "机床"]


def test_rejected_rows_are_read_when_they_are_asked_for(folder: Path, tmp_path: Path) -> None:
    mended = folder / "退回-20260101-000000.csv"
    mended.write_text("退回表,产品名称,产业链\n产品,导轨,链\n", encoding="utf-8")
    with open_duckdb(str(tmp_path / "s.duckdb"), write=True) as store:
        report = ingest(store, [mended])
        assert (report.exit_code, report.files[0].accepted) == (0, 1)


def test_files_that_cannot_be_read_yet_are_named(folder: Path, tmp_path: Path) -> None:
    for name in ("报告.pptx", "纪要.doc"):
        (folder / name).write_bytes(b"%PDF-1.7")
    with open_duckdb(str(tmp_path / "s.duckdb"), write=True) as store:
        read, over = _read(store, folder)
    assert read == ["产品.csv"]
    assert set(over) == {"报告.pptx", "纪要.doc"}
