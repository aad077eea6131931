"""How many independent makers of each product each area has, counted in the embedded store."""

from __future__ import annotations

from typing import Final

import duckdb
import pyarrow as pa

from .region_levels import Level, areas_at
from .regions import Regions

__all__ = ["presence"]

# A row that is the only one of its firm, of a firm that is the whole of its group, and of a root without sub-types
# counts as it stands; the rest are merged over the group first. An area that is null is "somewhere wider". Areas and
# roots are numbered in the order of their names, so a million cells are counted and sorted as numbers.
_PRESENCE: Final = """
WITH place AS (
  SELECT r.number AS place, a.number AS area FROM maker_place r JOIN areas a USING (code)
), pair AS (
  SELECT a.root AS name, CAST(dense_rank() OVER (ORDER BY a.root) AS INTEGER) AS root, n.number AS product,
         count(*) OVER (PARTITION BY a.root) = 1 AS lone
  FROM asked a JOIN maker_node n ON n.name = a.leaf AND n.id LIKE 'Product:%'
), made AS (
  SELECT p.root, s.area, m.grouped, p.lone AND m.alone AND m.single AS apart
  FROM pair p JOIN maker m USING (product) JOIN place s USING (place)
  WHERE m.active AND m.confidence >= $confidence
), counted AS (
  SELECT root, area, count(*) AS groups FROM made WHERE apart GROUP BY root, area
  UNION ALL
  SELECT root, area, count(DISTINCT grouped) FROM made WHERE NOT apart GROUP BY root, area
), summed AS (
  SELECT area, root, CAST(sum(groups) AS BIGINT) AS groups FROM counted GROUP BY area, root
)
SELECT a.area AS region, n.name AS root, s.groups
FROM summed s JOIN (SELECT DISTINCT root, name FROM pair) n USING (root)
LEFT JOIN (SELECT DISTINCT number, area FROM areas) a ON a.number = s.area
ORDER BY s.area NULLS LAST, s.root
"""


def presence(
    db: duckdb.DuckDBPyConnection, regions: Regions, pairs: pa.Table, level: Level, confidence: float
) -> pa.Table:
    """Independent makers per area and root; see :meth:`bulian.graph.store.GraphView.presence`."""
    areas = areas_at(regions, level)
    order = {area: number for number, area in enumerate(sorted({area for area in areas.values() if area is not None}))}
    numbers = [None if area is None else order[area] for area in areas.values()]
    table = pa.table({
        "code": pa.array(areas, pa.string()), "area": pa.array(areas.values(), pa.string()),
        "number": pa.array(numbers, pa.int32()),
    })  # fmt: skip
    with db.cursor() as own:
        own.register("areas", table)
        own.register("asked", pairs)
        return own.sql(_PRESENCE, params={"confidence": confidence}).to_arrow_table()
