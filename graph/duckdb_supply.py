"""Aggregates over the population in the embedded store: supply, makers, searches, claims, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

from .duckdb_makers import KEPT_CLAIMS
from .modality import CONFIRMED_SQL

__all__ = ["claims", "producers", "searched", "supply"]

# What a region is to the one asked for is decided once per region, as a number: 0 in it, 1 elsewhere in China,
# 2 China and no more known, 3 an area around it, 4 abroad; 5 is no known region. Provinces are bits of a set.
_ASKED = """
WITH place AS (
  SELECT r.number AS place,
         CASE WHEN l.outer_code IS NOT NULL THEN 0 WHEN c.outer_code IS NULL THEN 4
              WHEN v.outer_code IS NULL THEN 1 WHEN r.code = 'CN' THEN 2 ELSE 3 END AS scope,
         CAST(pow(2, o.number) AS UBIGINT) AS province
  FROM maker_place r
  LEFT JOIN region_path l ON l.code = r.code AND l.outer_code = $region
  LEFT JOIN region_path v ON v.code = $region AND v.outer_code = r.code AND v.depth > 0
  LEFT JOIN region_path c ON c.code = r.code AND c.outer_code = 'CN'
  LEFT JOIN (SELECT p.code, min(o.number) AS number FROM region_path p JOIN
    (SELECT code, row_number() OVER (ORDER BY code) AS number FROM region WHERE level = 1) o ON o.code = p.outer_code
    GROUP BY p.code) o ON o.code = r.code
), pair AS (
  SELECT a.root AS name, CAST(dense_rank() OVER (ORDER BY a.root) AS INTEGER) AS root, n.number AS product,
         count(*) OVER (PARTITION BY a.root) = 1 AS lone
  FROM asked a JOIN maker_node n ON n.name = a.leaf AND n.id LIKE 'Product:%'
), made AS (
  SELECT p.root, p.lone, m.*, coalesce(s.scope, 5) AS scope, s.province
  FROM pair p JOIN maker m USING (product) LEFT JOIN place s USING (place)
)
"""

# Firms are merged over the leaves of a root, then over their group. Most rows are the only one of their firm and
# the firm the only one of its group; those are summed at once, the rest in three steps.
_SUPPLY = (
    _ASKED.replace("made AS (", "made AS NOT MATERIALIZED (")
    + """
, seen AS (
  SELECT * FROM (VALUES (0, 'local'), (0, 'china'), (1, 'china'), (2, 'china'), (2, 'vague'), (3, 'china'),
    (3, 'vague'), (3, 'near'), (4, 'foreign'), (5, 'unplaced')) t(seen_as, scope)
), claimed AS NOT MATERIALIZED (
  SELECT *, confidence >= $confidence AS confirmed, lone AND alone AND single AS apart FROM made WHERE active
), lone_cells AS (
  SELECT root, scope AS seen_as, count(*) FILTER (confirmed) AS firms, count(*) FILTER (confirmed) AS groups,
         sum(capacity) FILTER (confirmed) AS capacity, sum(capacity * capacity) FILTER (confirmed) AS squares,
         bool_and(capacity IS NOT NULL) FILTER (confirmed) AS capacity_known,
         min(coalesce(unit, '')) FILTER (confirmed) AS low_unit, max(coalesce(unit, '')) FILTER (confirmed) AS high_unit,
         count(*) FILTER (NOT confirmed) AS unverified, sum(ln(1 - confidence)) FILTER (NOT confirmed) AS doubt,
         bit_or(province) FILTER (confirmed) AS provinces
  FROM claimed WHERE apart GROUP BY root, seen_as
), firms AS (
  SELECT root, firm, any_value(scope) AS seen_as, any_value(grouped) AS grouped, any_value(province) AS province,
         max(confidence) AS confidence, bool_or(confirmed) AS confirmed, sum(capacity) FILTER (confirmed) AS capacity,
         bool_and(capacity IS NOT NULL) FILTER (confirmed) AS capacity_known,
         min(coalesce(unit, '')) FILTER (confirmed) AS low_unit, max(coalesce(unit, '')) FILTER (confirmed) AS high_unit
  FROM claimed WHERE NOT apart GROUP BY root, firm
), grouped AS (
  SELECT root, scope, bool_or(confirmed) AS confirmed, max(confidence) AS confidence,
         count(*) FILTER (confirmed) AS firms, sum(capacity) AS capacity,
         coalesce(bool_and(capacity_known) FILTER (confirmed), true) AS capacity_known,
         min(low_unit) AS low_unit, max(high_unit) AS high_unit, bit_or(province) FILTER (confirmed) AS provinces
  FROM firms JOIN seen USING (seen_as) GROUP BY root, scope, grouped
), cells AS (
  SELECT * EXCLUDE (seen_as) FROM lone_cells JOIN seen USING (seen_as)
  UNION ALL BY NAME
  SELECT root, scope, firms, CAST(confirmed AS BIGINT) AS groups, capacity, capacity * capacity AS squares,
         CASE WHEN confirmed THEN capacity_known END AS capacity_known, low_unit, high_unit,
         CAST(NOT confirmed AS BIGINT) AS unverified, CASE WHEN NOT confirmed THEN ln(1 - confidence) END AS doubt,
         provinces
  FROM grouped
), summed AS (
  SELECT root, scope, CAST(sum(firms) AS BIGINT) AS firms, CAST(sum(groups) AS BIGINT) AS groups,
         sum(capacity) AS capacity, sum(squares) AS squares,
         coalesce(bool_and(capacity_known), false) AND coalesce(min(low_unit) = max(high_unit), false)
         AND coalesce(sum(capacity), 0) > 0 AS capacity_known,
         CAST(sum(unverified) AS BIGINT) AS unverified, coalesce(exp(sum(doubt)), 1) AS doubt,
         CAST(coalesce(bit_count(bit_or(provinces)), 0) AS BIGINT) AS provinces
  FROM cells GROUP BY root, scope
)
SELECT name AS root, scope, firms, groups,
       CASE WHEN groups = 0 THEN NULL WHEN capacity_known THEN squares / (capacity * capacity) ELSE 1.0 / groups END
         AS hhi,
       capacity_known, provinces, doubt, unverified
