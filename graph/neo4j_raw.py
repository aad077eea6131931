"""Whole tables of a store on a server as columns, for copies and content hashes: page by page, no order."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import duckdb
import pyarrow as pa

from .facts import FACT_COLUMNS, FACT_SCHEMA, QUALIFIERS, Source
from .neo4j_pull import Rows, as_facts, fact_pages
from .neo4j_schema import EDGE_QUALIFIERS
from .store import Document, Edge, Node

__all__ = ["RawReads"]

T = TypeVar("T")
_BATCH: Final = 20_000
_DOCUMENTS: Final = 100
_SOURCE: Final = "s.uri, s.title, s.publisher, s.date, s.sha256, s.fingerprint"
_WORDS = pa.list_(pa.string())
_NODES: Final = pa.schema([
    ("id", pa.string()), ("kind", pa.string()), ("name", pa.string()), ("predicates", _WORDS), ("said", _WORDS),
])  # fmt: skip
_EDGES: Final = pa.schema([
    *((name, pa.string()) for name in ("id", "relation", "source", "target", "modality")),
    ("confidence", pa.float64()), ("facts", pa.int64()), ("sources", pa.int64()),
    *((name, QUALIFIERS[name]) for name in EDGE_QUALIFIERS),
])  # fmt: skip


class Viewed(Rows, Protocol):
    """What whole tables are read from."""

    def nodes(self) -> Iterator[Node]:
        """Every node."""

    def edges(self) -> Iterator[Edge]:
        """Every edge."""


class RawReads:
    """The part of the read interface that copies use; see :class:`bulian.graph.store.GraphView`."""

    def settings(self: Rows) -> dict[str, str]:
        """Every setting kept, by name."""
        return dict(sorted(self.rows("MATCH (s:BulianSetting) RETURN s.name, s.value")))

    def files(self: Rows) -> list[Source]:
        """The files taken in, by uri."""
        return _files(self)

    def raw_documents(self: Rows) -> Iterator[Document]:
        """Kept documents by uri, a few at a time."""
        return _documents(self)

    def raw_facts(self: Rows, files: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Facts as they were written, those of these files in this order.

        The server keeps facts by id: to have them by file they are laid down in a temporary file first.
        """
        return _facts(self, files)

    def raw_nodes(self: Viewed) -> Iterator[pa.Table]:
        """Nodes: id, kind, name, predicates, said."""
        return map(_node_table, _parts(self.nodes(), _BATCH))

    def raw_edges(self: Viewed) -> Iterator[pa.Table]:
        """Edges: the fields of an edge, a column for every qualifier."""
        return map(_edge_table, _parts(self.edges(), _BATCH))


def _files(server: Rows) -> list[Source]:
    rows = server.rows(f"MATCH (s:BulianSource {{file: true}}) RETURN {_SOURCE}")
    return [Source(*row) for row in sorted(rows, key=lambda row: str(row[0]))]


def _documents(server: Rows) -> Iterator[Document]:
    named = {source.uri: source for source in _files(server)}
    kept = server.rows(
        "MATCH (d:BulianDocument) MATCH (s:BulianSource {number: d.number, file: true}) RETURN s.uri, d.number"
    )
    for part in _parts(sorted(kept), _DOCUMENTS):
        rows = server.rows(
            "UNWIND $numbers AS n MATCH (d:BulianDocument {number: n}) RETURN n, d.text, d.lexicon",
            numbers=[number for _, number in part],
        )
        texts = {number: (text, lexicon) for number, text, lexicon in rows}
        yield from (Document(named[uri], *texts[number]) for uri, number in part)


def _facts(server: Rows, chosen: Sequence[str] | None) -> Iterator[pa.Table]:
    if chosen is not None and not chosen:
        return
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(str(Path(folder) / "facts.duckdb")) as db:
        numbers = server.rows("MATCH (s:BulianSource) RETURN s.uri, s.number")
        db.register("listed", pa.table({
            "uri": pa.array([uri for uri, _ in numbers], pa.string()),
            "number": pa.array([number for _, number in numbers], pa.int64()),
        }))  # fmt: skip
        db.execute("CREATE TABLE numbered AS SELECT * FROM listed")
        pages = (_facts_of(db, page) for page in fact_pages(server))
        if chosen is None:
            yield from pages
            return
        db.register("wanted", pa.table({"file": pa.array(chosen, pa.string())}))
        db.register("empty", FACT_SCHEMA.empty_table())
        db.execute("CREATE TABLE fact AS SELECT * FROM empty")
        for page in pages:
            db.register("page", page)
            db.execute("INSERT INTO fact SELECT * FROM page SEMI JOIN wanted USING (file)")
            db.unregister("page")
        for uri in chosen:
            reader = db.sql("SELECT * FROM fact WHERE file = ?", params=[uri]).to_arrow_reader(_BATCH)
            yield from (pa.Table.from_batches([batch]).cast(FACT_SCHEMA) for batch in reader)


def _facts_of(db: duckdb.DuckDBPyConnection, page: pa.Table) -> pa.Table:
    db.register("page", page)
    try:
        columns = ", ".join(FACT_COLUMNS[1:])
        made = db.sql(f"SELECT replace(CAST(id AS VARCHAR), '-', '') AS id, {columns} FROM ({as_facts()})")
        return made.to_arrow_table().cast(FACT_SCHEMA)
    finally:
        db.unregister("page")


def _node_table(nodes: Sequence[Node]) -> pa.Table:
    rows = []
    for node in nodes:
        pairs = [(name, value) for name in sorted(node.properties) for value in node.properties[name]]
        rows.append((node.id, node.kind, node.name, [name for name, _ in pairs], [value for _, value in pairs]))
    return _table(rows, _NODES)


def _edge_table(edges: Sequence[Edge]) -> pa.Table:
    return _table([
        (e.id, e.relation, e.source, e.target, e.modality, e.confidence, e.facts, e.sources,
         *(e.qualifiers.get(name) for name in EDGE_QUALIFIERS)) for e in edges
    ], _EDGES)  # fmt: skip


def _parts(items: Iterable[T], size: int) -> Iterator[list[T]]:
    stream = iter(items)
    while part := list(islice(stream, size)):
        yield part


def _table(rows: Sequence[Sequence[Any]], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
