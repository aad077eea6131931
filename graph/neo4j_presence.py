"""How many independent makers of each product each area has, counted on the server.

The area of every region goes along as a map; whole products are asked for in portions, so each answer is a part of
the final one and nothing is summed here.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from .modality import CONFIRMED_CYPHER
from .neo4j_chain import Ask
from .neo4j_leaves import Leaves
from .neo4j_schema import NODE
from .region_levels import Level, areas_at
from .regions import Regions

__all__ = ["presence"]

_WIDER: Final = ""  # of a region known, but wider than an area: Cypher has no way to tell null from missing in a map
_PRESENCE: Final = f"""
UNWIND $asked AS pair
MATCH (n:{NODE} {{id: pair[1]}})<-[e:PRODUCES]-(f:{NODE})
WHERE e.modality IN {CONFIRMED_CYPHER} AND e.confidence >= $confidence AND f.active
WITH DISTINCT pair[0] AS root, $areas[coalesce(f.region, '-')] AS area, coalesce(f.group_id, f.id) AS group
WHERE area IS NOT NULL
RETURN area, root, count(*) AS groups
"""
_COLUMNS: Final = pa.schema([("region", pa.string()), ("root", pa.string()), ("groups", pa.int64())])


def presence(ask: Ask, leaves: Leaves, regions: Regions, pairs: pa.Table, level: Level, confidence: float) -> pa.Table:
    """Independent makers per area and root; see :meth:`bulian.graph.store.GraphView.presence`."""
    areas = {code: area or _WIDER for code, area in areas_at(regions, level).items()}
    rows = [
        {"region": area or None, "root": root, "groups": groups}
        for portion in leaves.portions(pairs)
        for area, root, groups in ask(_PRESENCE, asked=portion, areas=areas, confidence=confidence)
    ]
    rows.sort(key=lambda row: (row["region"] is None, row["region"] or "", row["root"]))
    return pa.Table.from_pylist(rows, schema=_COLUMNS)
