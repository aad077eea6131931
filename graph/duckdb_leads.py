"""Firms of a region that only an inferred hint ties to a product, in the embedded store."""

from __future__ import annotations

from typing import Final

import duckdb
import pyarrow as pa

__all__ = ["leads"]

_LEADS: Final = """
WITH pair AS (
  SELECT a.root, n.number AS product, n.id FROM asked a JOIN maker_node n ON n.name = a.leaf AND n.id LIKE 'Product:%'
), hinted AS (
  SELECT p.root, f.number AS firm, f.id, f.name, e.confidence, replace(CAST(e.fact AS VARCHAR), '-', '') AS fact
  FROM edge e JOIN pair p ON p.id = e.target JOIN maker_node f ON f.id = e.source
  JOIN region_path r ON r.code = f.region AND r.outer_code = $region
  WHERE e.relation = 'MENTIONED_WITH' AND e.modality = 'inferred' AND f.active
  QUALIFY row_number() OVER (PARTITION BY p.root, f.number ORDER BY e.confidence DESC, e.fact) = 1
), left_over AS (
  SELECT * FROM hinted ANTI JOIN (SELECT p.root, m.firm FROM pair p JOIN maker m USING (product)) USING (root, firm)
  ANTI JOIN (SELECT p.root, e.source AS id FROM pair p JOIN edge e ON e.target = p.id
             WHERE e.relation = 'PRODUCES' AND e.modality = 'negated') USING (root, id)
)
SELECT root, count(*) OVER (PARTITION BY root) AS firms, id, name, confidence, fact FROM left_over
QUALIFY row_number() OVER (PARTITION BY root ORDER BY confidence DESC, id) <= $limit
ORDER BY root, confidence DESC, id
"""


def leads(db: duckdb.DuckDBPyConnection, pairs: pa.Table, region: str, limit: int) -> pa.Table:
    """Firms to check for a product; see :meth:`bulian.graph.store.GraphView.leads`."""
    with db.cursor() as own:
        own.register("asked", pairs)
        return own.sql(_LEADS, params={"region": region, "limit": limit}).to_arrow_table()
