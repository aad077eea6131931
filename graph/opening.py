"""Which store a name means: a path is a DuckDB file, an address a Neo4j server. The only place that knows both."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Literal, TypeAlias, overload

if TYPE_CHECKING:
    from .duckdb_store import DuckDBStore
    from .neo4j_view import Neo4jView

__all__ = ["OpenView", "is_server", "open_store", "open_trial"]

OpenView: TypeAlias = "DuckDBStore | Neo4jView"
"""A store open for reading."""


def is_server(store: str) -> bool:
    """Whether a store is given as the address of a server."""
    return "://" in store


@overload
def open_store(store: str) -> OpenView: ...
@overload
def open_store(store: str, *, write: Literal[True]) -> DuckDBStore: ...
@overload
def open_store(store: str, *, write: bool) -> OpenView: ...


def open_store(store: str, *, write: bool = False) -> OpenView:
    """Open a store; with ``write`` it is made if there is none.

    Args:
        store: path of a DuckDB file, or ``neo4j://host:7687``, ``bolt://host:7687/database`` and their ``+s`` forms.
        write: open for writing.

    Raises:
        NotFoundError: there is no store and it is only to be read.
        StoreVersionError: another version of bulian made it.
        StoreUnavailable: it is in use, cannot be reached, or refuses.
        StoreError: the file is no store of bulian.
        UsageError: the address cannot be right.
    """
    if is_server(store):
        from .neo4j_store import open_neo4j

        return open_neo4j(store, write=write)
    from .duckdb_store import open_duckdb

    return open_duckdb(store, write=write)


def open_trial(store: str) -> AbstractContextManager[DuckDBStore]:
    """A copy of a store to write to and throw away: what an ingest would do, without doing it."""
    if is_server(store):
        from .neo4j_store import open_neo4j_trial

        return open_neo4j_trial(store)
    from . import duckdb_store

    return duckdb_store.open_trial(store)