FROM summed JOIN (SELECT DISTINCT root, name FROM pair) USING (root) ORDER BY ALL
"""
)

# Of a root without sub-types the lowest lines are the best makers; of others the rows of a firm compete first.
_PRODUCERS = (
    _ASKED
    + """
, told AS (
  SELECT *, CASE scope WHEN 0 THEN 'local' WHEN 4 THEN 'foreign' WHEN 5 THEN 'unplaced' ELSE 'domestic' END AS seen_as
  FROM made
), best AS (
  SELECT t.*, p.name AS leaf FROM told t JOIN maker_node p ON p.number = t.product
  WHERE NOT (lone AND alone)
  QUALIFY row_number() OVER (PARTITION BY root, t.firm ORDER BY t.confidence DESC, t.facts DESC, p.name, t.fact) = 1
), ranked AS (
  SELECT root, seen_as, unnest(min(line, $limit)) AS line FROM told WHERE lone AND alone GROUP BY root, seen_as
  UNION ALL
  SELECT root, seen_as, line FROM best QUALIFY
    row_number() OVER (PARTITION BY root, seen_as ORDER BY active DESC, confidence DESC, facts DESC, firm) <= $limit
)
SELECT n.name AS root, r.seen_as AS scope, p.name AS leaf, f.id, f.name, f.region, f.group_id AS "group", m.active,
       m.confidence, m.share, m.capacity, m.unit, m.grade, h.group_id IS NOT NULL AS present,
       replace(CAST(m.fact AS VARCHAR), '-', '') AS fact, CAST(m.facts AS BIGINT) AS facts
FROM ranked r JOIN maker m USING (line) JOIN maker_node p ON p.number = m.product
JOIN maker_node f ON f.number = m.firm JOIN (SELECT DISTINCT root, name FROM pair) n USING (root)
LEFT JOIN (SELECT DISTINCT group_id FROM firm JOIN region_path p ON p.code = region AND p.outer_code = $region) h
  ON h.group_id = f.group_id
QUALIFY row_number() OVER (PARTITION BY r.root, r.seen_as
  ORDER BY m.active DESC, m.confidence DESC, m.facts DESC, m.firm) <= $limit
ORDER BY n.name, r.seen_as, m.active DESC, m.confidence DESC, m.facts DESC, m.firm
"""
)

_SEARCHED = f"""
SELECT DISTINCT n.name AS product, f.searched_source, f.detection_rate AS rate, f.date, p.depth,
       f.method LIKE 'assume:%' AS assumed, f.method = 'toml:covers' AS method_is_file,
       replace(CAST(f.id AS VARCHAR), '-', '') AS fact
FROM chain_fact f JOIN region_path p ON p.code = $region AND p.outer_code = f.subject_key
LEFT JOIN mention_entity t ON t.kind = f.object_kind AND t.key = f.object_key LEFT JOIN entity n ON n.id = t.id
WHERE f.predicate = 'SEARCHED' AND f.modality IN {CONFIRMED_SQL}
ORDER BY ALL
"""

_CLAIMS = """
SELECT DISTINCT n.name AS subject, n.kind, f.predicate, f.value, f.number, f.year, f.date, f.region, f.partner, f.speaker,
       coalesce(f.source, f.file) AS source, coalesce(f.source_date, s.date) AS source_date, f.confidence, f.modality,
       replace(CAST(f.id AS VARCHAR), '-', '') AS fact
FROM {table} f JOIN mention_entity e ON e.kind = f.subject_kind AND e.key = f.subject_key JOIN entity n ON n.id = e.id
LEFT JOIN source s ON s.uri = coalesce(f.source, f.file)
WHERE f.predicate IN (SELECT unnest($predicates)) ORDER BY ALL
"""


def _asked(db: duckdb.DuckDBPyConnection, sql: str, pairs: pa.Table, parameters: dict[str, Any]) -> pa.Table:
    with db.cursor() as own:  # several questions may be asked side by side
        own.register("asked", pairs)
        return own.sql(sql, params=parameters).to_arrow_table()


def supply(db: duckdb.DuckDBPyConnection, pairs: pa.Table, region: str, confidence: float) -> pa.Table:
    """Independent supply per root and scope; see the read interface."""
    return _asked(db, _SUPPLY, pairs, {"region": region, "confidence": confidence})


def producers(db: duckdb.DuckDBPyConnection, pairs: pa.Table, region: str, limit: int) -> pa.Table:
    """The best supported makers per root and scope; see the read interface."""
    return _asked(db, _PRODUCERS, pairs, {"region": region, "limit": limit})


def searched(db: duckdb.DuckDBPyConnection, region: str) -> pa.Table:
    """Searches that hold for a region; see the read interface."""
    with db.cursor() as own:
        return own.sql(_SEARCHED, params={"region": region}).to_arrow_table()


def claims(db: duckdb.DuckDBPyConnection, predicates: Sequence[str]) -> pa.Table:
    """Dated statements by predicate; see the read interface."""
    table = "chain_fact" if set(predicates) <= set(KEPT_CLAIMS) else "fact"
    with db.cursor() as own:
        return own.sql(_CLAIMS.format(table=table), params={"predicates": list(predicates)}).to_arrow_table()
