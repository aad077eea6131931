"""Planted tables through the real pipeline into a real store."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bulian.graph.duckdb_store import open_duckdb
from bulian.graph.store import Store
from bulian.ingest.pipeline import ingest

from .planted import Tables, write


@contextmanager
def stored(tables: Tables, folder: Path, seed: int = 0) -> Iterator[Store]:
    """A DuckDB file with everything the tables say; every row must be accepted."""
    store = open_duckdb(str(folder / "graph.duckdb"), write=True)
    try:
        report = ingest(store, write(tables, folder / "tables", random.Random(seed)))
        assert not report.rejects
        assert sum(file.accepted for file in report.files) == sum(map(len, tables.rows.values()))
        assert not any(file.error for file in report.files)
        yield store
    finally:
        store.close()
