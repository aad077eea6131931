"""Sending rows to the server: batches of lists in transactions of their own, smaller ones where its memory is small."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import duckdb
import neo4j
from neo4j.exceptions import Neo4jError

from . import neo4j_pull
from .errors import StoreUnavailable
from .kinds import SCHEMA
from .neo4j_errors import is_memory
from .neo4j_schema import EDGE_QUALIFIERS, FACT_COLUMNS_STORED, NODE, labels_of
from .neo4j_server import Server

__all__ = ["Sender"]

_BATCH: Final = 10_000
_DELETE_BATCH: Final = 2_000
_EDGE_COLUMNS: Final = ("long_id", "modality", "confidence", "facts", "sources", "fact", *EDGE_QUALIFIERS)
_FIRM_COLUMNS: Final = ("long_id", "name", "lowered", "region", "places", "group_id", "active", "keys")
_STAGED: Final = {
    "source": ("number", "uri", "title", "publisher", "date", "sha256", "fingerprint", "file"),
    "document": ("number", "text", "lexicon"),
    "fact": ("key", *FACT_COLUMNS_STORED, "digest"),
}
_LABELS: Final = {"source": "BulianSource", "document": "BulianDocument", "fact": "BulianFact"}


class _TooLarge(Exception):
    """A batch that the server's memory does not take; not retried as it is."""


