"""Aggregates over the population on a Neo4j server: supply, makers, searches, claims, as columns.

The server walks from the products asked for to their makers and gives back one row per product and scope, never a
firm that is not named in the answer. Products are asked for in portions of about equally many makers, so that no
transaction grows with the chain. What a firm's region is to the one asked for is decided once per region, here, by
the same tree as everywhere, and goes along as a map.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

from .modality import CONFIRMED_CYPHER
from .neo4j_chain import Ask
from .neo4j_leaves import Leaves
from .neo4j_schema import NODE
from .regions import ROOT, Regions

__all__ = ["claims", "producers", "searched", "supply"]

_MADE = f"""
UNWIND $asked AS pair
MATCH (n:{NODE} {{id: pair[1]}})<-[e:PRODUCES]-(f:{NODE}) WHERE e.modality IN {CONFIRMED_CYPHER}
WITH pair[0] AS root, n, e, f, $places[coalesce(f.region, '')] AS place
"""
# place: [scopes the firm counts in, its province, the scope it is listed under]
_SUPPLY = (
    _MADE
    + """
WHERE f.active
WITH root, f, place, max(e.confidence) AS confidence,
     sum(CASE WHEN e.confidence >= $confidence THEN e.capacity END) AS capacity,
     sum(CASE WHEN e.confidence >= $confidence AND e.capacity IS NULL THEN 1 ELSE 0 END) AS missing,
     min(CASE WHEN e.confidence >= $confidence THEN coalesce(e.unit, '') END) AS low,
     max(CASE WHEN e.confidence >= $confidence THEN coalesce(e.unit, '') END) AS high
UNWIND coalesce(place[0], ['unplaced']) AS scope
WITH root, scope, coalesce(f.group_id, f.id) AS group, max(confidence) AS confidence,
     sum(CASE WHEN confidence >= $confidence THEN 1 ELSE 0 END) AS firms, sum(capacity) AS capacity,
     sum(missing) AS missing, min(low) AS low, max(high) AS high,
     collect(DISTINCT CASE WHEN confidence >= $confidence THEN place[1] END) AS provinces
WITH *, confidence >= $confidence AS confirmed
UNWIND range(0, CASE WHEN size(provinces) > 1 THEN size(provinces) - 1 ELSE 0 END) AS line  // 0: the group itself
RETURN root, scope, sum(CASE line WHEN 0 THEN firms ELSE 0 END) AS firms,
       sum(CASE WHEN line = 0 AND confirmed THEN 1 ELSE 0 END) AS groups,
       sum(CASE WHEN line = 0 AND confirmed THEN capacity ELSE 0 END) AS capacity,
       sum(CASE WHEN line = 0 AND confirmed THEN capacity * capacity ELSE 0 END) AS squares,
       sum(CASE WHEN line = 0 AND confirmed THEN missing ELSE 0 END) AS missing,
       min(CASE WHEN confirmed THEN low END) AS low, max(CASE WHEN confirmed THEN high END) AS high,
       count(DISTINCT provinces[line]) AS provinces,
       exp(sum(CASE WHEN line = 0 AND NOT confirmed THEN log(1 - confidence) ELSE 0.0 END)) AS doubt,
       sum(CASE WHEN line = 0 AND NOT confirmed THEN 1 ELSE 0 END) AS unverified
"""
)
_PRODUCERS = (
    _MADE
    + f"""
WITH root, n, e, f, coalesce(place[2], 'unplaced') AS scope
ORDER BY e.confidence DESC, e.facts DESC, n.name, e.fact
WITH root, scope, f, collect([n.name, e.confidence, e.share, e.capacity, e.unit, e.grade, e.fact, e.facts])[0] AS best
ORDER BY f.active DESC, best[1] DESC, best[7] DESC, f.id
WITH root, scope, collect([f, best])[..$limit] AS makers
UNWIND makers AS maker
WITH root, scope, maker[0] AS f, maker[1] AS best, coalesce(maker[0].group_id, maker[0].id) AS group
RETURN root, scope, best[0] AS leaf, coalesce(f.long_id, f.id) AS id, f.name AS name, f.region AS region,
       group, f.active AS active, best[1] AS confidence, best[2] AS share,
       best[3] AS capacity, best[4] AS unit, best[5] AS grade,
       EXISTS {{ MATCH (h:{NODE} {{group_id: group}}) WHERE $places[coalesce(h.region, '')][2] = 'local' }}
       OR EXISTS {{ MATCH (h:{NODE} {{id: group}}) WHERE $places[coalesce(h.region, '')][2] = 'local' }} AS present,
       best[6] AS fact, best[7] AS facts
