"""Facts read back from the embedded store, ends resolved and places put into words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from operator import attrgetter
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa

from .duckdb_stream import stream, stream_all
from .facts import CITED_SCHEMA, QUALIFIERS, Fact, locator_text

__all__ = ["cited", "fact_rows", "keys_of"]

_QUALIFIERS = tuple(QUALIFIERS)
_FACT_SELECT = (
    "SELECT replace(CAST(f.id AS VARCHAR), '-', '') AS id, s.id AS subject_id, sn.name AS subject, f.predicate,"
    " t.id AS object_id, coalesce(tn.name, f.object) AS object, f.value, f.number, coalesce(f.source, f.file) AS source,"
    " coalesce(src.title, f.source, f.file) AS source_title, coalesce(f.source_date, src.date) AS source_date,"
    " coalesce(carrier.title, f.file) AS carrier, f.sheet, f.row, f.start, f.stop, f.quote, f.note, f.method,"
    f" f.confidence, f.modality, {', '.join('f.' + name for name in _QUALIFIERS)}"
)
_ONE_OF: Final = "f.id IN (SELECT CAST(unnest(CAST(? AS VARCHAR[])) AS UUID))"
_EACH: Final = "unnest(CAST(? AS VARCHAR[]))"
_ABOUT: Final = (
    f"SELECT rowid FROM fact WHERE subject_key IN (SELECT {_EACH})"
    f" UNION ALL SELECT rowid FROM fact WHERE object_key IN (SELECT {_EACH})"
)
_IN_ORDER: Final = "ORDER BY id, carrier, sheet, row, start"
_PLAIN: Final = 21  # columns of the selection before the qualifiers
_SOURCES: Final = (
    "LEFT JOIN source src ON src.uri = coalesce(f.source, f.file) LEFT JOIN source carrier ON carrier.uri = f.file"
)
_NAMED: Final = (
    "JOIN mention_entity s ON s.kind = f.subject_kind AND s.key = f.subject_key"
    " JOIN entity sn ON sn.id = s.id"
    " LEFT JOIN mention_entity t ON t.kind = f.object_kind AND t.key = f.object_key"
    " LEFT JOIN entity tn ON tn.id = t.id"
)
_ENDS: Final = "FROM said f " + _NAMED.replace("mention_entity", "met").replace("JOIN entity", "JOIN known")
_MET: Final = (
    "met AS MATERIALIZED (SELECT m.* FROM mention_entity m SEMI JOIN (SELECT subject_kind AS kind, subject_key AS key"
    " FROM said UNION SELECT object_kind, object_key FROM said) e ON e.kind = m.kind AND e.key = m.key),"
    " known AS MATERIALIZED (SELECT id, name FROM entity SEMI JOIN met USING (id))"
)
# What answers cite in numbers: the best facts of makers, whose ends are numbered, and what is said of chains,
# which stands apart (:mod:`bulian.graph.duckdb_makers`). A search through the ids alone reads one column of all facts.
_CITED: Final = (
    "WITH chosen AS MATERIALIZED (SELECT CAST(id AS UUID) AS id FROM asked),"
    " made AS MATERIALIZED (SELECT DISTINCT fact AS id, firm, product FROM maker WHERE fact IN (SELECT id FROM chosen)),"
    " lines AS MATERIALIZED (SELECT rowid AS line FROM fact WHERE id IN (SELECT id FROM made)),"
    " said AS MATERIALIZED (SELECT * FROM chain_fact WHERE id IN (SELECT id FROM chosen)),"
    f" {_MET}"
    f" SELECT * FROM ({_FACT_SELECT.replace('sn.', 's.').replace('tn.', 't.')} FROM fact f JOIN made m USING (id)"
    f" JOIN maker_node s ON s.number = m.firm JOIN maker_node t ON t.number = m.product {_SOURCES}"
    " WHERE f.rowid IN (SELECT line FROM lines)"
    f" UNION ALL {_FACT_SELECT} {_ENDS} {_SOURCES})"
    f" {_IN_ORDER}"
)
_OTHERS: Final = (
    f"{_FACT_SELECT} FROM fact f {_NAMED} {_SOURCES} WHERE f.id IN (SELECT CAST(id AS UUID) FROM asked) {_IN_ORDER}"
)


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
        conditions.append(f"s.id IN (SELECT {_EACH})")
        parameters.append(list(subjects))
    if node is not None:
        conditions.append("? IN (s.id, t.id)")
        parameters.append(node)
    if edge is not None:
        conditions.append("s.id = ? AND f.predicate = ? AND t.id = ?")
        parameters.extend(edge)
    if predicates is not None:
        conditions.append("f.predicate IN (SELECT unnest(?))")
        parameters.append(list(predicates))
    if ids is not None and not parameters:
        return iter(sorted(_as_facts(cited(db, ids)), key=attrgetter("id")))
    if ids is not None:
        conditions.append(_ONE_OF)
        parameters.append(list(ids))
    if edge is not None:
        about = f"predicate = ? AND subject_key IN (SELECT {_EACH}) AND object_key IN (SELECT {_EACH})"
        return _fitting(db, conditions, parameters, about, [edge[1], keys_of(db, edge[:1]), keys_of(db, edge[2:])])
    if node is not None:
        return _fitting(db, conditions, parameters, f"rowid IN ({_ABOUT})", [keys_of(db, [node])] * 2)
    if subjects is not None:
        return _fitting(db, conditions, parameters, f"subject_key IN (SELECT {_EACH})", [keys_of(db, subjects)])
    return _fitting(db, conditions, parameters)


def keys_of(db: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> list[str]:
    """The keys under which facts mention these nodes: looked up first, they spare resolving all other facts."""
    return [row[0] for row in stream(db, f"SELECT key FROM mention_entity WHERE id IN (SELECT {_EACH})", [list(ids)])]


def _fitting(
    db: duckdb.DuckDBPyConnection,
    conditions: Sequence[str],
    parameters: Sequence[Any],
    about: str = "",
    keys: Sequence[Any] = (),
) -> Iterator[Fact]:
    """Facts by conditions over the resolved ones; ``about``, over the bare ones, spares resolving the others."""
    first = f"WITH said AS MATERIALIZED (SELECT * FROM fact WHERE {about}), {_MET} " if about else ""
    ends = _ENDS if about else f"FROM fact f {_NAMED}"
    select = f"{first}{_FACT_SELECT} {ends} {_SOURCES} WHERE {' AND '.join(conditions)} {_IN_ORDER}"
    return _once((stream if parameters else stream_all)(db, select, [*keys, *parameters]))


def cited(db: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> pa.Table:
    """These facts as columns, each once: where several files carry it, the first of them."""
    with db.cursor() as own:
        own.register("asked", pa.table({"id": pa.array(ids, pa.string())}))
        found = own.sql(_CITED).to_arrow_table()
        if left := _missing(ids, found):
            own.register("asked", pa.table({"id": pa.array(left, pa.string())}))
            found = pa.concat_tables([found, own.sql(_OTHERS).to_arrow_table()])
    number = found.column("id").combine_chunks().dictionary_encode().indices.to_numpy()  # 0, 1, 2 … as they first come
    if len(number) and number[-1] + 1 < len(number):
        found = found.filter(pa.array(np.diff(number, prepend=-1) > 0))
    return found.cast(CITED_SCHEMA)


def _missing(ids: Sequence[str], found: pa.Table) -> list[str]:
    """Those of the ids that were not found."""
    known = found.column("id").combine_chunks().unique()
    return [] if len(known) == len(set(ids)) else sorted(set(ids).difference(known.to_pylist()))


def _as_facts(rows: pa.Table) -> Iterator[Fact]:
    """The rows as facts."""
    count = rows.num_rows
    plain = [_values(rows.column(place), count) for place in range(_PLAIN)]
    stated: list[dict[str, Any]] = [{} for _ in range(count)]
    for place, name in enumerate(_QUALIFIERS, _PLAIN):
        if rows.column(place).null_count < count:
            for own, value in zip(stated, rows.column(place).to_pylist(), strict=True):
                if value is not None:
                    own[name] = value
    for row, own in zip(zip(*plain, strict=True), stated, strict=True):
        yield _made(row, own)


def _once(rows: Iterable[Sequence[Any]]) -> Iterator[Fact]:
    """The same of rows one after the other."""
    known: str | None = None
    for row in rows:
        if row[0] != known:
            known = row[0]
            yield _fact(row)


def _values(column: pa.ChunkedArray, count: int) -> Iterable[Any]:
    return column.to_pylist() if column.null_count < count else repeat(None, count)


def _fact(row: Sequence[Any]) -> Fact:
    stated = dict(zip(_QUALIFIERS, row[_PLAIN:], strict=True))
    return _made(row[:_PLAIN], {name: item for name, item in stated.items() if item is not None})


def _made(row: Sequence[Any], stated: Mapping[str, Any]) -> Fact:
    (fact_id, subject_id, subject, predicate, object_id, object_name, value, number, source, title, date,
     carrier, sheet, line, start, stop, quote, note, method, confidence, modality) = row  # fmt: skip
    return Fact(
        fact_id, subject_id, subject, predicate, object_id, object_name, value, number, stated, source, title, date,
        locator_text(carrier, sheet, line, start, stop), quote or "", note, method, confidence, modality,
    )  # fmt: skip
