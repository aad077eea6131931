"""Facts read back from a Neo4j server, ends resolved and places put into words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final

import pyarrow as pa

from .facts import CITED_SCHEMA, QUALIFIERS, Fact, locator_text
from .neo4j_chain import Ask
from .neo4j_schema import NODE, slot

__all__ = ["EVERY", "KEY_COLUMN", "as_facts", "chosen", "cited", "lowered", "lowered_all"]

_QUALIFIERS: Final = tuple(QUALIFIERS)
# What the embedded store joins, looked up by index for the facts asked for only.
_FIELDS: Final = (
    f" MATCH (s:{NODE} {{id: f.subject_id}}) OPTIONAL MATCH (t:{NODE} {{id: f.object_id}})"
    " OPTIONAL MATCH (w:BulianSource {number: coalesce(f.source, f.file)})"
    " OPTIONAL MATCH (c:BulianSource {number: f.file})"
    " RETURN split(f.key, ':')[0], coalesce(s.long_id, s.id), s.name, f.predicate, coalesce(t.long_id, t.id),"
    " coalesce(t.name, f.object), f.value, f.number, w.uri, w.title, coalesce(f.source_date, CASE WHEN w.file THEN w.date"
    " END), c.title, f.sheet, f.row, f.start, f.stop, f.quote, f.note, f.method, f.confidence, f.modality,"
    f" {', '.join('f.' + name for name in _QUALIFIERS)}, f.key"
)
KEY_COLUMN: Final = 21 + len(_QUALIFIERS)
EVERY: Final = f"MATCH (f:BulianFact) WHERE f.key > $last WITH f ORDER BY f.key LIMIT $limit{_FIELDS} ORDER BY f.key"


def chosen(
    ids: Sequence[str] | None,
    node: str | None,
    edge: tuple[str, str, str] | None,
    subjects: Sequence[str] | None,
    predicates: Sequence[str] | None,
) -> tuple[str | None, dict[str, Any]]:
    """The statement for the facts that fit all that is given, and its parameters; None where nothing is given."""
    start, conditions = "MATCH (f:BulianFact)", []
    parameters: dict[str, Any] = {}
    if ids is not None:
        start = "UNWIND $ids AS id MATCH (f:BulianFact)"
        conditions.append("f.key STARTS WITH id")
        parameters["ids"] = [f"{fact_id}:" for fact_id in dict.fromkeys(ids)]
    if node is not None:
        conditions.append("(f.subject_id = $node OR f.object_id = $node)")
        parameters["node"] = slot(node)
    if edge is not None:
        conditions.append("f.subject_id = $source AND f.predicate = $relation AND f.object_id = $target")
        parameters |= {"source": slot(edge[0]), "relation": edge[1], "target": slot(edge[2])}
    if subjects is not None:
        conditions.append("f.subject_id IN $subjects")
        parameters["subjects"] = list(map(slot, subjects))
    if predicates is not None:
        conditions.append("f.predicate IN $predicates")
        parameters["predicates"] = list(predicates)
    if not conditions:
        return None, {}
    return f"{start} WHERE {' AND '.join(conditions)}{_FIELDS}", parameters


def cited(ask: Ask, ids: Sequence[str]) -> pa.Table:
    """These facts as columns, each once; see the read interface."""
    statement, parameters = chosen(ids, None, None, None, None)
    rows = [row[:KEY_COLUMN] for row in _once(ask(statement, **parameters))]
    columns = zip(*rows, strict=True) if rows else [()] * len(CITED_SCHEMA)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, CITED_SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=CITED_SCHEMA)


def as_facts(rows: Iterable[Sequence[Any]], *, ordered: bool = False) -> Iterator[Fact]:
    """Facts by id, each once."""
    return map(_fact, _once(rows, ordered=ordered))


def _once(rows: Iterable[Sequence[Any]], *, ordered: bool = False) -> Iterator[Sequence[Any]]:
    """The row of each fact by id: where several files carry it, the first place in the order of files."""
    sorted_rows = rows if ordered else sorted(rows, key=lambda row: str(row[0]))
    for _, same in groupby(sorted_rows, key=lambda row: row[0]):
        yield min(same, key=_place)


def _place(row: Sequence[Any]) -> tuple[Any, ...]:
    """Title of the file, sheet, row, first character; what is not given comes last."""
    return tuple((value is None, value if value is not None else 0) for value in row[11:15])


def _fact(row: Sequence[Any]) -> Fact:
    (fact_id, subject_id, subject, predicate, object_id, object_name, value, number, source, title, date,
     carrier, sheet, line, start, stop, quote, note, method, confidence, modality) = row[:21]  # fmt: skip
    stated = dict(zip(_QUALIFIERS, row[21:KEY_COLUMN], strict=True))
    return Fact(
        fact_id, subject_id, subject, predicate, object_id, object_name, value, number,
        {name: item for name, item in stated.items() if item is not None},
        source, title, date, locator_text(carrier, sheet, line, start, stop), quote or "", note, method, confidence,
        modality,
    )  # fmt: skip


def lowered(text: str) -> str:
    """Lower case as the embedded store folds it, so that both find the same."""
    return lowered_all([text])[0]


def lowered_all(texts: Sequence[str]) -> list[str]:
    """The same for many texts."""
    import duckdb

    with duckdb.connect() as engine:
        engine.register("given", pa.table({"text": pa.array(texts, pa.string())}))
        return [row[0] for row in engine.execute("SELECT lower(text) FROM given").fetchall()]
