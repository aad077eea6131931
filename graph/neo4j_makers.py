"""Who makes what on a Neo4j server, fetched once and counted here, by the very statements of the embedded store.

A server takes many times as long to aggregate makers as to name them, and every question about a region asks of the
same makers three times: how many, which, and where else. So the makers of the products asked about are laid down in
DuckDB, numbered as in a file (:mod:`bulian.graph.duckdb_makers`), and both stores answer alike by construction.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

import duckdb
import pyarrow as pa

from .duckdb_derive import put_regions
from .duckdb_makers import number_makers
from .modality import CONFIRMED_CYPHER
from .neo4j_chain import Ask
from .neo4j_facts import lowered_all
from .neo4j_schema import NODE, slot
from .regions import Regions

__all__ = ["Makers"]

T = TypeVar("T")
_PORTION: Final = 50_000  # makers, or names, in one answer

_PRODUCTS: Final = f"""
UNWIND $leaves AS leaf MATCH (n:{NODE} {{lowered: leaf[1]}}) WHERE n.name = leaf[0] AND n:Product
RETURN n.id, n.name, COUNT {{ (n)<-[:PRODUCES]-() }}
"""
_EDGES: Final = f"""
UNWIND $ids AS id MATCH (n:{NODE} {{id: id}})<-[e:PRODUCES]-(f:{NODE}) WHERE e.modality IN {CONFIRMED_CYPHER}
RETURN f.id, id, e.modality, e.confidence, e.share, e.capacity, e.unit, e.grade, e.fact, e.facts
"""
_FIRM: Final = "f.id, f.long_id, f.name, f.region, f.group_id, f.active"
_FIRMS: Final = f"UNWIND $ids AS id MATCH (f:{NODE} {{id: id}}) WHERE f.active IS NOT NULL RETURN {_FIRM}"
_GROUPED: Final = f"MATCH (f:{NODE}) WHERE f.group_id IS NOT NULL RETURN {_FIRM}"
_TABLES: Final = """
CREATE TABLE entity (id VARCHAR, name VARCHAR);
CREATE TABLE firm (id VARCHAR, region VARCHAR, group_id VARCHAR, active BOOLEAN);
CREATE TABLE edge (source VARCHAR, target VARCHAR, modality VARCHAR, confidence DOUBLE, share DOUBLE, capacity DOUBLE,
                   unit VARCHAR, grade VARCHAR, fact UUID, facts BIGINT, relation VARCHAR DEFAULT 'PRODUCES');
"""
_EDGE_ROW: Final = pa.schema([
    ("source", pa.string()), ("target", pa.string()), ("modality", pa.string()), ("confidence", pa.float64()),
    ("share", pa.float64()), ("capacity", pa.float64()), ("unit", pa.string()), ("grade", pa.string()),
    ("fact", pa.string()), ("facts", pa.int64()),
])  # fmt: skip
_FIRM_ROW: Final = pa.schema([
    ("id", pa.string()), ("long_id", pa.string()), ("name", pa.string()), ("region", pa.string()),
    ("group_id", pa.string()), ("active", pa.bool_()),
])  # fmt: skip


class Makers:
    """The makers of the products asked about so far, in a database of their own; ids as the server indexes them."""

    def __init__(self, ask: Ask, regions: Regions) -> None:
        self._ask = ask
        self._filling = threading.Lock()  # questions are asked side by side
        self._leaves: set[str] = set()
        self._firms: set[str] = set()
        self._long: dict[str, str] = {}
        self._db = duckdb.connect()
        self._db.execute("SET preserve_insertion_order = false")
        self._db.execute(_TABLES)
        put_regions(self._db, regions)

    def of(self, pairs: pa.Table) -> duckdb.DuckDBPyConnection:
        """The database, with all makers of the leaves of these pairs."""
        with self._filling:
            missing = sorted(set(pairs["leaf"].to_pylist()) - self._leaves)
            if missing or not self._leaves:
                if not self._leaves:
                    self._keep_firms(self._grown())
                self._fetch(missing)
                self._leaves.update(missing)
                number_makers(self._db)
        return self._db

    def whole_ids(self, answer: pa.Table) -> pa.Table:
        """The same with ids too long for an index written out."""
        if not self._long:
            return answer
        ids = [self._long.get(node_id, node_id) for node_id in answer["id"].to_pylist()]
        return answer.set_column(answer.column_names.index("id"), "id", pa.array(ids, pa.string()))

    def _grown(self) -> list[list[Any]]:
        """All firms that belong to another, and those they belong to: a group may reach beyond the makers."""
        rows = self._ask(_GROUPED)
        heads = {row[4] for row in rows} - {row[0] for row in rows}
        return [*rows, *(row for part in _parts(sorted(heads)) for row in self._ask(_FIRMS, ids=part))]

    def _fetch(self, leaves: Sequence[str]) -> None:
        named = [(leaf, slot(low)) for leaf, low in zip(leaves, lowered_all(leaves), strict=True)]
        found = [row for part in _parts(named) for row in self._ask(_PRODUCTS, leaves=[list(pair) for pair in part])]
        self._put("entity", [row[:2] for row in found], pa.schema([("id", pa.string()), ("name", pa.string())]))
        for ids in _portions([(row[0], row[2]) for row in found if row[2]]):
            rows = self._ask(_EDGES, ids=ids)
            self._put("edge", rows, _EDGE_ROW)
            for part in _parts(sorted({row[0] for row in rows} - self._firms)):
                self._keep_firms(self._ask(_FIRMS, ids=part))

    def _keep_firms(self, rows: Sequence[Sequence[Any]]) -> None:
        self._firms.update(row[0] for row in rows)
        self._long.update((row[0], row[1]) for row in rows if row[1] is not None)
        self._put("entity", [(row[0], row[2]) for row in rows], pa.schema([("id", pa.string()), ("name", pa.string())]))
        firms = [(row[0], row[3], row[4] or row[0], row[5]) for row in rows]
        self._put("firm", firms, pa.schema([_FIRM_ROW.field(place) for place in (0, 3, 4, 5)]))

    def _put(self, table: str, rows: Sequence[Sequence[Any]], schema: pa.Schema) -> None:
        if not rows:
            return
        columns = zip(*rows, strict=True)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
        self._db.register("given", pa.Table.from_arrays(arrays, schema=schema))
        names = ", ".join(schema.names)
        self._db.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM given")
        self._db.unregister("given")


def _parts(items: Iterable[T]) -> Iterator[list[T]]:
    stream = iter(items)
    while part := list(islice(stream, _PORTION)):
        yield part


def _portions(products: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    """Ids of products with about equally many makers in each portion: no transaction grows with the chain."""
    portion: list[str] = []
    size = 0
    for node_id, makers in products:
        portion.append(node_id)
        size += makers
        if size >= _PORTION:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion
