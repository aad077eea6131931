"""Aggregates over the population in the embedded store: supply, makers, searches, claims, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

__all__ = ["claims", "producers", "searched", "supply"]

# One row per root product, firm and leaf: every claim that this firm makes something that supplies the root,
# with where the firm is seen from the region asked for. What a region is to that one is decided once per region.
_MADE = """
WITH place AS (
  SELECT r.code,
         CASE WHEN l.outer_code IS NOT NULL THEN 'local'
              WHEN c.outer_code IS NOT NULL THEN 'domestic'
              ELSE 'foreign' END AS scope,
         v.outer_code IS NOT NULL AS vague,
         (SELECT min(p.outer_code) FROM region_path p JOIN region o ON o.code = p.outer_code AND o.level = 1
          WHERE p.code = r.code) AS province
  FROM region r
  LEFT JOIN region_path l ON l.code = r.code AND l.outer_code = $region
  LEFT JOIN region_path v ON v.code = $region AND v.outer_code = r.code AND v.depth > 0
  LEFT JOIN region_path c ON c.code = r.code AND c.outer_code = 'CN'
), seen AS (
  SELECT f.id, f.region, f.group_id, f.active, coalesce(p.scope, 'unplaced') AS scope,
         coalesce(p.vague, false) AS vague, p.province
  FROM firm f LEFT JOIN place p ON p.code = f.region
), made AS (
  SELECT p.root, p.leaf, e.source AS id, e.confidence, e.share, e.capacity, e.unit, e.grade, e.fact, e.facts,
         f.region, f.group_id, f.active, f.scope, f.vague, f.province
  FROM asked p
  JOIN entity n ON n.name = p.leaf AND n.id LIKE 'Product:%'
  JOIN edge e ON e.target = n.id AND e.relation = 'PRODUCES' AND e.modality IN ('stated', 'manual')
  JOIN seen f ON f.id = e.source
)
"""

_SUPPLY = (
    _MADE
    + """
, firms AS (
  SELECT root, id, any_value(scope) AS scope, any_value(group_id) AS group_id, any_value(province) AS province,
         any_value(vague) AS vague, any_value(vague AND region <> 'CN') AS near,
         max(confidence) AS confidence, max(confidence) >= $confidence AS confirmed,
         sum(capacity) FILTER (confidence >= $confidence) AS capacity,
         bool_and(capacity IS NOT NULL) FILTER (confidence >= $confidence) AS capacity_known,
         min(coalesce(unit, '')) FILTER (confidence >= $confidence) AS low_unit,
         max(coalesce(unit, '')) FILTER (confidence >= $confidence) AS high_unit
  FROM made WHERE active GROUP BY root, id
), scoped AS (
  SELECT * EXCLUDE (scope), unnest(CASE scope WHEN 'local' THEN ['local', 'china'] WHEN 'domestic' THEN
           CASE WHEN near THEN ['china', 'vague', 'near'] WHEN vague THEN ['china', 'vague'] ELSE ['china'] END
           ELSE [scope] END) AS scope FROM firms
), grouped AS (
  SELECT root, scope, group_id, bool_or(confirmed) AS confirmed, max(confidence) AS confidence,
         count(*) FILTER (confirmed) AS firms, sum(capacity) AS capacity,
         coalesce(bool_and(capacity_known) FILTER (confirmed), true) AS capacity_known,
         min(low_unit) AS low_unit, max(high_unit) AS high_unit
  FROM scoped GROUP BY root, scope, group_id
), provinces AS (
  SELECT root, scope, count(DISTINCT province) AS provinces FROM scoped WHERE confirmed GROUP BY ALL
), summed AS (
  SELECT root, scope, coalesce(sum(firms), 0)::BIGINT AS firms, count(*) FILTER (confirmed) AS groups,
         sum(capacity) FILTER (confirmed) AS capacity, sum(capacity * capacity) FILTER (confirmed) AS squares,
         coalesce(bool_and(capacity_known) FILTER (confirmed), false)
         AND coalesce(min(low_unit) FILTER (confirmed) = max(high_unit) FILTER (confirmed), false)
         AND coalesce(sum(capacity) FILTER (confirmed), 0) > 0 AS capacity_known,
         count(*) FILTER (NOT confirmed) AS unverified,
         coalesce(exp(sum(ln(1 - confidence)) FILTER (NOT confirmed)), 1) AS doubt
  FROM grouped GROUP BY root, scope
)
SELECT s.root, s.scope, s.firms, s.groups,
       CASE WHEN s.groups = 0 THEN NULL WHEN s.capacity_known THEN s.squares / (s.capacity * s.capacity)
            ELSE 1.0 / s.groups END AS hhi,
       s.capacity_known, coalesce(p.provinces, 0) AS provinces, s.doubt, s.unverified
