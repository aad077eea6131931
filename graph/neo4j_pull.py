"""Reading what is said back from a Neo4j server into the mirror: page by page, in the order of an index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Protocol

import duckdb
import pyarrow as pa

from .facts import FACT_COLUMNS, FACT_SCHEMA
from .kinds import SCHEMA
from .neo4j_schema import FACT_COLUMNS_STORED, NODE
from .neo4j_server import Server

__all__ = ["Rows", "as_facts", "fact_pages", "pull", "pull_held", "staged_pages"]

_PAGE: Final = 20_000
_STORED: Final = ("key", *FACT_COLUMNS_STORED)
_TYPES: Final = {
    "key": pa.string(), "subject_id": pa.string(), "object_id": pa.string(), "file": pa.int64(), "source": pa.int64(),
}  # fmt: skip
_SCHEMA: Final = pa.schema([(name, _TYPES.get(name) or FACT_SCHEMA.field(name).type) for name in _STORED])
_KIND = "coalesce({0}_kind, split_part({0}_id, ':', 1))"
_KEY = "coalesce({0}_key, substr({0}_id, instr({0}_id, ':') + 1))"


class Rows(Protocol):
    """Whoever answers a reading statement: a server, or a view of it at one revision."""

    def rows(self, statement: str, **parameters: Any) -> list[list[Any]]:
        """The rows of the statement."""


def pull(server: Server, db: duckdb.DuckDBPyConnection) -> int:
    """Fill an empty mirror: numbers of sources, sources, documents, settings, facts; how many facts came."""
    for table, names, select in (
        ("numbered", "uri, number", "MATCH (s:BulianSource) RETURN s.uri, s.number"),
        ("source", "uri, title, publisher, date, sha256, fingerprint",
         "MATCH (s:BulianSource {file: true})"
         " RETURN s.uri, s.title, s.publisher, s.date, s.sha256, s.fingerprint"),
        ("document", "uri, text, lexicon",
         "MATCH (d:BulianDocument) MATCH (s:BulianSource {number: d.number}) RETURN s.uri, d.text, d.lexicon"),
        ("setting", "name, value", "MATCH (s:BulianSetting) RETURN s.name, s.value"),
    ):  # fmt: skip
        rows = server.rows(select)
        if rows:
            db.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(rows[0]))})", rows)
    pulled = 0
    for page in fact_pages(server):
        pulled += page.num_rows
        db.register("page", page)
        db.execute(f"INSERT INTO fact ({', '.join(FACT_COLUMNS)}) {as_facts()}")
        db.unregister("page")
    return pulled


def as_facts() -> str:
    """SQL that makes facts of a registered ``page``, with the sources' numbers in ``numbered``."""
    made = {
        "id": "CAST(split_part(key, ':', 1) AS UUID)",
        "file": "n.uri",
        "source": "c.uri",
        "subject_kind": _KIND.format("subject"),
        "subject_key": _KEY.format("subject"),
        "subject": f"coalesce(subject, {_KEY.format('subject')})",
        "object_kind": _KIND.format("object"),
        "object_key": _KEY.format("object"),
        "object": f"CASE WHEN object_id IS NULL THEN object ELSE coalesce(object, {_KEY.format('object')}) END",
    }
    columns = ", ".join(f"{made[name]} AS {name}" if name in made else f"p.{name}" for name in FACT_COLUMNS)
    return (
        f"SELECT {columns} FROM page p JOIN numbered n ON n.number = p.file LEFT JOIN numbered c ON c.number = p.source"
    )


def fact_pages(server: Rows) -> Iterator[pa.Table]:
    """Facts as they lie on the server, by key."""
    returned = ", ".join(f"f.{name}" for name in _STORED)
    statement = f"MATCH (f:BulianFact) WHERE f.key > $last RETURN {returned} ORDER BY f.key LIMIT $limit"
    last = ""
    while rows := server.rows(statement, last=last, limit=_PAGE):
        yield _table(rows)
        last = rows[-1][0]


def staged_pages(server: Server) -> Iterator[pa.Table]:
    """Key and digest of every staged fact."""
    statement = "MATCH (f:BulianPendingFact) WHERE f.key > $last RETURN f.key, f.digest ORDER BY f.key LIMIT $limit"
    last = ""
    while rows := server.rows(statement, last=last, limit=_PAGE):
        keys, digests = zip(*rows, strict=True)
        yield pa.table({"key": pa.array(keys, pa.string()), "digest": pa.array(digests, pa.int64())})
        last = rows[-1][0]


def _table(rows: Sequence[Sequence[Any]]) -> pa.Table:
    columns = zip(*rows, strict=True)
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, _SCHEMA, strict=True)], schema=_SCHEMA
    )


def pull_held(server: Server, db: duckdb.DuckDBPyConnection) -> None:
    """Learn what derived rows the server holds, of unknown content: all are written again, strays are dropped."""
    for table, key, label in (("node", "id", NODE), ("alias", "pair", "BulianAlias")):
        statement = f"MATCH (n:{label}) WHERE n.{key} > $last RETURN n.{key} ORDER BY n.{key} LIMIT $limit"
        _hold(db, f"INSERT INTO held_{table} SELECT key, NULL FROM page", _key_pages(server, statement))
    for relation in SCHEMA.relations:
        statement = f"MATCH ()-[e:{relation.name}]->() WHERE e.id > $last RETURN e.id ORDER BY e.id LIMIT $limit"
        _hold(db, f"INSERT INTO held_edge SELECT key, '{relation.name}', NULL FROM page", _key_pages(server, statement))


def _key_pages(server: Server, statement: str) -> Iterator[list[str]]:
    last = ""
    while rows := server.rows(statement, last=last, limit=_PAGE):
        yield [row[0] for row in rows]
        last = rows[-1][0]


def _hold(db: duckdb.DuckDBPyConnection, insert: str, pages: Iterator[list[str]]) -> None:
    for keys in pages:
        db.register("page", pa.table({"key": pa.array(keys, pa.string())}))
        db.execute(insert)
        db.unregister("page")
