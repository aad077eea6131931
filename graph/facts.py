"""Facts: who says what, where, how surely. The one table everything else is derived from.

A fact is one row. A *relation* fact has an object (``object_kind``, ``object``, ``object_key``); a *property*
fact has a ``value`` (and a ``number`` where the value is one). Ends are named as the source names them
(``subject``) with the normal form beside (``subject_key``): which entity that is gets decided in the store,
over all facts at once, so the order of files cannot matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from .kinds import CONTEXT, SCHEMA

__all__ = [
    "CITED_SCHEMA",
    "FACT_COLUMNS",
    "FACT_SCHEMA",
    "ID_SQL",
    "QUALIFIERS",
    "Fact",
    "Source",
    "Tally",
    "facts_table",
    "id_sql",
    "locator_text",
    "whole_facts",
]

_NUMERIC = {"number", "share"}


def _arrow_type(property_type: str) -> pa.DataType:
    if property_type in _NUMERIC:
        return pa.float64()
    return pa.int32() if property_type == "year" else pa.string()


QUALIFIERS: Final[Mapping[str, pa.DataType]] = {
    prop.name: _arrow_type(prop.type) for prop in (*SCHEMA.qualifiers, *CONTEXT)
}
"""Name and Arrow type of every qualifier a fact may carry, from the declared relations and claims."""

_CONTENT: Final[Mapping[str, pa.DataType]] = {
    "subject_kind": pa.string(),
    "subject": pa.string(),
    "subject_key": pa.string(),
    "predicate": pa.string(),
    "object_kind": pa.string(),
    "object": pa.string(),
    "object_key": pa.string(),
    "value": pa.string(),
    **QUALIFIERS,
    "source": pa.string(),
    "source_date": pa.string(),
    "quote": pa.string(),
    "note": pa.string(),
    "method": pa.string(),
    "confidence": pa.float64(),
    "modality": pa.string(),
}
_PLACE: Final[Mapping[str, pa.DataType]] = {
    "number": pa.float64(),
    "file": pa.string(),
    "sheet": pa.string(),
    "row": pa.int32(),
    "start": pa.int32(),
    "stop": pa.int32(),
}
FACT_SCHEMA: Final = pa.schema([("id", pa.string()), *_CONTENT.items(), *_PLACE.items()])
"""Columns of a table of facts. ``file`` is where the row was read, ``source`` who says so (the file itself
when null); ``sheet`` and ``row``, or the characters ``start`` to ``stop``, locate it."""

FACT_COLUMNS: Final = tuple(FACT_SCHEMA.names)

CITED_SCHEMA: Final = pa.schema([
    ("id", pa.string()), ("subject_id", pa.string()), ("subject", pa.string()), ("predicate", pa.string()),
    ("object_id", pa.string()), ("object", pa.string()), ("value", pa.string()), ("number", pa.float64()),
    ("source", pa.string()), ("source_title", pa.string()), ("source_date", pa.string()), ("carrier", pa.string()),
    ("sheet", pa.string()), ("row", pa.int32()), ("start", pa.int32()), ("stop", pa.int32()), ("quote", pa.string()),
    ("note", pa.string()), ("method", pa.string()), ("confidence", pa.float64()), ("modality", pa.string()),
    *QUALIFIERS.items(),
])  # fmt: skip
"""Columns of facts read back, ends resolved: as :class:`Fact`, but ``carrier`` to ``stop`` make up its locator."""

# Who says it and how it was read: the same for most facts of a file, so a digest of it is computed once per file.
_SAYING: Final = ("source_date", "method", "modality")
_BREAK: Final = "chr(31)"


def id_sql(columns: Mapping[str, str]) -> str:
    """SQL expression of the fact id (32 hexadecimal digits).

    The id is a hash of the content; where it stands and when it was read are no part of it. A fact without a
    cited source is said by its file, so the file is.

    Args:
        columns: SQL expression per column of :data:`FACT_SCHEMA`; one that is not given, or is the text NULL, is null,
            and costs nothing. Null and empty text are the same.
    """
    given = {name: text for name, text in columns.items() if text != "NULL"}
    speaker = f"coalesce({', '.join(given[name] for name in ('source', 'file') if name in given)})"
    saying = [speaker, *(_as_text(name, given) for name in _SAYING)]
    said = f"md5(concat({f', {_BREAK}, '.join(saying)}))"
    names = [name for name in _CONTENT if name != "source" and name not in _SAYING]
    parts: list[str] = []
    for name in names:
        if name in given:
            parts += [_as_text(name, given), _BREAK]
        elif parts and parts[-1].startswith(_BREAK):
            parts[-1] += f" || {_BREAK}"  # constant, so joined once
        else:
            parts.append(_BREAK)
    return f"md5(concat({', '.join(parts)}, {said}))"


def _as_text(name: str, given: Mapping[str, str]) -> str:
    text = given.get(name, "''")
    sql_type = {pa.float64(): "DOUBLE", pa.int32(): "INTEGER"}.get(_CONTENT[name])
    return f"CAST({text} AS {sql_type})" if sql_type and name in given else text


ID_SQL: Final = id_sql({name: name for name in FACT_COLUMNS})
"""SQL expression of the fact id over the columns of :data:`FACT_SCHEMA`."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file or a cited page. ``uri`` identifies it; ``date`` is the one it gives, not that of reading.

    ``fingerprint`` is a hash of the file's bytes and of all that decides how it is read; None for a cited
    page.
    """

    uri: str
    title: str
    publisher: str | None = None
    date: str | None = None
    sha256: str | None = None
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What a write did to the facts: ``new`` were unknown, ``known`` were there, ``gone`` are no longer said."""

    new: int = 0
    known: int = 0
    gone: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.new + other.new, self.known + other.known, self.gone + other.gone)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as read back, ends resolved: ``subject_id`` and ``object_id`` are nodes.

    ``qualifiers`` holds the stated ones only (essentiality, year, region …).
    """

    id: str
    subject_id: str
    subject: str
    predicate: str
    object_id: str | None
    object: str | None
    value: str | None
    number: float | None
    qualifiers: Mapping[str, Any]
    source: str
    source_title: str
    source_date: str | None
    locator: str
    quote: str
    note: str | None
    method: str
    confidence: float
    modality: str


def facts_table(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """A table of facts from a few rows (a document's, a verdict's); ids are computed, absent columns null.

    Not for populations: those travel as columns from the file to the store.
    """
    import duckdb

    bare = pa.Table.from_pylist([dict(row) for row in rows], schema=FACT_SCHEMA.remove(0))
    columns = ", ".join(FACT_COLUMNS[1:])
    with duckdb.connect() as engine:
        engine.register("bare", bare)
        made = engine.sql(f"SELECT {ID_SQL} AS id, {columns} FROM bare").to_arrow_table()
    return made.cast(FACT_SCHEMA)


def whole_facts(facts: pa.Table) -> pa.Table:
    """All columns of :data:`FACT_SCHEMA`, in its order; those that a table of facts does not have are null."""
    had = set(facts.column_names)
    columns = [
        facts[field.name].cast(field.type) if field.name in had else pa.nulls(len(facts), field.type)
        for field in FACT_SCHEMA
    ]
    return pa.Table.from_arrays(columns, schema=FACT_SCHEMA)


def locator_text(carrier: str, sheet: str | None, row: int | None, start: int | None, stop: int | None) -> str:
    """Where a fact stands, in words: 企业名录.xlsx 表“企业” 第5行, or 报道.md 第12–40字."""
    place = carrier.rsplit("/", 1)[-1]
    if sheet:
        place += f" 表“{sheet}”"
    if row is not None:
        place += f" 第{row}行"
    if start is not None:
        place += f" 第{start}–{stop}字"
    return place
