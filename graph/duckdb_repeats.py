"""Facts that a file says twice, held back while its facts are written.

They must not go into the table and be deleted again: a table in which the transaction itself has deleted is written
anew when it is committed, which costs as much as all the writing before. So every id leaves its mark in a table of
bits, and a fact whose mark is already there waits until the end, when it is looked up.
"""

from __future__ import annotations

from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Repeats"]

_Hashes = npt.NDArray[np.uint64]
_BITS: Final = 30  # of ten million facts one in two hundred waits in vain
_LARGE: Final = 1 << 18  # facts of a first table behind which more may come
_PER_FACT: Final = 6  # 64 bits for each of a smaller one: a large table of bits would cost more than its facts
_LAST: Final = np.iinfo(np.int32).max  # as the engine sorts: a place that is not given comes last
_PLACE: Final = "sheet, row, start"


class Repeats:
    """Tells the first fact of an id from later ones, table by table, and settles at the end which of them stands."""

    def __init__(self) -> None:
        self._bits = 0
        self._marks: npt.NDArray[np.uint8] = np.zeros(0, np.uint8)
        self._waiting: list[pa.Table] = []

    def first(self, facts: pa.Table) -> npt.NDArray[np.bool_]:
        """Which facts are surely the first of their id; the others are kept, to be settled.

        Of those that a table itself repeats the one that stands first in its sheet is taken.
        """
        if not self._bits:
            self._bits = _BITS if len(facts) >= _LARGE else max(16, len(facts).bit_length() + _PER_FACT)
            self._marks = np.zeros(1 << (self._bits - 3), np.uint8)
        hashes = _hashes(facts["id"])
        first = ~_repeated(hashes, facts)
        slots = hashes >> np.uint64(64 - self._bits)
        cells, marks = slots >> np.uint64(3), np.uint8(1) << (slots & np.uint64(7)).astype(np.uint8)
        first &= (self._marks[cells] & marks) == 0
        np.bitwise_or.at(self._marks, cells, marks)
        if not first.all():
            self._waiting.append(facts.filter(pa.array(~first)))
        return first

    def settle(self, db: duckdb.DuckDBPyConnection, uri: str) -> None:
        """Put what waits into the table of facts, unless the file has said it at an earlier place."""
        if not self._waiting:
            return
        waiting = pa.concat_tables(self._waiting)
        self._waiting = []
        db.register("waiting", waiting)
        db.execute(
            "CREATE OR REPLACE TEMP TABLE late AS SELECT * EXCLUDE (place) REPLACE (CAST(id AS UUID) AS id) FROM"
            f" (SELECT *, row_number() OVER (PARTITION BY id ORDER BY {_PLACE}) AS place FROM waiting) WHERE place = 1"
        )
        db.unregister("waiting")
        both = (
            f"SELECT id, {_PLACE}, rowid AS line FROM fact SEMI JOIN late USING (id) WHERE file = ?"
            f" UNION ALL SELECT id, {_PLACE}, NULL FROM late"
        )
        place = f"row_number() OVER (PARTITION BY id ORDER BY {_PLACE}, line)"
        db.execute(f"CREATE OR REPLACE TEMP TABLE rival AS SELECT id, line, {place} AS place FROM ({both})", [uri])
        beaten = db.execute("SELECT count(*) FROM rival WHERE line IS NOT NULL AND place > 1").fetchone()
        if beaten and beaten[0]:  # a sheet that comes later in the file but earlier by its name
            db.execute("DELETE FROM fact WHERE rowid IN (SELECT line FROM rival WHERE line IS NOT NULL AND place > 1)")
        db.execute(
            "INSERT INTO fact BY NAME SELECT late.* FROM late SEMI JOIN"
            " (SELECT id FROM rival WHERE line IS NULL AND place = 1) r USING (id)"
        )
        for table in ("late", "rival"):
            db.execute(f"DROP TABLE temp.{table}")


def _hashes(ids: pa.ChunkedArray[Any]) -> _Hashes:
    """64 bits of each id, well mixed; ids are 32 hexadecimal digits."""
    column: Any = ids.combine_chunks()
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if not len(column):
        return np.zeros(0, np.uint64)
    start = int(np.frombuffer(column.buffers()[1], np.int32)[column.offset])
    text = np.frombuffer(column.buffers()[2], np.uint8)[start : start + 32 * len(column)]
    halves = np.ascontiguousarray(text.reshape(-1, 32)[:, :16]).view(np.uint64)
    mixed: _Hashes = halves[:, 0] * np.uint64(0x9E3779B97F4A7C15) ^ halves[:, 1] * np.uint64(0xC2B2AE3D27D4EB4F)
    return (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)


def _repeated(hashes: _Hashes, facts: pa.Table) -> npt.NDArray[np.bool_]:
    """Which facts are not the first of their hash by their place."""
    found = np.zeros(len(hashes), bool)
    order = np.argsort(hashes)
    alike = hashes[order[1:]] == hashes[order[:-1]]
    if not alike.any():
        return found
    several = np.zeros(len(hashes), bool)
    several[1:] |= alike
    several[:-1] |= alike
    lines = order[several]
    row, start = (pc.fill_null(facts[name], _LAST).to_numpy()[lines] for name in ("row", "start"))
    lines = lines[np.lexsort((start, row, hashes[lines]))]
    found[lines[1:][hashes[lines[1:]] == hashes[lines[:-1]]]] = True
    return found
