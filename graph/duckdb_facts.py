"""Facts read back from the embedded store, ends resolved and places put into words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import duckdb

from .facts import QUALIFIERS, Fact

__all__ = ["fact_rows", "stream"]

_FETCH: Final = 4096
_QUALIFIERS = tuple(QUALIFIERS)
_FACT_SELECT = (
    "SELECT replace(CAST(f.id AS VARCHAR), '-', '') AS id, s.id AS subject_id, sn.name AS subject, f.predicate,"
    " t.id AS object_id, coalesce(tn.name, f.object) AS object, f.value, f.number, coalesce(f.source, f.file) AS source,"
    " coalesce(src.title, f.source, f.file) AS source_title, coalesce(f.source_date, src.date) AS source_date,"
    " coalesce(carrier.title, f.file) AS carrier, f.sheet, f.row, f.start, f.stop, f.quote, f.note, f.method,"
    f" f.confidence, f.modality, {', '.join('f.' + name for name in _QUALIFIERS)}"
    " FROM fact f JOIN mention_entity s ON s.kind = f.subject_kind AND s.key = f.subject_key"
    " JOIN entity sn ON sn.id = s.id"
    " LEFT JOIN mention_entity t ON t.kind = f.object_kind AND t.key = f.object_key"
    " LEFT JOIN entity tn ON tn.id = t.id"
    " LEFT JOIN source src ON src.uri = coalesce(f.source, f.file) LEFT JOIN source carrier ON carrier.uri = f.file"
)


def stream(db: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """Rows of a query without holding them all; they see the store as it was when the first was asked for."""
    cursor = db.cursor()
    try:
        cursor.execute(sql, list(parameters))
        while rows := cursor.fetchmany(_FETCH):
            yield from rows
    finally:
        cursor.close()


def fact_rows(
    db: duckdb.DuckDBPyConnection,
    *,
    ids: Sequence[str] | None = None,
    node: str | None = None,
    edge: tuple[str, str, str] | None = None,
    subjects: Sequence[str] | None = None,
    predicates: Sequence[str] | None = None,
) -> Iterator[Fact]:
    """Facts that fit all that is given, by id; see :meth:`bulian.graph.store.GraphView.facts`."""
    conditions: list[str] = ["true"]
    parameters: list[Any] = []
    if subjects is not None:
        conditions.append("s.id IN (SELECT unnest(CAST(? AS VARCHAR[])))")
        parameters.append(list(subjects))
    if ids is not None:
        conditions.append("f.id IN (SELECT CAST(unnest(?) AS UUID))")
        parameters.append(list(ids))
    if node is not None:
        conditions.append("? IN (s.id, t.id)")
        parameters.append(node)
    if edge is not None:
        conditions.append("s.id = ? AND f.predicate = ? AND t.id = ?")
        parameters.extend(edge)
    if predicates is not None:
        conditions.append("f.predicate IN (SELECT unnest(?))")
        parameters.append(list(predicates))
    rows = stream(
        db,
        f"SELECT DISTINCT ON (id) * FROM ({_FACT_SELECT} WHERE {' AND '.join(conditions)})"
        " ORDER BY id, carrier, sheet, row, start", parameters,
    )  # fmt: skip
    return map(_fact, rows)


def _fact(row: Sequence[Any]) -> Fact:
    (fact_id, subject_id, subject, predicate, object_id, object_name, value, number, source, title, date,
     carrier, sheet, line, start, stop, quote, note, method, confidence, modality) = row[:21]  # fmt: skip
    stated = dict(zip(_QUALIFIERS, row[21:], strict=True))
    return Fact(
        fact_id, subject_id, subject, predicate, object_id, object_name, value, number,
        {name: item for name, item in stated.items() if item is not None},
        source, title, date, _locator(carrier, sheet, line, start, stop), quote or "", note, method, confidence, modality,
    )  # fmt: skip


def _locator(carrier: str, sheet: str | None, row: int | None, start: int | None, stop: int | None) -> str:
    """Where it stands, in words: 企业名录.xlsx 表“企业” 第5行, or 报道.md 第12–40字."""
    place = carrier.rsplit("/", 1)[-1]
    if sheet:
        place += f" 表“{sheet}”"
    if row is not None:
        place += f" 第{row}行"
    if start is not None:
        place += f" 第{start}–{stop}字"
    return place
