"""Writing to the embedded store: the facts of one file swapped in, and DuckDB's errors told as ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from .duckdb_repeats import Repeats
from .errors import BulianError, StoreError, StoreUnavailable
from .facts import FACT_COLUMNS, FACT_SCHEMA, Tally

__all__ = ["FileWriter", "fact_ddl", "translated"]

_SQL_TYPES = {pa.string(): "VARCHAR", pa.float64(): "DOUBLE", pa.int32(): "INTEGER"}

_STREAM = FACT_SCHEMA.append(pa.field("first", pa.bool_()))
_BATCH = 1 << 16


def fact_ddl() -> str:
    """The statement that makes the table of facts."""
    columns = [f"{field.name} {'UUID' if field.name == 'id' else _SQL_TYPES[field.type]}" for field in FACT_SCHEMA]
    return f"CREATE TABLE fact ({', '.join(columns)})"


class FileWriter:
    """Puts the facts of one file in the place of what it said before; made, used and finished in one transaction.

    Facts go straight into their table, where DuckDB compresses them as they come: a copy in a temporary table
    would hold a large file in memory twice.
    """

    def __init__(self, database: duckdb.DuckDBPyConnection, uri: str) -> None:
        self._db = database
        self._uri = uri
        self.tally = Tally()
        self._repeats = Repeats()
        self._db.execute("CREATE OR REPLACE TEMP TABLE former AS SELECT id FROM fact WHERE file = ?", [uri])
        self._db.execute("DELETE FROM fact WHERE file = ?", [uri])

    def add(self, facts: pa.Table) -> None:
        """Add facts, as columns of :data:`~bulian.graph.facts.FACT_SCHEMA`."""
        self.add_each([facts])

    def add_each(self, tables: Iterable[pa.Table]) -> None:
        """Add tables of facts one after another, as they are made.

        All go in by one statement: each statement leaves row groups behind that are not full, one for every
        processor, and those would have to be put together and compressed again.
        """
        failed: list[BaseException] = []

        def batches() -> Iterator[pa.RecordBatch]:
            try:
                for facts in tables:
                    facts = facts.select(FACT_COLUMNS)
                    first = pa.array(self._repeats.first(facts))
                    yield from facts.append_column("first", first).to_batches(max_chunksize=_BATCH)
            except BaseException as error:  # the engine would make an error of its own of it
                failed.append(error)
                raise

        # A registered view would keep its table in memory until the transaction ends; a relation does not.
        stream = self._db.from_arrow(pa.RecordBatchReader.from_batches(_STREAM, batches()))
        try:
            stream.filter("first").project(", ".join(FACT_COLUMNS)).insert_into("fact")
        except duckdb.Error:
            if failed:
                raise failed[0] from None
            raise

    def finish(self) -> None:
        """Leave out what the file says twice and count what changed, into ``tally``."""
        self._repeats.settle(self._db, self._uri)
        different = self._one("SELECT count(*) FROM fact WHERE file = ?")
        before = f"(SELECT id FROM former UNION ALL SELECT id FROM fact WHERE file <> $1{self._shared()})"
        known = self._one(f"SELECT count(*) FROM (SELECT id FROM fact WHERE file = $1) SEMI JOIN {before} b USING (id)")
        gone = self._one("SELECT count(*) FROM former ANTI JOIN fact USING (id) WHERE $1 IS NOT NULL")
        self._db.execute("DROP TABLE temp.former")
        self.tally = Tally(different - known, known, gone)

    def _shared(self) -> str:
        """Which facts of other files may be among this one's: ids hold the file unless a source is cited."""
        cited = self._one("SELECT count(*) FROM fact WHERE file = ? AND source IS NOT NULL")
        return "" if cited else " AND source IS NOT NULL"

    def _one(self, sql: str) -> int:
        row = self._db.execute(sql, [self._uri]).fetchone()
        return int(row[0]) if row else 0


@contextmanager
def translated(path: str) -> Iterator[None]:
    """DuckDB's errors as ours; ours pass through."""
    try:
        yield
    except BulianError:
        raise
    except (duckdb.IOException, duckdb.FatalException, OSError) as error:
        raise StoreUnavailable(
            "写不进存储文件", where=path, hint=f"请检查磁盘空间和写权限；已有内容未受影响。（{error}）"
        ) from error
    except duckdb.Error as error:
        raise StoreError("存储出错，已有内容未受影响", where=path, hint=str(error)) from error
