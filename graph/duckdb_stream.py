"""Rows of the embedded store one after the other, few or those of a whole store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import duckdb

from .duckdb_memory import thrifty

__all__ = ["stream", "stream_all"]

_FETCH: Final = 4096


def stream(db: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """Rows of a query without holding them all; they see the store as it was when the first was asked for."""
    cursor = db.cursor()
    try:
        cursor.execute(sql, list(parameters))
        while rows := cursor.fetchmany(_FETCH):
            yield from rows
    finally:
        cursor.close()


def stream_all(db: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """The same for rows of a whole store in an order: what does not fit into a gigabyte is sorted on disk.

    Where there is no disk to sort on, it is done once more in as much memory as it takes.
    """
    with thrifty(db):
        rows = stream(db, sql, parameters)
        try:
            first = next(rows, None)
        except duckdb.OutOfMemoryException:
            first = None
        else:
            if first is not None:
                yield first
                yield from rows
            return
    yield from stream(db, sql, parameters)
