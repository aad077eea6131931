"""How many makers of each product stay when firms are taken away, counted in the embedded store."""

from __future__ import annotations

from typing import Final

import duckdb
import pyarrow as pa

from .region_remaining import Mark, Removal, marks_of, unplaced_mark
from .regions import Regions

__all__ = ["remaining"]

# A row that is the only one of its firm, of a firm that is the whole of its group, and of a root without sub-types
# counts as it stands; of the rest every firm and every group is counted once.
_REMAINING: Final = """
WITH place AS (
  SELECT r.number AS place, m.inside, m.gone, m.unsure FROM maker_place r JOIN marks m USING (code)
), pair AS (
  SELECT a.root AS name, CAST(dense_rank() OVER (ORDER BY a.root) AS INTEGER) AS root, n.number AS product,
         count(*) OVER (PARTITION BY a.root) = 1 AS lone
  FROM asked a JOIN maker_node n ON n.name = a.leaf AND n.id LIKE 'Product:%'
), taken AS (
  SELECT n.number AS firm FROM maker_node n JOIN named USING (id)
), made AS (
  SELECT p.root, m.firm, m.grouped, p.lone AND m.alone AND m.single AS apart,
         coalesce(s.inside, $inside) AS inside,
         coalesce(s.inside, $inside) AND NOT coalesce(s.gone, false) AND t.firm IS NULL AS stays,
         coalesce(s.unsure, $unsure) AS unsure
  FROM pair p JOIN maker m USING (product) LEFT JOIN place s USING (place) LEFT JOIN taken t USING (firm)
  WHERE m.active AND m.confidence >= $confidence
), counted AS (
  SELECT root, count(*) FILTER (inside) AS firms, count(*) FILTER (stays) AS firms_left,
         count(*) FILTER (inside) AS groups, count(*) FILTER (stays) AS groups_left,
         count(*) FILTER (stays AND unsure) AS unsure
  FROM made WHERE apart GROUP BY root
  UNION ALL
  SELECT root, count(DISTINCT firm) FILTER (inside), count(DISTINCT firm) FILTER (stays),
         count(DISTINCT grouped) FILTER (inside), count(DISTINCT grouped) FILTER (stays),
         count(DISTINCT firm) FILTER (stays AND unsure)
  FROM made WHERE NOT apart GROUP BY root
)
SELECT n.name AS root, CAST(sum(firms) AS BIGINT) AS firms, CAST(sum(firms_left) AS BIGINT) AS firms_left,
       CAST(sum(groups) AS BIGINT) AS groups, CAST(sum(groups_left) AS BIGINT) AS groups_left,
       CAST(sum(unsure) AS BIGINT) AS unsure
FROM counted JOIN (SELECT DISTINCT root, name FROM pair) n USING (root)
GROUP BY n.name ORDER BY n.name
"""


def remaining(
    db: duckdb.DuckDBPyConnection,
    regions: Regions,
    pairs: pa.Table,
    confidence: float,
    region: str | None,
    removal: Removal,
) -> pa.Table:
    """Makers before and after a removal per root; see :meth:`bulian.graph.store.GraphView.remaining`."""
    marks = marks_of(regions, region, removal)
    places = {name: [getattr(mark, name) for mark in marks.values()] for name in Mark._fields}
    elsewhere = unplaced_mark(region, removal)
    with db.cursor() as own:  # several questions may be asked side by side
        own.register("marks", pa.table({"code": pa.array(marks, pa.string()), **places}))
        own.register("named", pa.table({"id": pa.array(sorted(set(removal.firms)), pa.string())}))
        own.register("asked", pairs)
        given = {"confidence": confidence, "inside": elsewhere.inside, "unsure": elsewhere.unsure}
        return own.sql(_REMAINING, params=given).to_arrow_table()
