"""The store on a Neo4j server, for several offices and graphs that outgrow one machine.

Reading asks the server (:class:`bulian.graph.neo4j_view.Neo4jView`). Writing works on a mirror: what is said is
fetched into a DuckDB file, files are taken in and names resolved there by the very code of the embedded store, and
the differences are sent. So both stores answer alike by construction, and a change costs what it changes.

What the server holds is always as before or after a write:

1. new facts are staged beside the old ones, leaving ones are marked; readers see neither;
2. one transaction raises the store's revision and marks it as unfinished: from here on it is the new state, which
   is applied (facts swapped, nodes and edges merged) in batches; readers are told to wait;
3. the mark is taken off.

A writer that dies before 2 has changed nothing; whoever opens the store after one that died later finishes its work.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from . import neo4j_pull, neo4j_rows, neo4j_schema
from .duckdb_store import DuckDBStore, _connect, open_duckdb
from .errors import BulianError, NotFoundError, StoreUnavailable, StoreVersionError
from .neo4j_push import Sender
from .neo4j_schema import LAYOUT
from .neo4j_server import Address, Server
from .neo4j_view import Neo4jView

__all__ = ["LAYOUT", "Neo4jStore", "open_neo4j", "open_neo4j_trial"]

_INDEXING: Final = 3600.0  # seconds
_ABANDONED: Final = 60_000  # milliseconds without a sign of life after which a writer counts as dead


@dataclass(frozen=True, slots=True)
class _Mark:
    """The store's own node: its layout, how often it was changed, whether a change is unfinished or under way.

    ``bare``: it came by an import, and constraints and indexes are still to be made.
    """

    layout: str
    revision: int
    stale: bool
    busy: bool
    bare: bool = False


def _mark(server: Server) -> _Mark | None:
    rows = server.rows(
        "MATCH (m:BulianStore {one: 1}) RETURN m.layout, m.revision, coalesce(m.stale, false),"
        " m.writer IS NOT NULL AND timestamp() - m.beat < $abandoned, coalesce(m.bare, false)",
        abandoned=_ABANDONED,
    )
    return _Mark(*rows[0]) if rows else None


class Neo4jStore(DuckDBStore):
    """A server open for writing: a mirror that sends what it derives. Use :func:`open_neo4j`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: str, server: Server, *, trial: bool = False) -> None:
        super().__init__(connection, path)
        self.address = str(server.address)
        self._server = server
        self._revision = 0
        self._trial = trial

    def fill(self, mark: _Mark) -> None:
        """Fetch what is said and derive it; where the server's derived rows are in doubt, send them all again."""
        neo4j_rows.prepare(self._db)
        self._revision = mark.revision
        if mark.stale:  # its writer died after the new state counted: finish what it began
            with self._writing(finish=False) as sender:
                sender.swap()
        if neo4j_pull.pull(self._server, self._db):
            super().derive()
        neo4j_rows.make_wanted(self._db)
        neo4j_rows.hold(self._db)
        if mark.stale:
            for table in ("node", "edge", "alias"):
                self._db.execute(f"DELETE FROM held_{table}")
            neo4j_pull.pull_held(self._server, self._db)
            self._send_differences(unfinished=True)

    def derive(self) -> None:
        """Resolve names and merge facts in the mirror, then bring the server to the same state."""
        super().derive()
        if not self._trial:
            self._send_differences()

    def put_setting(self, name: str, value: str | None) -> None:
        """Keep a setting, or drop it with None."""
        super().put_setting(name, value)
        if not self._trial:
            gone = "MATCH (s:BulianSetting {name: $name}) DELETE s"
            kept = "MERGE (s:BulianSetting {name: $name}) SET s.value = $value"
            self._server.change(gone if value is None else kept, name=name, value=value)

    def _send_differences(self, *, unfinished: bool = False) -> None:
        neo4j_rows.make_wanted(self._db)
        counts = neo4j_rows.changed(self._db)
        if unfinished or any(any(pair) for pair in counts.values()):
            with self._writing() as sender:
                sender.resume()
                for table in neo4j_rows.REPLACED:
                    sender.stage(table)
                self._commit()
                sender.swap()
                sender.nodes()
                sender.edges()
                sender.aliases()
                sender.drop_derived()
        neo4j_rows.hold(self._db)

    @contextmanager
    def _writing(self, *, finish: bool = True) -> Iterator[Sender]:
        """Hold the store's writing mark; refused while another writer lives or after one has changed the store."""
        self._token = uuid.uuid4().hex
        taken = self._server.change(
            "MATCH (m:BulianStore {one: 1, revision: $revision})"
            " WHERE m.writer IS NULL OR timestamp() - m.beat >= $abandoned"
            " SET m.writer = $token, m.beat = timestamp() RETURN m.one",
            revision=self._revision, token=self._token, abandoned=_ABANDONED,
        )  # fmt: skip
        if not taken:
            raise _busy(self.address, "store_changed", "读取之后，另一个程序改写了存储或正在写入")
        release = "MATCH (m:BulianStore {one: 1, writer: $token}) REMOVE m.writer, m.beat"
        try:
            yield Sender(self._server, self._db, self._token)
        except BaseException:
            with suppress(BulianError):  # so that the next run need not wait; an unfinished state stays marked as such
                self._server.change(release, token=self._token)
            raise
        self._server.change(f"{release}, m.stale" if finish else release, token=self._token)

    def _commit(self) -> None:
        """From here on the new state counts."""
        done = self._server.change(
            "MATCH (m:BulianStore {one: 1, writer: $token}) SET m.stale = true, m.revision = m.revision + 1"
            " RETURN m.revision", token=self._token,
        )  # fmt: skip
        if not done:
            raise _busy(self.address, "store_locked", "存储已由另一个程序接手写入")
        self._revision = int(done[0][0])

    def close(self) -> None:
        """Let go of the connection and of the mirror."""
        super().close()
        self._server.close()
        Path(self.path).unlink(missing_ok=True)


