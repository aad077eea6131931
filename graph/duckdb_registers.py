"""What registers say of firms in words (主营产品, 经营范围), as columns for the linking of product strings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import duckdb
import pyarrow as pa

__all__ = ["RegisterReads"]

_ROWS: Final = 100_000


class RegisterReads:
    """The part of a store open for writing that gives registers' texts; see :class:`bulian.graph.store.Store`."""

    _db: duckdb.DuckDBPyConnection

    def register_files(self, predicates: Mapping[str, str]) -> list[str]:
        """The files that say any of these properties (its keys) of firms, by uri."""
        rows = self._db.execute(
            "SELECT DISTINCT file FROM fact WHERE predicate IN (SELECT unnest($1)) AND subject_kind = 'Enterprise'"
            " ORDER BY 1",
            [list(predicates)],
        ).fetchall()
        return [row[0] for row in rows]

    def register_texts(self, file: str, predicates: Mapping[str, str]) -> Iterator[pa.Table]:
        """The texts of a file that match the pattern given for their property, some at a time.

        Returns:
            Columns ``predicate``, ``text``, ``subject``, ``subject_key``, ``source``, ``source_date``, ``confidence``,
            ``modality``, ``sheet``, ``row``.
        """
        some = " OR ".join(
            f"(predicate = $name{at} AND regexp_matches(value, $pattern{at}))" for at in range(len(predicates))
        )
        asked = {"file": file}
        for at, (name, pattern) in enumerate(predicates.items()):
            asked |= {f"name{at}": name, f"pattern{at}": pattern}
        with self._db.cursor() as own:
            batches = own.sql(
                "SELECT predicate, value AS text, subject, subject_key, source, source_date, confidence, modality, sheet,"
                f" row FROM fact WHERE file = $file AND subject_kind = 'Enterprise' AND ({some})",
                params=asked,
            ).to_arrow_reader(_ROWS)
            for batch in batches:
                yield pa.Table.from_batches([batch])
