"""Every name firms and institutes go by, read from the embedded store as columns."""

from __future__ import annotations

from typing import Final

import duckdb
import pyarrow as pa

from .store import LONGEST_NAME

__all__ = ["NameReads"]

_NAMES: Final = (
    "SELECT n.id, n.name, a.alias_key AS key FROM entity n JOIN alias a USING (id)"
    f" WHERE n.kind IN ('Enterprise', 'Institute') AND length(a.alias_key) <= {LONGEST_NAME}"
)


class NameReads:
    """The part of the read interface that resolves names; see :class:`bulian.graph.store.GraphView`."""

    _db: duckdb.DuckDBPyConnection

    def firm_names(self) -> pa.Table:
        """Every name of every firm and institute: ``id``, ``name``, ``key``, in no order."""
        return self._db.sql(_NAMES).to_arrow_table()
