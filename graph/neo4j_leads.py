"""Firms of a region that only an inferred hint ties to a product, on a Neo4j server."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from .modality import CONFIRMED_CYPHER
from .neo4j_chain import Ask
from .neo4j_facts import lowered_all
from .neo4j_schema import NODE, slot
from .regions import Regions

__all__ = ["leads"]

_PORTION: Final = 2_000  # roots
_LEADS: Final = f"""
UNWIND $asked AS pair
UNWIND pair[1] AS leaf
MATCH (n:{NODE} {{lowered: leaf[1]}}) WHERE n.name = leaf[0] AND n:Product
MATCH (n)<-[e:MENTIONED_WITH]-(f:{NODE})
WHERE e.modality = 'inferred' AND f.active AND $here[coalesce(f.region, '-')]
  AND NOT EXISTS {{ MATCH (f)-[m:PRODUCES]->(p:{NODE})
                    WHERE m.modality IN {CONFIRMED_CYPHER} + ['negated'] AND p:Product AND p.name IN pair[2] }}
WITH pair[0] AS root, f, e ORDER BY e.confidence DESC, e.fact
WITH root, f, collect(e)[0] AS e ORDER BY e.confidence DESC, coalesce(f.long_id, f.id)
WITH root, count(*) AS firms, collect([coalesce(f.long_id, f.id), f.name, e.confidence, e.fact])[..$limit] AS shown
UNWIND shown AS one
RETURN root, firms, one[0], one[1], one[2], one[3]
"""
_COLUMNS: Final = pa.schema([
    ("root", pa.string()), ("firms", pa.int64()), ("id", pa.string()), ("name", pa.string()),
    ("confidence", pa.float64()), ("fact", pa.string()),
])  # fmt: skip


def leads(ask: Ask, regions: Regions, pairs: pa.Table, region: str, limit: int) -> pa.Table:
    """Firms to check for a product; see :meth:`bulian.graph.store.GraphView.leads`."""
    here = {row.code: True for row in regions.rows() if region in regions.ancestors(row.code)}
    leaves: dict[str, list[str]] = {}
    for row in pairs.to_pylist():
        leaves.setdefault(row["root"], []).append(row["leaf"])
    names = sorted({leaf for own in leaves.values() for leaf in own})
    lowered = dict(zip(names, map(slot, lowered_all(names)), strict=True))
    asked = [[root, [[leaf, lowered[leaf]] for leaf in own], own] for root, own in sorted(leaves.items())]
    rows = [
        row
        for start in range(0, len(asked), _PORTION)
        for row in ask(_LEADS, asked=asked[start : start + _PORTION], here=here, limit=limit)
    ]
    rows.sort(key=lambda row: (row[0], -row[4], row[2]))
    columns = zip(*rows, strict=True) if rows else [()] * len(_COLUMNS)
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, _COLUMNS, strict=True)], schema=_COLUMNS
    )
