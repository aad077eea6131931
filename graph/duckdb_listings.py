"""Which sources name the makers of a region, counted in the embedded store as capture histories."""

from __future__ import annotations

from typing import Final

import duckdb
import pyarrow as pa

__all__ = ["listings"]

# The root that is null stands for every product asked for together: there a group counts once. The history of a group
# is the set of sources that name it; sources that are not shown are only counted, so that rows stay few.
from .modality import CONFIRMED_SQL

_LISTINGS: Final = f"""
WITH leaf AS (
  SELECT DISTINCT a.root, m.kind, m.key FROM asked a
  JOIN entity n ON n.name = a.leaf AND n.id LIKE 'Product:%' JOIN mention_entity m USING (id)
), here AS (
  SELECT m.kind, m.key, f.group_id FROM firm f JOIN region_path p ON p.code = f.region AND p.outer_code = $region
  JOIN mention_entity m USING (id) WHERE f.active
), named AS MATERIALIZED (
  SELECT DISTINCT l.root, h.group_id, coalesce(f.source, f.file) AS source
  FROM fact f JOIN leaf l ON l.kind = f.object_kind AND l.key = f.object_key
  JOIN here h ON h.kind = f.subject_kind AND h.key = f.subject_key
  WHERE f.predicate = 'PRODUCES' AND f.modality IN {CONFIRMED_SQL} AND f.confidence >= $confidence
    AND NOT starts_with(f.method, 'review:')  -- a person's verdict is no list of makers
), listed AS MATERIALIZED (
  SELECT DISTINCT CAST(NULL AS VARCHAR) AS root, group_id, source FROM named UNION ALL SELECT * FROM named
), shown AS (
  SELECT source AS known FROM listed WHERE root IS NULL GROUP BY source ORDER BY count(*) DESC, source LIMIT $limit
), history AS (
  SELECT root, group_id, coalesce(list(known ORDER BY known) FILTER (known IS NOT NULL), []) AS sources,
         least(count(*) FILTER (known IS NULL), $most) AS others
  FROM listed LEFT JOIN shown ON known = source GROUP BY root, group_id
)
SELECT root, sources, CAST(others AS BIGINT) AS others, CAST(count(*) AS BIGINT) AS groups
FROM history GROUP BY ALL ORDER BY root NULLS FIRST, sources, others
"""


def listings(
    db: duckdb.DuckDBPyConnection, pairs: pa.Table, region: str, confidence: float, limit: int, most: int
) -> pa.Table:
    """Capture histories of the makers of a region; see :meth:`bulian.graph.store.GraphView.listings`."""
    asked = {"region": region, "confidence": confidence, "limit": limit, "most": most}
    with db.cursor() as own:
        own.register("asked", pairs)
        return own.sql(_LISTINGS, params=asked).to_arrow_table()
