"""Whole tables of the embedded store as columns, for copies and content hashes: no object per row, no order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import duckdb
import pyarrow as pa

from .facts import FACT_COLUMNS, FACT_SCHEMA, Source
from .kinds import SCHEMA
from .modality import VOID_SQL
from .store import Document

__all__ = [
    "EDGE_ID",
    "IN_PIECE",
    "SYSTEM_SETTINGS",
    "few_nodes",
    "files",
    "node_pieces",
    "node_select",
    "raw_documents",
    "raw_edges",
    "raw_facts",
    "raw_nodes",
]

SYSTEM_SETTINGS: Final = ("store_version", "stale")
"""Settings a store keeps about itself; they say nothing about what is in it."""

# The bar between the parts must not be mistaken for one inside a name, or two edges would share an id.
EDGE_ID: Final = (
    "concat_ws('|', replace(replace(source, '\\', '\\\\'), '|', '\\|'), relation,"
    " replace(replace(target, '\\', '\\\\'), '|', '\\|'), modality)"
)
_BATCH: Final = 50_000
_PIECE: Final = 100_000  # nodes whose properties are gathered at a time
_SOURCE: Final = "s.uri, s.title, s.publisher, s.date, s.sha256, s.fingerprint"
_FACTS: Final = (
    f"SELECT replace(CAST(id AS VARCHAR), '-', '') AS id, {', '.join(FACT_COLUMNS[1:])} FROM fact"  # in that order
)

_STARTS: Final = (
    "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM entity) WHERE place % ? = 0 ORDER BY id"
)
IN_PIECE: Final = "n.id >= $1 AND ($2 IS NULL OR n.id < $2)"


def few_nodes() -> str:
    """The same of the nodes ``$1``, mentioned under the keys ``$2``: looked up first, they spare joining all facts."""
    return node_select("n.id IN (SELECT unnest(CAST($1 AS VARCHAR[])))", "AND f.subject_key IN (SELECT unnest($2))")


def node_select(condition: str, about: str = "") -> str:
    """SQL of nodes ``n`` that fit: id, kind, name, and predicates beside values said, each best supported first."""
    return (
        f"WITH wanted AS (SELECT n.id, n.kind, n.name FROM entity n WHERE {condition}),"
        " said AS (SELECT e.id, f.predicate, f.value, max(f.confidence) AS c FROM fact f JOIN mention_entity e"
        " ON e.kind = f.subject_kind AND e.key = f.subject_key SEMI JOIN wanted w ON w.id = e.id"
        " WHERE f.object_kind IS NULL AND f.value IS NOT NULL AND f.year IS NULL AND f.region IS NULL"
        f" AND f.partner IS NULL AND f.modality NOT IN {VOID_SQL} {about} GROUP BY ALL)"
        " SELECT w.id, w.kind, w.name, list(s.predicate ORDER BY s.predicate, s.c DESC, s.value) AS predicates,"
        " list(s.value ORDER BY s.predicate, s.c DESC, s.value) AS said"
        " FROM wanted w LEFT JOIN said s USING (id) GROUP BY ALL"
    )


def node_pieces(db: duckdb.DuckDBPyConnection) -> list[list[str | None]]:
    """First id and first id of the next piece, for going through all nodes a piece at a time, by id."""
    starts = [row[0] for row in db.execute(_STARTS, [_PIECE]).fetchall()]
    return [list(ends) for ends in zip(starts, [*starts[1:], None], strict=False)]


def files(db: duckdb.DuckDBPyConnection) -> list[Source]:
    """The files taken in, by uri."""
    return [Source(*row) for row in db.execute(f"SELECT {_SOURCE} FROM source s ORDER BY uri").fetchall()]


def raw_documents(db: duckdb.DuckDBPyConnection) -> Iterator[Document]:
    """Kept documents by uri, a few at a time."""
    cursor = db.cursor()
    try:
        cursor.execute(f"SELECT {_SOURCE}, d.text, d.lexicon FROM document d JOIN source s USING (uri) ORDER BY uri")
        while rows := cursor.fetchmany(100):
            yield from (Document(Source(*row[:6]), row[6], row[7]) for row in rows)
    finally:
        cursor.close()


def raw_facts(db: duckdb.DuckDBPyConnection, chosen: Sequence[str] | None) -> Iterator[pa.Table]:
    """Facts as they were written; with ``chosen`` those of these files, file by file in that order."""
    if chosen is None:
        yield from _tables(db, _FACTS)
        return
    for uri in chosen:
        yield from _tables(db, f"{_FACTS} WHERE file = ?", [uri])


def raw_nodes(db: duckdb.DuckDBPyConnection) -> Iterator[pa.Table]:
    """Nodes: id, kind, name, predicates, said."""
    for piece in node_pieces(db):
        yield from _tables(
            db,
            "SELECT id, kind, name, list_filter(predicates, lambda p: p IS NOT NULL) AS predicates,"
            f" list_filter(said, lambda v: v IS NOT NULL) AS said FROM ({node_select(IN_PIECE)})", piece,
        )  # fmt: skip


def raw_edges(db: duckdb.DuckDBPyConnection) -> Iterator[pa.Table]:
    """Edges: id, relation, source, target, modality, confidence, facts, sources, and every qualifier."""
    qualifiers = ", ".join(prop.name for prop in SCHEMA.qualifiers)
    columns = f"relation, source, target, modality, confidence, facts, sources, {qualifiers}"
    return _tables(db, f"SELECT {EDGE_ID} AS id, {columns} FROM edge")


def _tables(db: duckdb.DuckDBPyConnection, select: str, parameters: Sequence[Any] = ()) -> Iterator[pa.Table]:
    cursor = db.cursor()
    try:
        reader = cursor.sql(select, params=list(parameters)).to_arrow_reader(_BATCH)
        for batch in reader:
            table = pa.Table.from_batches([batch])
            yield table.cast(FACT_SCHEMA) if table.column_names == FACT_SCHEMA.names else table
    finally:
        cursor.close()
