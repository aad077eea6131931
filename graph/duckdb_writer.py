"""Writing to the embedded store: the facts of one file swapped in, and DuckDB's errors told as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from .errors import BulianError, StoreError, StoreUnavailable
from .facts import FACT_COLUMNS, FACT_SCHEMA, Tally

__all__ = ["FileWriter", "fact_ddl", "translated"]

_SQL_TYPES = {pa.string(): "VARCHAR", pa.float64(): "DOUBLE", pa.int32(): "INTEGER"}
_COLUMN_LIST = ", ".join(FACT_COLUMNS)


def fact_ddl(name: str, *, temporary: bool = False) -> str:
    """The statement that makes a table of facts."""
    columns = [f"{field.name} {'UUID' if field.name == 'id' else _SQL_TYPES[field.type]}" for field in FACT_SCHEMA]
    return f"CREATE {'TEMP ' if temporary else ''}TABLE {name} ({', '.join(columns)})"


class FileWriter:
    """Collects the facts of one file in a temporary table, then swaps them in."""

    def __init__(self, database: duckdb.DuckDBPyConnection, uri: str) -> None:
        self._db = database
        self._uri = uri
        self.tally = Tally()

    def add(self, facts: pa.Table) -> None:
        """Add facts, as columns of :data:`~bulian.graph.facts.FACT_SCHEMA`."""
        self._db.register("adding", facts)
        self._db.execute(f"INSERT INTO incoming ({_COLUMN_LIST}) SELECT {_COLUMN_LIST} FROM adding")
        self._db.unregister("adding")

    def commit(self) -> None:
        """Swap the collected facts in for what the file said before; fills ``tally``. Inside a transaction."""
        repeated = self._one("SELECT count(*) - count(DISTINCT id) FROM incoming")
        old = "SELECT id FROM fact WHERE file = $1"
        gone = self._one(
            f"SELECT count(*) FROM ({old}) o ANTI JOIN incoming USING (id)"
            " ANTI JOIN (SELECT id FROM fact WHERE file <> $1) e USING (id)", [self._uri],
        )  # fmt: skip
        known = self._one("SELECT count(DISTINCT id) FROM incoming SEMI JOIN fact USING (id)")
        total = self._one("SELECT count(*) FROM incoming")
        self._db.execute("DELETE FROM fact WHERE file = ?", [self._uri])
        distinct = "DISTINCT ON (id) " if repeated else ""
        order = " ORDER BY id, sheet, row, start" if repeated else ""
        self._db.execute(f"INSERT INTO fact SELECT {distinct}{_COLUMN_LIST} FROM incoming{order}")
        self.tally = Tally(total - repeated - known, known, gone)

    def _one(self, sql: str, parameters: list[Any] | None = None) -> int:
        row = self._db.execute(sql, parameters or []).fetchone()
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
