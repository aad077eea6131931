"""Work over all facts keeps to a limit of memory, and is done even where the limit does not do."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from bulian.graph.duckdb_memory import thriftily, thrifty


def limit(db: duckdb.DuckDBPyConnection) -> str:
    row = db.execute("SELECT current_setting('memory_limit')").fetchone()
    assert row is not None
    return str(row[0])


def test_the_limit_holds_within_the_block_only(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "a.duckdb")) as db:
        usual = limit(db)
        with thrifty(db):
            assert limit(db) != usual
        assert limit(db) == usual
        with pytest.raises(ZeroDivisionError), thrifty(db):
            raise ZeroDivisionError
        assert limit(db) == usual


def test_without_a_file_there_is_no_limit() -> None:
    with duckdb.connect() as db:
        usual = limit(db)
        with thrifty(db):
            assert limit(db) == usual


def test_what_does_not_fit_is_done_with_the_usual_limit(tmp_path: Path) -> None:
    limits: list[str] = []
    with duckdb.connect(str(tmp_path / "a.duckdb")) as db:
        usual = limit(db)

        def work() -> None:
            limits.append(limit(db))
            if len(limits) == 1:
                raise duckdb.OutOfMemoryException("full")

        thriftily(db, work)
        assert len(limits) == 2
        assert limits[0] != usual
        assert limits[1] == usual == limit(db)
