"""The embedded store: one DuckDB file, for one machine and up to some millions of firms. No server needed.

Facts are the only truth in the file; nodes and edges are derived from them (:mod:`bulian.graph.duckdb_derive`).
Each source is written in one transaction. If the program dies before deriving, the next opening derives again:
the file always answers as before or after a source, never between.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import duckdb

from . import duckdb_derive
from .duckdb_memory import thriftily, thrifty
from .duckdb_registers import RegisterReads
from .duckdb_view import DuckDBView
from .duckdb_writer import FileWriter, fact_ddl, translated
from .errors import AmbiguousNameError, NotFoundError, StoreError, StoreUnavailable, StoreVersionError
from .facts import Source
from .store import Document

__all__ = ["STORE_VERSION", "DuckDBStore", "open_duckdb", "open_trial"]

STORE_VERSION: Final = "3"
_REPLACE_HINT = "请另指定一个存储文件（--store），再把原来的数据文件重新导入。"


class DuckDBStore(RegisterReads, DuckDBView):
    """A DuckDB file open for reading, or for reading and writing. Use :func:`open_duckdb`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: str) -> None:
        super().__init__(connection)
        self.path = path

    def initialise(self) -> None:
        """Lay out an empty file: facts, sources, documents, settings; derived tables stay to be derived."""
        with self._transaction():
            self._db.execute(fact_ddl())
            self._db.execute(
                "CREATE TABLE source (uri VARCHAR, title VARCHAR, publisher VARCHAR, date VARCHAR,"
                " sha256 VARCHAR, fingerprint VARCHAR)"
            )
            self._db.execute("CREATE TABLE document (uri VARCHAR, text VARCHAR, lexicon VARCHAR)")
            self._db.execute("CREATE TABLE setting (name VARCHAR, value VARCHAR)")
            self._put("store_version", STORE_VERSION)
            duckdb_derive.derive(self._db)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            with suppress(duckdb.Error):
                self._db.execute("ROLLBACK")
            raise

    def _put(self, name: str, value: str | None) -> None:
        self._db.execute("DELETE FROM setting WHERE name = ?", [name])
        if value is not None:
            self._db.execute("INSERT INTO setting VALUES (?, ?)", [name, value])

    def put_setting(self, name: str, value: str | None) -> None:
        """Keep a setting, or drop it with None."""
        with translated(self.path), self._transaction():
            self._put(name, value)

    @contextmanager
    def write(self, source: Source, document: Document | None = None) -> Iterator[FileWriter]:
        """Replace what this file says by what is added, and its kept text by ``document``, in one transaction."""
        with translated(self.path), thrifty(self._db), self._transaction():
            writer = FileWriter(self._db, source.uri)
            yield writer
            writer.finish()
            self._replace_source(source, document)
            self._put("stale", "1")

    def _replace_source(self, source: Source, document: Document | None) -> None:
        for table in ("source", "document"):
            self._db.execute(f"DELETE FROM {table} WHERE uri = ?", [source.uri])
        row = [source.uri, source.title, source.publisher, source.date, source.sha256, source.fingerprint]
        self._db.execute("INSERT INTO source VALUES (?, ?, ?, ?, ?, ?)", row)
        if document is not None:
            self._db.execute("INSERT INTO document VALUES (?, ?, ?)", [source.uri, document.text, document.lexicon])

    def forget(self, source: str) -> int:
        """Take back what only this source (uri, path or title) said; how many facts went.

        Raises:
            NotFoundError: no source of that uri, path or title is known; AmbiguousNameError when several have it.
        """
        uris = self._source_uris(source)
        with translated(self.path), self._transaction():
            gone = self._count_gone(uris)
            # The files that carried it must be read again if they are handed in again.
            self._db.execute(
                "UPDATE source SET fingerprint = NULL WHERE uri IN"
                " (SELECT file FROM fact WHERE source IN (SELECT unnest(?)))",
                [uris],
            )
            for table, column in (("document", "uri"), ("source", "uri"), ("fact", "file"), ("fact", "source")):
                self._db.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT unnest(?))", [uris])
            self._put("stale", "1")
        return gone

    def _source_uris(self, source: str) -> list[str]:
        """The uri of the source meant: by uri or path, else by title or file name if only one is called so."""
        known = (
            "SELECT DISTINCT uri FROM (SELECT uri, title FROM source UNION ALL"
            " SELECT source, source FROM fact WHERE source IS NOT NULL) WHERE "
        )
        exact = self._rows(f"{known} uri IN (?, ?)", [source, Path(source).absolute().as_posix()])
        named = exact or self._rows(f"{known} title = $1 OR ends_with(uri, '/' || $1) ORDER BY uri", [source])
        if not named:
            hint = "用 bulian export --format json 可看到所有来源的地址与标题。"
            raise NotFoundError("没有这个来源", where=source, hint=hint)
        uris = [row[0] for row in named]
        if not exact and len(uris) > 1:
            hint = "请写明地址之一：" + "、".join(uris)
            raise AmbiguousNameError(f"有 {len(uris)} 个来源叫这个名字", where=source, hint=hint)
        return uris

    def _count_gone(self, uris: list[str]) -> int:
        row = self._db.execute(
            "WITH leaving AS (SELECT id, file, source FROM fact WHERE file IN (SELECT unnest($1))"
            " OR source IN (SELECT unnest($1)))"
            " SELECT count(DISTINCT id) FROM leaving WHERE id NOT IN (SELECT id FROM fact"
            " WHERE file NOT IN (SELECT unnest($1)) AND (source IS NULL OR source NOT IN (SELECT unnest($1))))",
            [uris],
        ).fetchone()
        return int(row[0]) if row else 0

    def facts_of_file(self, uri: str) -> int:
        """How many facts a file carries."""
        return int(self._rows("SELECT count(*) FROM fact WHERE file = ?", [uri])[0][0])

    def derive(self) -> None:
        """Resolve names and merge facts into nodes and edges, in one transaction."""
        with translated(self.path):
            thriftily(self._db, self._derive)
            self._db.execute("CHECKPOINT")
        self.reset()

    def _derive(self) -> None:
        with self._transaction():
            duckdb_derive.derive(self._db)
            self._put("stale", None)

    def documents(self) -> list[Document]:
        """Documents kept for reading again, by uri."""
        rows = self._db.execute(
            "SELECT s.uri, s.title, s.publisher, s.date, s.sha256, s.fingerprint, d.text, d.lexicon"
            " FROM document d JOIN source s USING (uri) ORDER BY uri"
        ).fetchall()
        return [Document(Source(*row[:6]), row[6], row[7]) for row in rows]

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def __enter__(self) -> DuckDBStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def open_trial(path: str) -> Iterator[DuckDBStore]:
    """A copy of a store to write to and throw away: what an ingest would do, without doing it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "trial.duckdb"
        if Path(path).exists():
            open_duckdb(path).close()  # refuses what is no store of ours, or one in use
            shutil.copyfile(path, copy)
        with open_duckdb(str(copy), write=True) as store:
            yield store


def open_duckdb(path: str, *, write: bool = False) -> DuckDBStore:
    """Open a DuckDB store; with ``write`` it is made if it does not exist.

    Raises:
        NotFoundError: there is no such file and it is only to be read.
        StoreVersionError: another version of bulian made it.
        StoreUnavailable: another process has it open, or the disk refuses.
        StoreError: the file is no DuckDB store of bulian.
    """
    file = Path(path)
    exists = file.exists() and file.stat().st_size > 0
    if not exists and not write:
        raise _no_data(path)
    if file.exists() and not exists:
        file.unlink()  # a file of zero bytes is what a kill at creation leaves; there is nothing in it
    store = DuckDBStore(_connect(path, read_only=not write), path)
    try:
        _check_version(store, path, exists=exists, write=write)
        if store.setting("stale") is None:
            return store
        if not write:  # the last writer died before deriving: do it now
            store.close()
            store = DuckDBStore(_connect(path, read_only=False), path)
        store.derive()
    except BaseException:
        store.close()
        raise
    return store


def _no_data(path: str) -> NotFoundError:
    hint = "请先运行 bulian ingest 导入文件，或用 --store 指定存储。"
    return NotFoundError("还没有数据", where=path, hint=hint, code="no_store")


def _connect(path: str, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    try:
        connection = duckdb.connect(path, read_only=read_only)
    except duckdb.IOException as error:
        text = str(error)
        if "lock" in text.lower() or "already open" in text.lower() or "used by another process" in text.lower():
            hint = "请等它结束或关掉它，再试一次。"
            raise StoreUnavailable("存储文件正被另一个程序使用", where=path, hint=hint, code="store_locked") from error
        if "version" in text.lower():
            raise StoreVersionError("存储文件的格式版本不同", where=path, hint=_REPLACE_HINT) from error
        if "not a valid duckdb" in text.lower():
            raise StoreError("这不是补链的存储文件", where=path, hint=_REPLACE_HINT) from error
        raise StoreUnavailable("打不开存储文件", where=path, hint=text) from error
    except duckdb.Error as error:
        raise StoreError("存储文件损坏或不是补链的存储文件", where=path, hint=_REPLACE_HINT) from error
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET preserve_insertion_order = false")  # every order is asked for; both cores may write
    return connection


def _check_version(store: DuckDBStore, path: str, *, exists: bool, write: bool) -> None:
    with translated(path):
        if not exists or not store.tables():  # without a table: what a kill at creation leaves
            if not write:
                raise _no_data(path)
            store.initialise()
            return
        if "setting" not in store.tables() or "fact" not in store.tables():
            raise StoreError("这不是补链的存储文件", where=path, hint=_REPLACE_HINT)
        version = store.setting("store_version")
        if version != STORE_VERSION:
            message = f"存储文件是另一版本的补链写的（{version}，本版本 {STORE_VERSION}）"
            raise StoreVersionError(message, where=path, hint=_REPLACE_HINT)