def _busy(where: str, code: str, sentence: str) -> StoreUnavailable:
    return StoreUnavailable(sentence, where=where, hint="请等它结束，再运行一次。", code=code)


def open_neo4j(url: str, *, write: bool = False) -> Neo4jView | Neo4jStore:
    """Open the store on a server; with ``write`` it is laid out if there is none.

    Args:
        url: ``neo4j://host:7687`` or ``bolt://host:7687``, also ``+s``; ``/name`` at the end names the database.
        write: open for writing.

    Raises:
        NotFoundError: there is no store of bulian on the server and it is only to be read.
        StoreVersionError: another version of bulian laid it out.
        StoreUnavailable: the server cannot be reached, refuses, does not answer, or another program writes to it.
        UsageError: the address or the credentials cannot be right.
    """
    server = Server(Address.parse(url))
    try:
        mark = _ready(server, write=write)
        if mark.stale and not write:
            _filled(server, mark).close()
            server = Server(Address.parse(url))
            mark = _ready(server, write=False)
        return _filled(server, mark) if write else Neo4jView(server, mark.revision)
    except BaseException:
        server.close()
        raise


@contextmanager
def open_neo4j_trial(url: str) -> Iterator[DuckDBStore]:
    """The mirror of a server to write to and throw away: what an ingest would do, without doing it."""
    server = Server(Address.parse(url))
    try:
        mark = _mark(server)
        with _filled(server, mark or _Mark(LAYOUT, 0, stale=False, busy=False), trial=True) as store:
            yield store
    finally:
        server.close()


def _ready(server: Server, *, write: bool) -> _Mark:
    mark = _mark(server)
    if mark is None:
        if not write:
            hint = "请先运行 bulian ingest 导入文件，或用 --store 指定存储。"
            raise NotFoundError("还没有数据", where=str(server.address), hint=hint, code="no_store")
        server.command(list(neo4j_schema.statements()))
        server.change("MERGE (m:BulianStore {one: 1}) ON CREATE SET m.layout = $layout, m.revision = 0", layout=LAYOUT)
        mark = _mark(server)
    if mark is None or mark.layout != LAYOUT:
        found = mark.layout if mark else "?"
        hint = "请用那个版本的补链打开，或换一个数据库重新导入。"
        message = f"服务器上的存储是另一版本的补链写的（{found}，本版本 {LAYOUT}）"
        raise StoreVersionError(message, where=str(server.address), hint=hint)
    if mark.bare:
        _index(server)
    if write:  # a server that takes no writes says so now, not after an hour of reading files
        server.change("MATCH (m:BulianStore {one: 1}) SET m.one = 1")
    if mark.busy and (write or mark.stale):
        raise _busy(str(server.address), "store_locked", "另一个程序正在写入这个存储")
    return mark


def _index(server: Server) -> None:
    """Make the constraints and indexes of an imported store; that takes as long as there are rows."""
    patience, server.patience = server.patience, max(server.patience, _INDEXING)
    try:
        server.command([*neo4j_schema.statements(), "CALL db.awaitIndexes()"])
    finally:
        server.patience = patience
    server.change("MATCH (m:BulianStore {one: 1}) REMOVE m.bare")


def _filled(server: Server, mark: _Mark, *, trial: bool = False) -> Neo4jStore:
    path = str(Path(tempfile.gettempdir()) / f"bulian-{uuid.uuid4().hex}.duckdb")
    open_duckdb(path, write=True).close()
    store = Neo4jStore(_connect(path, read_only=False), path, server, trial=trial)
    try:
        store.fill(mark)
    except BaseException:
        store.close()
        raise
    return store
