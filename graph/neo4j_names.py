"""Every name firms and institutes go by, read from a server page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Protocol

import pyarrow as pa

from .neo4j_schema import NODE
from .store import LONGEST_NAME

__all__ = ["NameReads"]

_NAMES: Final = f"""
MATCH (a:BulianAlias)
WHERE a.pair > $last AND (a.id STARTS WITH 'Enterprise:' OR a.id STARTS WITH 'Institute:')
  AND size(a.key) <= {LONGEST_NAME}
MATCH (n:{NODE} {{id: a.id}})
RETURN a.pair, coalesce(n.long_id, n.id), n.name, a.key ORDER BY a.pair LIMIT $limit
"""
_COLUMNS: Final = pa.schema([("id", pa.string()), ("name", pa.string()), ("key", pa.string())])


class Paged(Protocol):
    """What can be read page by page."""

    def pages(self, statement: str, key: int = 0, first: str = "", **parameters: Any) -> Iterator[list[Any]]:
        """Rows of a statement with ``$last`` and ``$limit``."""


class NameReads:
    """The part of the read interface that resolves names; see :class:`bulian.graph.store.GraphView`."""

    def firm_names(self: Paged) -> pa.Table:
        """Every name of every firm and institute: ``id``, ``name``, ``key``, in no order."""
        rows = [row[1:] for row in self.pages(_NAMES)]
        columns = zip(*rows, strict=True) if rows else ((), (), ())
        arrays = [pa.array(column, pa.string()) for column in columns]
        return pa.Table.from_arrays(arrays, schema=_COLUMNS)
