"""What was searched and what is said of products on a Neo4j server, as columns; and products to ask about in portions.

Where the server aggregates makers, products are asked for in portions of about equally many makers, so that no
transaction grows with the chain. Supply, the best makers and presence are counted here, not there
(:mod:`bulian.graph.neo4j_makers`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import duckdb
import pyarrow as pa

from .modality import CONFIRMED_CYPHER
from .neo4j_chain import Ask
from .neo4j_facts import lowered_all
from .neo4j_schema import NODE, slot
from .regions import Regions

__all__ = ["claims", "portions", "searched"]

_PORTION: Final = 200_000  # makers

_SEARCHED = f"""
MATCH (f:BulianFact) WHERE f.subject_id IN $areas AND f.predicate = 'SEARCHED' AND f.modality IN {CONFIRMED_CYPHER}
OPTIONAL MATCH (n:{NODE} {{id: f.object_id}})
RETURN DISTINCT n.name, f.searched_source, f.detection_rate, f.date, f.subject_id, f.method STARTS WITH 'assume:',
       f.method = 'toml:covers', split(f.key, ':')[0]
"""
_CLAIMS = f"""
MATCH (f:BulianFact) WHERE f.predicate IN $predicates
MATCH (n:{NODE} {{id: f.subject_id}})
OPTIONAL MATCH (w:BulianSource {{number: coalesce(f.source, f.file)}})
RETURN DISTINCT n.name, n.kind, f.predicate, f.value, f.number, f.year, f.date, f.region, f.partner, f.speaker, w.uri,
       coalesce(f.source_date, CASE WHEN w.file THEN w.date END), f.confidence, f.modality, split(f.key, ':')[0]
"""
_SEARCHED_COLUMNS = pa.schema([
    ("product", pa.string()), ("searched_source", pa.string()), ("rate", pa.float64()), ("date", pa.string()),
    ("depth", pa.int64()), ("assumed", pa.bool_()), ("method_is_file", pa.bool_()), ("fact", pa.string()),
])  # fmt: skip
_CLAIM_COLUMNS = pa.schema([
    ("subject", pa.string()), ("kind", pa.string()), ("predicate", pa.string()), ("value", pa.string()),
    ("number", pa.float64()), ("year", pa.int32()), ("date", pa.string()), ("region", pa.string()),
    ("partner", pa.string()), ("speaker", pa.string()), ("source", pa.string()), ("source_date", pa.string()),
    ("confidence", pa.float64()), ("modality", pa.string()), ("fact", pa.string()),
])  # fmt: skip


def searched(ask: Ask, regions: Regions, region: str) -> pa.Table:
    """Searches that hold for a region; see the read interface."""
    depth = {f"Region:{code}": place for place, code in enumerate(regions.ancestors(region))}
    rows = [[*row[:4], depth[row[4]], *row[5:]] for row in ask(_SEARCHED, areas=list(depth))]
    return _sorted(_table(rows, _SEARCHED_COLUMNS))


def claims(ask: Ask, predicates: Sequence[str]) -> pa.Table:
    """Dated statements by predicate; see the read interface."""
    return _sorted(_table(ask(_CLAIMS, predicates=list(predicates)), _CLAIM_COLUMNS))


def portions(ask: Ask, pairs: pa.Table) -> Iterator[list[list[str]]]:
    """The pairs as (root, id of the leaf): whole roots together, about equally many makers in each portion."""
    wanted = [(row["root"], row["leaf"]) for row in pairs.to_pylist()]
    leaves = sorted({leaf for _, leaf in wanted})
    found = ask(
        f"UNWIND $leaves AS leaf MATCH (n:{NODE} {{lowered: leaf[1]}}) WHERE n.name = leaf[0] AND n:Product"
        " RETURN n.name, n.id, COUNT { (n)<-[:PRODUCES]-() }",
        leaves=[[leaf, slot(low)] for leaf, low in zip(leaves, lowered_all(leaves), strict=True)],
    )
    made = {name: (node_id, makers) for name, node_id, makers in found if makers}
    portion: list[list[str]] = []
    size = 0
    last: str | None = None
    for root, leaf in sorted(pair for pair in wanted if pair[1] in made):
        if size >= _PORTION and root != last:
            yield portion
            portion, size = [], 0
        portion.append([root, made[leaf][0]])
        size += made[leaf][1]
        last = root
    if portion:
        yield portion


def _table(rows: Sequence[Sequence[Any]], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )


def _sorted(table: pa.Table) -> pa.Table:
    """By all columns, as the embedded store sorts."""
    with duckdb.connect() as engine:
        engine.register("answer", table)
        return engine.sql("SELECT * FROM answer ORDER BY ALL").to_arrow_table()
