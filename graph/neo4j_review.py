"""Which edges on a Neo4j server a person should look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

import pyarrow as pa

from .kinds import SCHEMA
from .neo4j_names import NameReads, Paged
from .neo4j_schema import slot
from .regions import Regions

__all__ = ["ReviewReads"]

# A type cannot be a parameter; the names are declared ones.
_FOUND: Final = """
MATCH (a)-[e:{types}]->(b) WHERE e.modality = 'stated' AND e.confidence < $below
WITH a, e, b, [r IN [$rank[a.id], $rank[b.id]] WHERE r IS NOT NULL] AS ranks
WHERE NOT $only OR size(ranks) > 0
WITH a, e, b, reduce(low = null, r IN ranks | CASE WHEN low IS NULL OR r < low THEN r ELSE low END) AS rank
WHERE NOT EXISTS {{ MATCH (a)-[m]->(b) WHERE type(m) = type(e) AND m.modality = 'manual' }}
"""
_ROWS: Final = """
WITH coalesce(a.long_id, a.id) AS source, type(e) AS relation, coalesce(b.long_id, b.id) AS target,
     e.confidence AS confidence, rank, coalesce($here[coalesce(a.region, '-')], false) AS local
RETURN source, relation, target, confidence, rank, local
ORDER BY rank IS NULL, rank, local DESC, confidence DESC, source, relation, target LIMIT $limit
"""
_COLUMNS: Final = pa.schema([
    ("source", pa.string()), ("relation", pa.string()), ("target", pa.string()), ("confidence", pa.float64()),
    ("rank", pa.int64()), ("local", pa.bool_()),
])  # fmt: skip


class Asked(Paged, Protocol):
    """What is asked for rows, and knows the regions."""

    def rows(self, statement: str, **parameters: Any) -> list[list[Any]]:
        """The rows of the statement."""

    def regions(self) -> Regions:
        """The region tree."""


class ReviewReads(NameReads):
    """The part of the read interface for reviews; see :class:`bulian.graph.store.GraphView`."""

    def doubtful(
        self: Asked,
        relations: Sequence[str],
        below: float,
        ranks: pa.Table,
        region: str,
        limit: int,
        *,
        only: bool = False,
    ) -> tuple[pa.Table, int]:
        """Edges that are not sure; see :meth:`bulian.graph.store.GraphView.doubtful`."""
        tree = self.regions()
        pairs = zip(ranks["id"].to_pylist(), ranks["rank"].to_pylist(), strict=True)
        asked = {
            "below": below, "only": only, "rank": {slot(node): rank for node, rank in pairs},
            "here": {row.code: True for row in tree.rows() if region in tree.ancestors(row.code)},
        }  # fmt: skip
        found = _FOUND.format(types="|".join(SCHEMA.relation(name).name for name in relations))
        rows = self.rows(f"{found}{_ROWS}", limit=limit, **asked)
        total = self.rows(f"{found} RETURN count(*)", **asked)[0][0] if rows else 0
        columns = list(zip(*rows, strict=True)) or [()] * len(_COLUMNS)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, _COLUMNS, strict=True)]
        return pa.Table.from_arrays(arrays, schema=_COLUMNS), int(total)
