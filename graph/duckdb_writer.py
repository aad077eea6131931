"""Writing to the embedded store: the facts of one file swapped in, and DuckDB's errors told as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from .errors import BulianError, StoreError, StoreUnavailable
from .facts import FACT_COLUMNS, FACT_SCHEMA, Tally

__all__ = ["FileWriter", "fact_ddl", "translated"]

_SQL_TYPES = {pa.string(): "VARCHAR", pa.float64(): "DOUBLE", pa.int32(): "INTEGER"}


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
        self._db.execute("CREATE OR REPLACE TEMP TABLE former AS SELECT id FROM fact WHERE file = ?", [uri])
        self._db.execute("DELETE FROM fact WHERE file = ?", [uri])

    def add(self, facts: pa.Table) -> None:
        """Add facts, as columns of :data:`~bulian.graph.facts.FACT_SCHEMA`."""
        # A registered view would keep its table in memory until the transaction ends; a relation does not.
        self._db.from_arrow(facts.select(FACT_COLUMNS)).insert_into("fact")

    def finish(self) -> None:
        """Leave out what the file says twice and count what changed, into ``tally``."""
        total = self._one("SELECT count(*) FROM fact WHERE file = ?")
        different = self._one("SELECT count(DISTINCT id) FROM fact WHERE file = ?")
        if different < total:
            self._db.execute(
                "DELETE FROM fact WHERE rowid IN (SELECT rowid FROM (SELECT rowid, row_number() OVER"
                " (PARTITION BY id ORDER BY sheet, row, start) AS place FROM fact WHERE file = ?) WHERE place > 1)",
                [self._uri],
            )
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
