"""Which edges of the embedded store a person should look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import duckdb
import pyarrow as pa

from .duckdb_names import NameReads

__all__ = ["ReviewReads"]

# An edge that is also confirmed by hand is in no doubt any more, whatever else is said of it.
_DOUBTFUL: Final = """
WITH here AS MATERIALIZED (
  SELECT f.id FROM firm f JOIN region_path p ON p.code = f.region AND p.outer_code = $region
), found AS MATERIALIZED (
  SELECT e.source, e.relation, e.target, e.confidence, least(a.rank, b.rank) AS rank, h.id IS NOT NULL AS local
  FROM edge e LEFT JOIN ranks a ON a.id = e.source LEFT JOIN ranks b ON b.id = e.target
  LEFT JOIN here h ON h.id = e.source
  WHERE e.modality = 'stated' AND e.confidence < $below AND e.relation IN (SELECT unnest($relations))
    AND (NOT $only OR a.rank IS NOT NULL OR b.rank IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM edge m WHERE m.modality = 'manual' AND m.source = e.source
                    AND m.relation = e.relation AND m.target = e.target)
)
"""
_ORDER: Final = "rank NULLS LAST, local DESC, confidence DESC, source, relation, target"


class ReviewReads(NameReads):
    """The part of the read interface for reviews; see :class:`bulian.graph.store.GraphView`."""

    _db: duckdb.DuckDBPyConnection

    def doubtful(
        self, relations: Sequence[str], below: float, ranks: pa.Table, region: str, limit: int, *, only: bool = False
    ) -> tuple[pa.Table, int]:
        """Edges that are not sure; see :meth:`bulian.graph.store.GraphView.doubtful`."""
        asked = {"relations": list(relations), "below": below, "region": region, "only": only}
        with self._db.cursor() as own:
            own.register("ranks", ranks)
            columns = "source, relation, target, confidence, rank, local, count(*) OVER () AS total"
            found = own.sql(
                f"{_DOUBTFUL} SELECT {columns} FROM found ORDER BY {_ORDER} LIMIT $limit",
                params={**asked, "limit": limit},
            ).to_arrow_table()
        total = found["total"][0].as_py() if found.num_rows else 0
        return found.drop_columns(["total"]), int(total)
