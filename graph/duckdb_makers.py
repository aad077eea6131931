"""Who makes what, as one narrow table: the supply side of the graph, ready to be aggregated for any region.

``maker_node`` numbers products and firms by id (with name; of a firm its region and group), ``maker_place``
regions by code. ``maker`` has one row per 生产 edge that counts, with numbers for names. ``line`` is the number
of the product and the place of the row among the product's makers, best supported first; that order knows no
region, so the best makers of any region are those of the lowest lines. ``alone`` marks the only row of a firm for
a product, ``single`` a firm that is the whole of its group. ``chain_fact`` keeps what is said of the products of
chains apart from the many facts about firms. All are rebuilt with the other derived tables.
"""

from __future__ import annotations

from typing import Final

import duckdb

from .kinds import CLAIMS, TRADE_FLOWS
from .modality import CONFIRMED_SQL

__all__ = ["KEPT_CLAIMS", "make_makers"]

KEPT_CLAIMS: Final = (*(claim.name for claim in CLAIMS), *TRADE_FLOWS.values())
"""The dated statements every question about a chain reads; they are kept together in ``chain_fact``."""

_COUNTED = f"relation = 'PRODUCES' AND modality IN {CONFIRMED_SQL} AND target LIKE 'Product:%'"
_NODES = """
CREATE OR REPLACE TABLE maker_node AS
SELECT CAST(row_number() OVER (ORDER BY n.id) AS INTEGER) AS number, n.id, n.name, f.region, f.group_id, f.active
FROM entity n LEFT JOIN firm f USING (id)
WHERE n.id LIKE 'Product:%' OR f.id IS NOT NULL
"""
_PLACES = """
CREATE OR REPLACE TABLE maker_place AS
SELECT CAST(row_number() OVER (ORDER BY code) AS INTEGER) AS number, code FROM region
"""
# A group of one firm needs no merging, and most firms are one.
_FIRMS = """
CREATE OR REPLACE TEMP TABLE making AS
SELECT n.number AS firm, n.id, r.number AS place, n.active, n.group_id = n.id AND o.group_id IS NULL AS single,
       coalesce(o.grouped, n.number) AS grouped
FROM maker_node n LEFT JOIN maker_place r ON r.code = n.region
LEFT JOIN (SELECT group_id, min(number) AS grouped FROM maker_node GROUP BY group_id HAVING bool_or(group_id <> id)) o
  ON o.group_id = n.group_id
WHERE n.group_id IS NOT NULL
"""
_MADE = f"""
CREATE OR REPLACE TEMP TABLE made AS
SELECT p.number AS product, f.firm, f.grouped, f.single, f.active, f.place, e.confidence, e.share, e.capacity, e.unit,
       e.grade, e.fact, CAST(e.facts AS INTEGER) AS facts
FROM (SELECT * FROM edge WHERE {_COUNTED}) e
JOIN maker_node p ON p.id = e.target JOIN making f ON f.id = e.source
"""
# A firm has two edges to a product where one is recorded by hand.
_TWICE = f"""
CREATE OR REPLACE TEMP TABLE twice AS
SELECT p.number AS product, f.number AS firm
FROM (SELECT source, target FROM edge WHERE {_COUNTED} AND modality = 'manual') e
JOIN (SELECT source, target FROM edge WHERE {_COUNTED} AND modality = 'stated') o USING (source, target)
JOIN maker_node p ON p.id = e.target JOIN maker_node f ON f.id = e.source
"""
_MAKERS = """
CREATE OR REPLACE TABLE maker AS
SELECT CAST(product AS BIGINT) << 32 | row_number() OVER (PARTITION BY product
         ORDER BY active DESC, confidence DESC, facts DESC, firm, fact) AS line,
       m.*, t.firm IS NULL AS alone
FROM made m LEFT JOIN twice t USING (product, firm)
"""
_CHAIN_FACTS = f"""
CREATE OR REPLACE TABLE chain_fact AS SELECT * FROM fact
WHERE predicate IN ('REQUIRES', 'IS_A', 'SEARCHED', {", ".join(f"'{name}'" for name in KEPT_CLAIMS)})
   OR predicate IN ('final', 'key_component', 'aliases') AND subject_kind = 'Product'
"""


def make_makers(db: duckdb.DuckDBPyConnection) -> None:
    """Rebuild ``maker_node``, ``maker_place``, ``maker`` and ``chain_fact`` from the other derived tables."""
    _number_makers(db)
    db.execute(_CHAIN_FACTS)


def _number_makers(db: duckdb.DuckDBPyConnection) -> None:
    """Rebuild ``maker_node``, ``maker_place`` and ``maker`` from ``entity``, ``firm``, ``region`` and ``edge``."""
    for statement in (_NODES, _PLACES, _FIRMS, _MADE, _TWICE, _MAKERS):
        db.execute(statement)
    for table in ("making", "made", "twice"):
        db.execute(f"DROP TABLE temp.{table}")
