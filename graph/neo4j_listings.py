"""Which sources name the makers of a region, counted on a Neo4j server as capture histories.

The sources to show are few, so the set of those that name a group travels as one number, a bit for each. Products are
asked for in portions; all of them together are asked for once more, as there a group counts once. Firms of the region are
found first, along the edges: what is said of all others is never looked at.
"""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa

from .modality import CONFIRMED_CYPHER
from .neo4j_chain import Ask
from .neo4j_leaves import Leaves
from .neo4j_schema import NODE
from .regions import Regions

__all__ = ["listings"]

_NAMED: Final = f"""
UNWIND $asked AS pair
MATCH (n:{NODE} {{id: pair[1]}})<-[:PRODUCES]-(s:{NODE}) WHERE s.active AND $here[coalesce(s.region, '-')]
WITH DISTINCT pair[0] AS root, pair[1] AS leaf, s
MATCH (f:BulianFact {{subject_id: s.id}}) USING INDEX f:BulianFact(subject_id)
WHERE f.object_id = leaf AND f.predicate = 'PRODUCES' AND f.modality IN {CONFIRMED_CYPHER}
  AND f.confidence >= $confidence AND NOT f.method STARTS WITH 'review:'
WITH DISTINCT root, coalesce(s.group_id, s.id) AS group, coalesce(f.source, f.file) AS source
"""
_RANKED: Final = (
    _NAMED
    + "WITH source, count(*) AS groups MATCH (w:BulianSource {number: source}) RETURN toString(source), w.uri, groups"
)
_HISTORIES: Final = (
    _NAMED
    + """
WITH root, group, sum(coalesce($bits[toString(source)], 0)) AS listed,
     sum(CASE WHEN $bits[toString(source)] IS NULL THEN 1 ELSE 0 END) AS others
RETURN root, listed, CASE WHEN others > $most THEN $most ELSE others END AS others, count(*) AS groups
"""
)
_COLUMNS: Final = pa.schema([
    ("root", pa.string()), ("sources", pa.list_(pa.string())), ("others", pa.int64()), ("groups", pa.int64()),
])  # fmt: skip


def listings(
    ask: Ask, leaves: Leaves, regions: Regions, pairs: pa.Table, region: str, confidence: float, limit: int, most: int
) -> pa.Table:
    """Capture histories of the makers of a region; see :meth:`bulian.graph.store.GraphView.listings`."""
    here = {row.code: True for row in regions.rows() if region in regions.ancestors(row.code)}
    given: dict[str, Any] = {"here": here, "confidence": confidence}
    asked = list(leaves.portions(pairs))
    together = [["", leaf] for leaf in sorted({leaf for portion in asked for _, leaf in portion})]
    ranked = sorted(ask(_RANKED, asked=together, **given), key=lambda row: (-row[2], row[1]))[:limit]
    shown = {1 << place: uri for place, (_, uri, _) in enumerate(ranked)}
    given |= {"bits": {number: 1 << place for place, (number, _, _) in enumerate(ranked)}, "most": most}

    def counted(portion: list[list[str]]) -> list[dict[str, Any]]:
        return [
            {"root": root, "sources": sorted(uri for bit, uri in shown.items() if listed & bit),
             "others": others, "groups": groups}
            for root, listed, others, groups in ask(_HISTORIES, asked=portion, **given)
        ]  # fmt: skip

    whole = [{**row, "root": None} for row in counted(together)]
    roots = {root for portion in asked for root, _ in portion}
    own = [{**row, "root": root} for root in roots for row in whole] if len(roots) == 1 else []
    rows = [*whole, *(own or (row for portion in asked for row in counted(portion)))]
    rows.sort(key=lambda row: (row["root"] is not None, row["root"] or "", row["sources"], row["others"]))
    return pa.Table.from_pylist(rows, schema=_COLUMNS)