FROM summed s LEFT JOIN provinces p USING (root, scope) ORDER BY s.root, s.scope
"""
)

_PRODUCERS = (
    _MADE
    + """
, best AS (
  SELECT * FROM made
  QUALIFY row_number() OVER (PARTITION BY root, id ORDER BY confidence DESC, facts DESC, leaf, fact) = 1
), ranked AS (
  SELECT * FROM best
  QUALIFY row_number() OVER (PARTITION BY root, scope ORDER BY active DESC, confidence DESC, facts DESC, id) <= $limit
)
SELECT r.root, r.scope, r.leaf, r.id, n.name, r.region, r.group_id AS "group", r.active, r.confidence, r.share,
       r.capacity, r.unit, r.grade, h.group_id IS NOT NULL AS present,
       replace(CAST(r.fact AS VARCHAR), '-', '') AS fact, r.facts
FROM ranked r JOIN entity n USING (id)
LEFT JOIN (SELECT DISTINCT group_id FROM firm JOIN region_path p ON p.code = region AND p.outer_code = $region) h
  USING (group_id)
ORDER BY r.root, r.scope, r.active DESC, r.confidence DESC, r.facts DESC, r.id
"""
)

_SEARCHED = """
SELECT DISTINCT n.name AS product, f.searched_source, f.detection_rate AS rate, f.date, p.depth,
       f.method LIKE 'assume:%' AS assumed, f.method = 'toml:covers' AS method_is_file,
       replace(CAST(f.id AS VARCHAR), '-', '') AS fact
FROM fact f JOIN region_path p ON p.code = $region AND p.outer_code = f.subject_key
LEFT JOIN mention_entity t ON t.kind = f.object_kind AND t.key = f.object_key LEFT JOIN entity n ON n.id = t.id
WHERE f.predicate = 'SEARCHED' AND f.modality IN ('stated', 'manual')
ORDER BY ALL
"""

_CLAIMS = """
SELECT DISTINCT n.name AS subject, n.kind, f.predicate, f.value, f.number, f.year, f.region, f.partner, f.speaker,
       coalesce(f.source, f.file) AS source, coalesce(f.source_date, s.date) AS source_date, f.confidence, f.modality,
       replace(CAST(f.id AS VARCHAR), '-', '') AS fact
FROM fact f JOIN mention_entity e ON e.kind = f.subject_kind AND e.key = f.subject_key JOIN entity n ON n.id = e.id
LEFT JOIN source s ON s.uri = coalesce(f.source, f.file)
WHERE f.predicate IN (SELECT unnest($predicates)) ORDER BY ALL
"""


def _asked(db: duckdb.DuckDBPyConnection, sql: str, pairs: pa.Table, parameters: dict[str, Any]) -> pa.Table:
    db.register("asked", pairs)
    try:
        return db.sql(sql, params=parameters).to_arrow_table()
    finally:
        db.unregister("asked")


def supply(db: duckdb.DuckDBPyConnection, pairs: pa.Table, region: str, confidence: float) -> pa.Table:
    """Independent supply per root and scope; see the read interface."""
    return _asked(db, _SUPPLY, pairs, {"region": region, "confidence": confidence})


def producers(db: duckdb.DuckDBPyConnection, pairs: pa.Table, region: str, limit: int) -> pa.Table:
    """The best supported makers per root and scope; see the read interface."""
    return _asked(db, _PRODUCERS, pairs, {"region": region, "limit": limit})


def searched(db: duckdb.DuckDBPyConnection, region: str) -> pa.Table:
    """Searches that hold for a region; see the read interface."""
    return db.sql(_SEARCHED, params={"region": region}).to_arrow_table()


def claims(db: duckdb.DuckDBPyConnection, predicates: Sequence[str]) -> pa.Table:
    """Dated statements by predicate; see the read interface."""
    return db.sql(_CLAIMS, params={"predicates": list(predicates)}).to_arrow_table()