class Sender:
    """Writes in the name of one holder of the store's writing mark; stops when another has taken it over."""

    def __init__(self, server: Server, db: duckdb.DuckDBPyConnection, token: str) -> None:
        self._server = server
        self._db = db
        self._token = token
        self._batch = _BATCH
        self._deleted = _DELETE_BATCH

    def _send(self, statement: str, rows: Sequence[Any], **parameters: Any) -> int:
        """One batch in one transaction; halved, and halved again, as long as the server's memory is too small."""
        if not rows:
            return 0

        def work(transaction: neo4j.ManagedTransaction) -> int:
            self._hold(transaction)
            try:
                found = transaction.run(statement, {"rows": rows, **parameters}).single()
            except Neo4jError as error:
                if is_memory(error) and len(rows) > 1:
                    raise _TooLarge from error
                raise
            return int(found[0]) if found else 0

        try:
            return self._server.writing(work)
        except _TooLarge:
            pass
        except StoreUnavailable as error:  # noticed only when the batch was to be committed
            if error.code != "store_memory" or len(rows) == 1:
                raise
        half = len(rows) // 2
        self._batch = max(1, min(self._batch, half))
        return self._send(statement, rows[:half], **parameters) + self._send(statement, rows[half:], **parameters)

    def _hold(self, transaction: neo4j.ManagedTransaction) -> None:
        mark = transaction.run(
            "MATCH (m:BulianStore {one: 1, writer: $token}) SET m.beat = timestamp() RETURN m.one", {"token": self._token}
        ).single()
        if mark is None:
            hint = "请再运行一次同一条命令。"
            raise StoreUnavailable(
                "存储已由另一个程序接手写入", where=str(self._server.address), hint=hint, code="store_locked"
            )

    def _rows(self, select: str, parameters: Sequence[Any] = ()) -> Iterator[list[tuple[Any, ...]]]:
        cursor = self._db.cursor()
        try:
            cursor.execute(select, list(parameters))  # sorting may take long: show that we are alive
            self._send("RETURN 0", [None])
            while rows := cursor.fetchmany(self._batch):
                yield rows
        finally:
            cursor.close()

    def _distinct(self, column: str, table: str) -> list[str]:
        return [row[0] for row in self._db.execute(f"SELECT DISTINCT {column} FROM {table} ORDER BY 1").fetchall()]

    def stage(self, table: str) -> None:
        """Put new rows beside the old ones and mark those that leave; readers see neither."""
        label, key = _LABELS[table], _STAGED[table][0]
        pending = label.replace("Bulian", "BulianPending")
        groups = [""]
        if table == "fact":  # facts of one predicate fill the same columns, the empty ones are not sent
            groups = [
                row[0] for row in self._db.execute("SELECT DISTINCT predicate FROM send_fact ORDER BY 1").fetchall()
            ]
        for group in groups:
            where, chosen = (" WHERE predicate = ?", [group]) if table == "fact" else ("", [])
            columns = self._filled(f"send_{table}", _STAGED[table], where, chosen)
            if not columns:
                continue
            statement = f"UNWIND $rows AS r CREATE (n:{pending}) SET n = {_map(columns)} RETURN count(*)"
            for rows in self._rows(f"SELECT {', '.join(columns)} FROM send_{table}{where}", chosen):
                self._send(statement, rows)
        mark = f"UNWIND $rows AS r MATCH (n:{label} {{{key}: r}}) SET n:BulianLeaving RETURN count(*)"
        for rows in self._rows(f"SELECT {key} FROM drop_{table}"):
            self._send(mark, [row[0] for row in rows])

    def resume(self) -> None:
        """Go on from what a writer left that never came to its end: facts staged as they are wanted now stay."""
        for label in ("BulianPendingSource", "BulianPendingDocument"):
            self._until_none(f"MATCH (n:{label}) WITH n LIMIT $limit DELETE n RETURN count(*)")
        self._until_none("MATCH (n:BulianLeaving) WITH n LIMIT $limit REMOVE n:BulianLeaving RETURN count(*)")
        self._db.execute("CREATE OR REPLACE TABLE staged (key VARCHAR, digest BIGINT)")
        for page in neo4j_pull.staged_pages(self._server):
            self._db.register("page", page)
            self._db.execute("INSERT INTO staged SELECT key, digest FROM page")
            self._db.unregister("page")
        gone = "UNWIND $rows AS r MATCH (n:BulianPendingFact {key: r}) DELETE n RETURN count(*)"
        for rows in self._rows("SELECT key FROM staged ANTI JOIN send_fact USING (key, digest)"):
            self._send(gone, [row[0] for row in rows])
        self._db.execute(
            "DELETE FROM send_fact WHERE key IN (SELECT key FROM staged SEMI JOIN send_fact USING (key, digest))"
        )
        self._db.execute("DROP TABLE staged")

    def swap(self) -> None:
        """Let the staged rows take the place of those that leave; may be run again."""
        self._until_none("MATCH (n:BulianLeaving) WITH n LIMIT $limit DELETE n RETURN count(*)")
        for label in _LABELS.values():
            pending = label.replace("Bulian", "BulianPending")
            self._until_none(
                f"MATCH (n:{pending}) WITH n LIMIT $limit SET n:{label} REMOVE n:{pending}, n.digest RETURN count(*)"
            )

    def _until_none(self, statement: str) -> None:
        while True:
            try:
                if not self._send(statement, [None], limit=self._deleted):
                    return
            except StoreUnavailable as error:
                if error.code != "store_memory" or self._deleted == 1:
                    raise
                self._deleted = max(1, self._deleted // 4)

    def _filled(
        self, table: str, columns: Sequence[str], where: str = "", parameters: Sequence[Any] = ()
    ) -> tuple[str, ...]:
        """The columns that hold anything: a null sent is a null unpacked, for every row."""
        counts = self._db.execute(
            f"SELECT {', '.join(f'count({name})' for name in columns)} FROM {table}{where}", list(parameters)
        ).fetchone()
        return tuple(name for name, count in zip(columns, counts or (), strict=True) if count)

    def nodes(self) -> None:
        """Merge changed nodes, their kind as labels."""
        for kind in self._distinct("kind", "send_node"):
            family = SCHEMA.family(kind)
            others = [k.name for k in SCHEMA.kinds if SCHEMA.family(k.name) == family and k.name != family]
            remove = f" REMOVE n:{':'.join(others)}" if others else ""
            columns = self._filled("send_node", _FIRM_COLUMNS, " WHERE kind = ?", [kind])
            held = _map(("id", *columns), kind=SCHEMA.kind(kind).name)
            statement = (
                f"UNWIND $rows AS r MERGE (n:{NODE} {{id: r[0]}}) SET n = {held} SET n += r[{len(columns) + 1}]{remove}"
                f" SET n:{labels_of(kind)} RETURN count(*)"
            )
            select = f"SELECT id, {', '.join(columns)}, properties FROM send_node WHERE kind = ? ORDER BY id"
            for rows in self._rows(select, [kind]):
                self._send(statement, rows)

    def edges(self) -> None:
        """Merge changed edges, each by its ends, type and id."""
        for relation in self._distinct("relation", "send_edge"):
            columns = self._filled("send_edge", _EDGE_COLUMNS, " WHERE relation = ?", [relation])
            statement = (
                f"UNWIND $rows AS r MATCH (a:{NODE} {{id: r[1]}}) MATCH (b:{NODE} {{id: r[2]}})"
                f" MERGE (a)-[e:{SCHEMA.relation(relation).name} {{id: r[0]}}]->(b)"
                f" SET e = {_map(('id', 'source', 'target', *columns), leave=('source', 'target'))} RETURN count(*)"
            )
            names = ", ".join(("id", "source", "target", *columns))
            select = f"SELECT {names} FROM send_edge WHERE relation = ? ORDER BY target, source"
            for rows in self._rows(select, [relation]):
                self._send(statement, rows)

    def aliases(self) -> None:
        """Add new names to look nodes up by; take away old ones."""
        statement = "UNWIND $rows AS r MERGE (n:BulianAlias {pair: r[0]}) SET n.key = r[1], n.id = r[2] RETURN count(*)"
        gone = "UNWIND $rows AS r MATCH (n:BulianAlias {pair: r}) DELETE n RETURN count(*)"
        for rows in self._rows("SELECT pair FROM drop_alias"):
            self._send(gone, [row[0] for row in rows])
        for rows in self._rows("SELECT pair, key, id FROM send_alias"):
            self._send(statement, rows)

    def drop_derived(self) -> None:
        """Take away edges, then nodes that nothing says any more."""
        for relation in SCHEMA.relations:
            gone = f"UNWIND $rows AS r MATCH ()-[e:{relation.name} {{id: r}}]->() DELETE e RETURN count(*)"
            for rows in self._rows("SELECT id FROM drop_edge WHERE relation = ?", [relation.name]):
                self._send(gone, [row[0] for row in rows])
        statement = f"UNWIND $rows AS r MATCH (n:{NODE} {{id: r}}) DETACH DELETE n RETURN count(*)"
        for rows in self._rows("SELECT id FROM drop_node"):
            self._send(statement, [row[0] for row in rows])


def _map(columns: Sequence[str], leave: Sequence[str] = (), **constants: str) -> str:
    """A map literal that takes every column from its place in a row; names are the declared ones only."""
    pairs = [f"{name}: r[{place}]" for place, name in enumerate(columns) if name not in leave]
    return "{" + ", ".join([*pairs, *(f"{name}: '{value}'" for name, value in constants.items())]) + "}"
