"""How many makers of each product stay when firms are taken away, counted on the server.

What every region is to the removal goes along as a map; whole products are asked for in portions, so each answer is
a part of the final one and nothing is summed here.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from .modality import CONFIRMED_CYPHER
from .neo4j_chain import Ask
from .neo4j_leaves import Leaves
from .neo4j_schema import NODE, slot
from .region_remaining import Removal, marks_of, unplaced_mark
from .regions import Regions

__all__ = ["remaining"]

_UNPLACED: Final = "-"  # no code of a region
_REMAINING: Final = f"""
UNWIND $asked AS pair
MATCH (n:{NODE} {{id: pair[1]}})<-[e:PRODUCES]-(f:{NODE})
WHERE e.modality IN {CONFIRMED_CYPHER} AND e.confidence >= $confidence AND f.active
WITH DISTINCT pair[0] AS root, f.id AS firm, coalesce(f.group_id, f.id) AS group,
     coalesce($marks[coalesce(f.region, '{_UNPLACED}')], $marks['{_UNPLACED}']) AS mark
WITH root, firm, group, mark[0] AS inside, mark[0] AND NOT mark[1] AND NOT firm IN $firms AS stays, mark[2] AS unsure
RETURN root, count(DISTINCT CASE WHEN inside THEN firm END) AS firms,
       count(DISTINCT CASE WHEN stays THEN firm END) AS firms_left,
       count(DISTINCT CASE WHEN inside THEN group END) AS groups,
       count(DISTINCT CASE WHEN stays THEN group END) AS groups_left,
       count(DISTINCT CASE WHEN stays AND unsure THEN firm END) AS unsure
"""
_COLUMNS: Final = pa.schema([
    ("root", pa.string()), ("firms", pa.int64()), ("firms_left", pa.int64()), ("groups", pa.int64()),
    ("groups_left", pa.int64()), ("unsure", pa.int64()),
])  # fmt: skip


def remaining(
    ask: Ask, leaves: Leaves, regions: Regions, pairs: pa.Table, confidence: float, region: str | None, removal: Removal
) -> pa.Table:
    """Makers before and after a removal per root; see :meth:`bulian.graph.store.GraphView.remaining`."""
    marks = {code: list(mark) for code, mark in marks_of(regions, region, removal).items()}
    marks[_UNPLACED] = list(unplaced_mark(region, removal))
    firms = [slot(firm) for firm in sorted(set(removal.firms))]
    rows = [
        dict(zip(_COLUMNS.names, row, strict=True))
        for portion in leaves.portions(pairs)
        for row in ask(_REMAINING, asked=portion, marks=marks, firms=firms, confidence=confidence)
    ]
    return pa.Table.from_pylist(sorted(rows, key=lambda row: str(row["root"])), schema=_COLUMNS)