"""
)
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
_SUPPLY_COLUMNS = pa.schema([
    ("root", pa.string()), ("scope", pa.string()), ("firms", pa.int64()), ("groups", pa.int64()), ("hhi", pa.float64()),
    ("capacity_known", pa.bool_()), ("provinces", pa.int64()), ("doubt", pa.float64()), ("unverified", pa.int64()),
])  # fmt: skip
_PRODUCER_COLUMNS = pa.schema([
    ("root", pa.string()), ("scope", pa.string()), ("leaf", pa.string()), ("id", pa.string()), ("name", pa.string()),
    ("region", pa.string()), ("group", pa.string()), ("active", pa.bool_()), ("confidence", pa.float64()),
    ("share", pa.float64()), ("capacity", pa.float64()), ("unit", pa.string()), ("grade", pa.string()),
    ("present", pa.bool_()), ("fact", pa.string()), ("facts", pa.int64()),
])  # fmt: skip
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


def supply(ask: Ask, leaves: Leaves, regions: Regions, pairs: pa.Table, region: str, confidence: float) -> pa.Table:
    """Independent supply per root and scope; see the read interface."""
    places = _places(regions, region)
    rows = [
        _supply_row(*row)
        for portion in leaves.portions(pairs)
        for row in ask(_SUPPLY, asked=portion, places=places, confidence=confidence)
    ]
    return _table(sorted(rows, key=lambda row: (row[0], row[1])), _SUPPLY_COLUMNS)


def _supply_row(
    root: str, scope: str, firms: int, groups: int, capacity: float, squares: float, missing: int,
    low: str | None, high: str | None, provinces: int, doubt: float, unverified: int,
) -> tuple[Any, ...]:  # fmt: skip
    known = groups > 0 and missing == 0 and low == high and capacity > 0
    equal = 1 / groups if groups else None
    hhi = squares / (capacity * capacity) if known else equal
    return root, scope, firms, groups, hhi, known, provinces, doubt, unverified


def producers(ask: Ask, leaves: Leaves, regions: Regions, pairs: pa.Table, region: str, limit: int) -> pa.Table:
    """The best supported makers per root and scope; see the read interface."""
    places = _places(regions, region)
    rows = [
        row for portion in leaves.portions(pairs) for row in ask(_PRODUCERS, asked=portion, places=places, limit=limit)
    ]
    rows.sort(key=lambda row: (row[0], row[1], not row[7], -row[8], -row[15], row[3]))
    return _table(rows, _PRODUCER_COLUMNS)


def searched(ask: Ask, regions: Regions, region: str) -> pa.Table:
    """Searches that hold for a region; see the read interface."""
    depth = {f"Region:{code}": place for place, code in enumerate(regions.ancestors(region))}
    rows = [[*row[:4], depth[row[4]], *row[5:]] for row in ask(_SEARCHED, areas=list(depth))]
    return _sorted(_table(rows, _SEARCHED_COLUMNS))


def claims(ask: Ask, predicates: Sequence[str]) -> pa.Table:
    """Dated statements by predicate; see the read interface."""
    return _sorted(_table(ask(_CLAIMS, predicates=list(predicates)), _CLAIM_COLUMNS))


def _places(regions: Regions, region: str) -> dict[str, list[Any]]:
    """What every region is to the one asked for: the scopes its firms count in, its province, the scope to list under."""
    around = regions.ancestors(region)
    places: dict[str, list[Any]] = {}
    for row in regions.rows():
        path = regions.ancestors(row.code)
        if region in path:
            listed, scopes = "local", ["local", "china"]
        elif ROOT in path:
            listed, scopes = "domestic", ["china"]
            if row.code in around[1:]:
                scopes = ["china", "vague"] if row.code == ROOT else ["china", "vague", "near"]
        else:
            listed, scopes = "foreign", ["foreign"]
        provinces = [code for code in path if regions.get(code).level == 1]
        places[row.code] = [scopes, min(provinces, default=None), listed]
    return places


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
