"""Whoever watches an ingest sees it move: over files, within a large file, and while links are made."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulian.graph.duckdb_store import DuckDBStore
from bulian.ingest import mapping
from bulian.ingest.pipeline import ingest

from .registers import put


def test_a_large_file_and_its_links_are_seen_to_move(
    store: DuckDBStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapping, "_CHUNK", 20_000)  # a million rows come in some twenty parts
    put(tmp_path / "a.csv", "产品名称,产业链\n车床,机床\n")
    rows = (f"第{n}号机械有限公司,车床,车床制造；车床销售\n" for n in range(20_000))
    put(tmp_path / "b.csv", "企业名称,主营产品,经营范围\n" + "".join(rows))
    told: list[tuple[str, float, float]] = []
    ingest(store, [tmp_path], progress=lambda *what: told.append(what))
    doing, done, total = zip(*told, strict=True)
    assert list(done) == sorted(done)
    assert {*total} == {4}  # two files, names, links
    assert max(done) <= 4
    within = [text for text, at in zip(doing, done, strict=True) if 1 < at < 2]
    assert within
    assert all(text.startswith("b.csv：") and text.endswith(" / 20,000 行") for text in within)
    assert any(text.startswith("挂到产业链 b.csv：") for text in doing)
