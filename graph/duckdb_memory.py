"""How much memory work over all facts may take in the embedded store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import duckdb

__all__ = ["thriftily", "thrifty"]

_WRITING: Final = "1 GB"
_DERIVING: Final = "2 GB"


@contextmanager
def thrifty(db: duckdb.DuckDBPyConnection, limit: str = _WRITING) -> Iterator[None]:
    """Within the block the database keeps no more than this in memory, and puts the rest aside beside its file.

    Without a limit it would keep whatever it has touched until most of the machine's memory is taken. A database
    without a file keeps its usual limit, for it has no place to put things.
    """
    row = db.execute(
        "SELECT path IS NOT NULL FROM duckdb_databases() WHERE database_name = current_database()"
    ).fetchone()
    if row is None or not row[0]:
        yield
        return
    db.execute(f"SET memory_limit = '{limit}'")
    try:
        yield
    finally:
        db.execute("RESET memory_limit")


def thriftily(db: duckdb.DuckDBPyConnection, work: Callable[[], None]) -> None:
    """Do work over all facts within 2 GB, and where that does not do, once more with the usual limit.

    ``work`` must leave the database as it was when it fails.
    """
    try:
        with thrifty(db, _DERIVING):
            work()
    except duckdb.OutOfMemoryException:
        work()
