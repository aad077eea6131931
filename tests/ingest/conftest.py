"""A store in memory and a way to read files into it, for the tests of what files say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bulian.graph.duckdb_store import DuckDBStore, open_duckdb
from bulian.ingest.pipeline import ingest

from .registers import Run


@pytest.fixture
def store() -> Iterator[DuckDBStore]:
    opened = open_duckdb(":memory:", write=True)
    yield opened
    opened.close()


@pytest.fixture
def run(store: DuckDBStore, tmp_path: Path) -> Run:
    """Reads files into ``store``; what is rejected goes to ``out/退回.csv`` beside them."""
    return lambda *paths: ingest(store, paths, rejects=tmp_path / "out" / "退回.csv")
