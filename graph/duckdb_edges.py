"""Edges: the facts of one relation between two entities merged, as one step of deriving."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import duckdb

from .facts import QUALIFIERS
from .kinds import CONTEXT, SCHEMA

__all__ = ["ORDER", "make_edges"]

# How surely, then how lately, then a tie-break that is the same everywhere.
ORDER: Final = "printf('%.6f|%-10s|', f.confidence, coalesce(f.source_date, '')) || f.id"
"""SQL to rank facts ``f`` of one thing: the highest is the best supported."""

_EDGE_QUALIFIERS: Final = tuple(name for name in QUALIFIERS if name not in {prop.name for prop in CONTEXT})
# Most edges have no other qualifier than these; the columns of the others, all empty, would cost a third of the time.
_PLAIN: Final = ("share", "capacity", "unit", "grade")
_BARE: Final = " AND ".join(f"f.{name} IS NULL" for name in _EDGE_QUALIFIERS if name not in _PLAIN)


def make_edges(db: duckdb.DuckDBPyConnection) -> None:
    """Merge the facts behind each edge, from the view ``said`` and the tables ``mention`` and ``numbered``.

    Most edges have one fact, and those need no merging, which is slow. What is stated and also said by hand is one
    edge, or its capacity would count twice.

    ``edge`` is a view of two tables: ``plain_edge`` lacks the columns that are empty in nearly all edges.
    """
    relations = ", ".join(f"'{relation.name}'" for relation in SCHEMA.relations)
    joined = (
        "said f JOIN numbered s ON s.kind = f.subject_kind AND s.key = f.subject_key"
        " JOIN numbered t ON t.kind = f.object_kind AND t.key = f.object_key AND f.modality <> 'denied'"
    )
    ends = "relation, source, target, modality"
    db.execute(
        "CREATE OR REPLACE TEMP TABLE link AS SELECT f.line, f.predicate AS relation, s.number AS source,"
        f" t.number AS target, f.modality FROM {joined} WHERE f.predicate IN ({relations})"
    )
    if db.execute("SELECT 1 FROM link WHERE modality = 'manual' LIMIT 1").fetchone():
        db.execute(
            "UPDATE link SET modality = 'manual' WHERE modality = 'stated' AND EXISTS (SELECT 1 FROM link m WHERE"
            " m.modality = 'manual' AND m.relation = link.relation AND m.source = link.source AND m.target = link.target)"
        )
    db.execute(  # those stated and by hand have no single edge
        f"CREATE OR REPLACE TEMP TABLE several AS SELECT {ends} FROM link GROUP BY ALL HAVING count(*) > 1"
        " UNION ALL SELECT DISTINCT relation, source, target, 'stated' FROM link WHERE modality = 'manual'"
    )
    best = ", ".join(f"arg_max(f.{name}, {ORDER}) AS {name}" for name in _EDGE_QUALIFIERS)
    # Left to itself the engine would hash all facts and look the few names up in them.
    db.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
    db.execute(f"CREATE OR REPLACE TABLE plain_edge AS {_single_edges(joined, relations, _PLAIN)} AND {_BARE}")
    db.execute("RESET disabled_optimizers")
    db.execute(
        f"CREATE OR REPLACE TABLE full_edge AS {_single_edges(joined, relations, _EDGE_QUALIFIERS)} AND NOT ({_BARE})"
        " UNION ALL SELECT l.relation, s.kind || ':' || s.key, t.kind || ':' || t.key, l.modality, max(f.confidence),"
        f" count(*), count(DISTINCT coalesce(f.source, f.file)), arg_max(f.id, {ORDER}), {best}"
        f" FROM link l SEMI JOIN several USING ({ends}) JOIN said f USING (line)"
        " JOIN mention s ON s.number = l.source JOIN mention t ON t.number = l.target GROUP BY 1, 2, 3, 4"
    )
    db.execute("CREATE OR REPLACE VIEW edge AS FROM full_edge UNION ALL BY NAME FROM plain_edge")


def _single_edges(joined: str, relations: str, qualifiers: Sequence[str]) -> str:
    """SELECT of the edges with one fact, with these qualifiers."""
    return (
        "SELECT f.predicate AS relation, s.id AS source, t.id AS target, f.modality, f.confidence,"
        " CAST(1 AS BIGINT) AS facts, CAST(1 AS BIGINT) AS sources, f.id AS fact,"
        f" {', '.join(f'f.{name}' for name in qualifiers)} FROM {joined}"
        " ANTI JOIN several m ON m.relation = f.predicate AND m.source = s.number AND m.target = t.number"
        f" AND m.modality = f.modality WHERE f.predicate IN ({relations})"
    )
